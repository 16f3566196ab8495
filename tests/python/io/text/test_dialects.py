"""Small files as recorders and programs write them."""

import gzip
import json
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from tests.examples.dialects import (
    ACQKNOWLEDGE,
    APPLE_WATCH,
    EMPATICA,
    LABCHART,
    OPENSIGNALS,
    PHYSIONET,
    POLAR,
    SHIMMER,
)

from dt4ecg.io import read, read_contents

X = np.random.default_rng(0).normal(size=400).round(3)
ROWS = [str(x) for x in X.tolist()]
COMMAS = [row.replace(".", ",") for row in ROWS]


def save(folder, content, name="x.csv", encoding="utf-8"):
    (folder / name).write_bytes(content.encode(encoding))
    return folder / name


def lines(form):
    """Return one line for each sample; the form takes the number i and the sample x."""
    return "".join(form.format(i=i, x=x) for i, x in enumerate(ROWS))


def block(comment=""):
    """Return a block of LabChart, perhaps with a comment at sample 40."""
    line = LABCHART.line(40, ROWS[40])
    end = f"\t{comment} \n" if comment else "\n"
    return LABCHART.text(ROWS).replace(line, line.removesuffix("\n") + end)


@pytest.mark.parametrize("language", list(APPLE_WATCH))
@pytest.mark.parametrize("rows", [ROWS, COMMAS, [f'"{row}"' for row in COMMAS]])
def test_apple_watch(tmp_path, language, rows):
    found = read(save(tmp_path, APPLE_WATCH[language].text(rows)))
    np.testing.assert_array_equal(found.samples, [X])
    assert (found.sampling_rate, found.rate_source) == (512.0, "file header")
    assert (found.lead_names, found.units) == (("I",), ("µV",))
    assert found.start_time == datetime(2024, 3, 5, 10, tzinfo=timezone(timedelta(hours=1)))


def test_a_date_of_birth_is_not_the_start(tmp_path):
    header = "Geburtsdatum,01.01.1980\nMessfrequenz,512 Hertz\n{}\n"
    assert read(save(tmp_path, header.format("") + "\n".join(ROWS))).start_time is None
    header = header.format("Aufzeichnungsdatum,2024-03-05 10:00:00")
    assert read(save(tmp_path, header + "\n".join(ROWS))).start_time == datetime(2024, 3, 5, 10)


def test_polar_sensor_logger(tmp_path):
    found = read(save(tmp_path, POLAR.text(ROWS), "x.txt"))
    np.testing.assert_array_equal(found.samples, [X])
    assert (found.sampling_rate, found.rate_source) == (130.0, "time column")
    assert (found.lead_names, found.units, found.gaps) == (("ecg",), ("uV",), ())


def test_opensignals(tmp_path):
    found = read(save(tmp_path, OPENSIGNALS.text(ROWS), "x.txt"))
    np.testing.assert_array_equal(found.samples, [X])
    assert (found.sampling_rate, found.rate_source) == (100.0, "file header")
    assert found.lead_names == ("A3 ECGBIT",)
    assert read(tmp_path / "x.txt", leads="A3").lead_names == ("A3 ECGBIT",)
    assert found.start_time == datetime(2024, 3, 5, 10, 0, 0, 500000)


@pytest.mark.parametrize("text", ["{", '{"a": 1}', "[1]", '{"a": {"column": 1}}', "{}"])
def test_damaged_headers_of_opensignals(tmp_path, text):
    found = read(save(tmp_path, f"# {text}\n" + "\n".join(ROWS)), 100)
    np.testing.assert_array_equal(found.samples, [X])


def test_labchart(tmp_path):
    found = read(save(tmp_path, block() + block("#* run"), encoding="cp1252"))
    np.testing.assert_array_equal(found.samples, [np.r_[X, X]])
    assert (found.sampling_rate, found.rate_source, found.gaps) == (400.0, "file header", (400,))
    assert (found.lead_names, found.units) == (("ECG",), ("mV",))
    assert [tuple(label) for label in found.labels] == [(1.1, 2.0, "activity", "run")]
    assert found.start_time == datetime(2024, 3, 5, 10)
    without_times = LABCHART.header + "".join(f"{x}\t36.5\n" for x in ROWS)
    found = read(save(tmp_path, without_times, encoding="cp1252"))
    assert (found.lead_names, found.units) == (("ECG",), ("mV",))
    slower = block().replace("0.0025 s", "0.005 s")
    with pytest.raises(ValueError, match="a block has 200 Hz, and the first one 400 Hz"):
        read(save(tmp_path, block() + slower, encoding="cp1252"))


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ("sec\tCH1\tCH2\t\n\t400\t400\t\n", "0\t{x}\t0.5\t\n"),
        ("CH1,CH2,\n400,400,\n", "{x},0.5,\n"),
        ("", "{x}\t0.5\n"),
    ],
)
def test_acqknowledge(tmp_path, columns, row):
    found = read(save(tmp_path, ACQKNOWLEDGE.header + columns + lines(row), "x.txt"))
    np.testing.assert_array_equal(found.samples, [X])
    assert (found.sampling_rate, found.rate_source) == (250.0, "file header")
    assert (found.lead_names, found.units) == (("ECG - ECG100C",), ("mV",))


@pytest.mark.parametrize(
    ("unit", "time"),
    [
        ("hh:mm:ss.mmm", "0:{:06.3f}"),
        ("hh:mm:ss.mmm dd/mm/yyyy", "[10:00:{:06.3f} 05/03/2024]"),
        ("hh:mm:ss.mmm", "10:00:{:06.3f}"),
    ],
)
def test_physionet_text(tmp_path, unit, time):
    header = PHYSIONET.header.replace("hh:mm:ss.mmm", unit)
    rows = "".join(f"'{time.format(i / 100)}',{x},{x}\n" for i, x in enumerate(ROWS))
    found = read(save(tmp_path, header + rows))
    np.testing.assert_array_equal(found.samples, [X, X])
    assert (found.sampling_rate, found.rate_source) == (100.0, "time column")
    assert (found.lead_names, found.units) == (("MLII", "V5"), ("mV", "mV"))


@pytest.mark.parametrize(
    "dialect", [OPENSIGNALS, POLAR, PHYSIONET, SHIMMER, LABCHART, ACQKNOWLEDGE]
)
@pytest.mark.parametrize("n_samples", [20, 60])
def test_a_short_file_is_read_as_a_long_one(tmp_path, dialect, n_samples):
    """Its header is among the lines that show the kinds of the columns."""
    long, short = (
        read_contents(save(tmp_path, dialect.text(rows))) for rows in (ROWS, ROWS[:n_samples])
    )
    for one, other in zip(short.signals, long.signals, strict=True):
        assert (one.name, one.unit) == (other.name, other.unit)
        np.testing.assert_array_equal(one.samples, other.samples[:n_samples])


def test_shimmer(tmp_path):
    found = read(save(tmp_path, SHIMMER.text(ROWS)))
    np.testing.assert_array_equal(found.samples, [X])
    assert (found.sampling_rate, found.units) == (512.0, ("mV",))


def test_movesense_with_one_time_for_each_packet(tmp_path):
    rows = "".join(f"{12345 + i // 16 * 125},{x}\n" for i, x in enumerate(ROWS))
    found = read(save(tmp_path, "Timestamp (ms),ECG (mV)\n" + rows))
    np.testing.assert_array_equal(found.samples, [X])
    assert (found.sampling_rate, found.lead_names) == (128.0, ("ECG",))


def test_empatica(tmp_path):
    found = read(save(tmp_path, EMPATICA.text(ROWS)))
    np.testing.assert_array_equal(found.samples, [X])
    assert (found.sampling_rate, found.start_time) == (64.0, datetime(2024, 3, 5, 10))
    assert "taken for the start and the sampling rate" in found.summary()
    two = "1709632800.0, 1709632800.0\n64.0, 64.0\n" + lines("{x},{x}\n")
    np.testing.assert_array_equal(read(save(tmp_path, two)).samples, [X, X])
    for start in ("64\n64\n", "1709632800\n1709632864\n", "1709632800,64\n1,2\n"):
        with pytest.raises(ValueError, match=r"not in the file|cells|rises"):
            read(save(tmp_path, start + "\n".join(ROWS)))


@pytest.mark.parametrize("packed", [False, True])
def test_bids(tmp_path, packed):
    sidecar = {"SamplingFrequency": 200, "StartTime": -2.5, "Columns": ["cardiac", "respiratory"]}
    (tmp_path / "sub-1_physio.json").write_text(json.dumps(sidecar))
    content = lines("{x}\t0.5\n").encode()
    name = "sub-1_physio.tsv.gz" if packed else "sub-1_physio.tsv"
    (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
    found = read_contents(tmp_path / name)
    assert [signal.name for signal in found.signals] == ["cardiac", "respiratory"]
    np.testing.assert_array_equal(found.signals[0].samples, X)
    recording = read(tmp_path / name)
    assert recording.sampling_rate == 200.0
    assert "the first sample is at -2.5 s of the run (StartTime)" in recording.notes


@pytest.mark.parametrize(
    ("sidecar", "reason"),
    [
        ("{", "x.json is not JSON"),
        ("[]", "does not hold a JSON object"),
        ("{}", r"SamplingFrequency must be a number in \(0, 100000\] Hz, got None"),
        ('{"SamplingFrequency": 0}', "got 0"),
        ('{"SamplingFrequency": 100, "Columns": "ecg"}', "Columns must be a list of names"),
    ],
)
def test_bad_sidecars(tmp_path, sidecar, reason):
    (tmp_path / "x.json").write_text(sidecar)
    with pytest.raises(ValueError, match=reason):
        read(save(tmp_path, "\n".join(ROWS), "x.tsv"))
