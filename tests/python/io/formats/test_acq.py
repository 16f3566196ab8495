"""AcqKnowledge files, through objects that look like those of bioread."""

import logging
import re
import struct
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import dt4ecg
from dt4ecg.io import read_contents
from dt4ecg.io.contents import Event

ECG, EDA = np.random.default_rng(0).normal(size=(2, 4000))


def marker(at, text, kind=None):
    return SimpleNamespace(sample_index=at, text=text, type_code=kind)


def channel(samples, name, unit, rate):
    return SimpleNamespace(data=samples, name=name, units=unit, samples_per_second=rate)


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Return a path that bioread reads as a recording with two takes."""
    found = SimpleNamespace(
        samples_per_second=1000.0,
        channels=[
            channel(ECG, "ECG (.05 - 150 Hz)", "mV", 1000.0),
            channel(EDA[:2000], "EDA", "microsiemens", 500.0),
        ],
        event_markers=[
            marker(0, "Segment 1"),
            marker(500, "rest", "usr1"),
            marker(1600, "joined", "apnd"),
            marker(3000, "Segment 2"),
        ],
    )
    module = ModuleType("bioread")
    module.read = lambda path: found
    monkeypatch.setitem(sys.modules, "bioread", module)
    path = tmp_path / "x.acq"
    path.write_bytes(b"acq")
    return path


def test_channels_joins_and_markers(file):
    contents = read_contents(file)
    ecg, eda = contents.signals
    np.testing.assert_array_equal(ecg.samples, ECG)
    assert (ecg.unit, ecg.sampling_rate, ecg.gaps) == ("mV", 1000.0, (1600, 3000))
    assert (eda.sampling_rate, eda.gaps) == (500.0, (800, 1500))
    assert contents.events == (Event(0.5, "rest"),)


def test_only_the_ecg_becomes_a_lead(file):
    recording = dt4ecg.read(file)
    assert recording.lead_names == ("ECG (.05 - 150 Hz)",)
    assert recording.labels[0].label == "rest"


def test_a_damaged_file_is_refused(tmp_path):
    pytest.importorskip("bioread")
    (tmp_path / "x.acq").write_bytes(bytes(range(256)) * 8)
    with pytest.raises(ValueError, match="not a sound AcqKnowledge file"):
        read_contents(tmp_path / "x.acq")


@pytest.mark.parametrize("sample_time", [-np.inf, np.inf, -1.0])
def test_a_file_without_a_legal_sampling_rate_is_refused(field_cases, tmp_path, sample_time):
    pytest.importorskip("bioread")
    content = bytearray((field_cases / "formats" / "two_segments.acq").read_bytes())
    struct.pack_into("<d", content, 16, sample_time)  # milliseconds
    (tmp_path / "x.acq").write_bytes(content)
    with pytest.raises(ValueError, match=r"a sampling rate of .* Hz, so it is damaged"):
        read_contents(tmp_path / "x.acq")


def test_an_endless_list_of_markers_is_refused(field_cases, tmp_path):
    pytest.importorskip("bioread")
    content = bytearray((field_cases / "formats" / "two_segments.acq").read_bytes())
    markers = content.index(b"Segment 1") - 20  # 8 bytes of the list, then 12 of the marker
    struct.pack_into("<i", content, markers + 4, 2**31 - 1)  # number of markers
    struct.pack_into("<h", content, markers + 18, -13)  # length of the text: the next is the same
    (tmp_path / "x.acq").write_bytes(content)
    with pytest.raises(ValueError, match="more parts than a file of this size can hold"):
        read_contents(tmp_path / "x.acq")


def test_damage_that_bioread_only_logs_is_refused(file, monkeypatch):
    bioread = sys.modules["bioread"]
    found = bioread.read(file)

    def read(_):
        logging.getLogger("bioread").error("the markers are damaged")
        return found

    monkeypatch.setattr(bioread, "read", read)
    with pytest.raises(ValueError, match=r"AcqKnowledge file .*the markers are damaged"):
        read_contents(file)


def test_a_missing_package_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "bioread", None)
    (tmp_path / "x.acq").write_bytes(b"acq")
    text = 'x.acq: an AcqKnowledge file needs bioread; pip install "dt4ecg[formats]"'
    with pytest.raises(ImportError, match=re.escape(text)):
        read_contents(tmp_path / "x.acq")
