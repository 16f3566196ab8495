"""The files that users of similar packages brought, simulated; each gives what its list says."""

import numpy as np
import pytest

from dt4ecg.datasets import load_recordings
from dt4ecg.io import read

# Name of the file, stated rate, leads, samples, rate, and the source of the rate.
RECORDINGS = [
    ("clean.csv", 250, 1, 7500, 250.0, "argument"),
    ("polar_sensor_logger_ECG.txt", None, 1, 1560, 130.0, "time column"),
    ("clock_whole_seconds.csv", 130, 1, 1560, 130.0, "argument"),
    ("clock_whole_seconds.csv", None, 1, 1560, 130.0, "time column"),
    ("clock_per_packet.csv", 130, 1, 1560, 130.0, "argument"),
    ("clock_per_packet.csv", None, 1, 1560, 130.0, "time column"),
    ("apple_watch_en.csv", None, 1, 5120, 512.0, "file header"),
    ("opensignals.txt", None, 1, 1200, 100.0, "file header"),
    ("labchart.txt", None, 1, 4000, 400.0, "file header"),
    ("physionet_text.csv", None, 2, 3000, 250.0, "time column"),
    ("units_in_second_line.csv", 250, 1, 3000, 250.0, "argument"),
    ("quoted.csv", 250, 1, 3000, 250.0, "argument"),
    ("header_cp1252.csv", 250, 1, 3000, 250.0, "argument"),
    ("utf16_tab.txt", 250, 1, 3000, 250.0, "argument"),
    ("header_is_0.csv", 250, 1, 7500, 250.0, "argument"),
    ("ECG.tsv", 250, 2, 3000, 250.0, "argument"),
    ("ecg.csv.gz", 250, 1, 3000, 250.0, "argument"),
    ("hole_15_s.csv", 250, 1, 7500, 250.0, "argument"),
    ("sentinel_minus_32768.csv", 250, 1, 7500, 250.0, "argument"),
]


@pytest.mark.parametrize(("name", "stated", "n_leads", "n_samples", "rate", "source"), RECORDINGS)
def test_recordings(field_cases, name, stated, n_leads, n_samples, rate, source):
    found = read(field_cases / name, stated)
    assert found.samples.shape == (n_leads, n_samples)
    assert (found.sampling_rate, found.rate_source, found.gaps) == (rate, source, ())


@pytest.mark.parametrize(
    ("name", "leads", "units"),
    [
        ("apple_watch_en.csv", ("I",), ("µV",)),
        ("opensignals.txt", ("A3 ECGBIT",), ()),
        ("labchart.txt", ("ECG",), ("mV",)),
        ("physionet_text.csv", ("MLII", "V5"), ("mV", "mV")),
        ("units_in_second_line.csv", ("ECG",), ("mV",)),
        ("polar_sensor_logger_ECG.txt", ("ecg",), ("uV",)),
        ("header_cp1252.csv", ("EKG",), ("µV",)),
    ],
)
def test_names_and_units(field_cases, name, leads, units):
    found = read(field_cases / name, 250 if name.startswith(("units", "header")) else None)
    assert (found.lead_names, found.units) == (leads, units)


def test_the_first_samples_are_those_of_the_files(field_cases):
    for name, first in [
        ("polar_sensor_logger_ECG.txt", [-4, 8, 6]),
        ("apple_watch_en.csv", [31.466, 28.111, 40.096]),
        ("opensignals.txt", [513, 515, 541]),
        ("labchart.txt", [0.02104, 0.01723, 0.07555]),
        ("quoted.csv", [-0.0099, 0.0129, 0.0252]),
        ("utf16_tab.txt", [-0.0099, 0.0129, 0.0252]),
    ]:
        found = read(field_cases / name, 250 if name[0] in "qu" else None)
        np.testing.assert_array_equal(found.samples[0, :3], first)


def test_a_header_of_pandas_is_not_a_sample(field_cases):
    one, other = (
        read(field_cases / name, 250) for name in ("header_is_0.csv", "same_without_header.csv")
    )
    np.testing.assert_array_equal(one.samples, other.samples)


def test_a_comment_of_labchart_is_a_label_over_time(field_cases):
    (label,) = read(field_cases / "labchart.txt").labels
    assert (label.start, label.label) == (3.0, "run")


@pytest.mark.parametrize(
    ("name", "rate"), [("train_clock_whole_seconds", 200.0), ("train_decimal_comma", 200.0)]
)
def test_recordings_of_folders_have_one_lead(field_cases, name, rate):
    for file in sorted((field_cases / name).glob("S*.csv")):
        assert read(file, rate).samples.shape == (1, 3000)


@pytest.mark.parametrize(
    "name",
    [
        "train_clock_whole_seconds",
        "train_decimal_comma",
        "train_manifest_semicolon",
        "train_manifest_more_columns",
    ],
)
def test_folders_load(field_cases, name):
    data = load_recordings(field_cases / name)
    assert data.X.shape == (20, 1, 300)
    assert data.classes == {"identity": ["S01", "S02"], "activity": ["exercise", "rest"]}
