"""XDF: the measured rate of a stream, the names of its channels, and markers."""

import struct

import numpy as np
import pytest
from tests.examples.xdf import ECG, chunk, header, rows, write

import dt4ecg
from dt4ecg.io import read_contents

pytest.importorskip("pyxdf")


def test_the_rate_is_the_measured_one(tmp_path):
    recording = dt4ecg.read(write(tmp_path / "x.xdf", 500 + np.arange(2600) / 129.9))
    assert recording.sampling_rate == pytest.approx(129.9, rel=1e-6)
    assert recording.rate_source == "measured rate"
    np.testing.assert_array_equal(recording.samples[0], ECG)
    assert [one.label for one in recording.labels] == ["rest", "run"]
    assert recording.labels[0].start == 0.0
    assert recording.labels[1].start == pytest.approx(10, abs=1 / 129)


def test_names_come_from_the_description(tmp_path):
    desc = "<desc><channels><channel><label>II</label><unit>uV</unit></channel></channels></desc>"
    times = 500 + np.arange(2600) / 130
    (signal, *_) = read_contents(write(tmp_path / "x.xdf", times, desc)).signals
    assert (signal.name, signal.unit) == ("II", "uV")
    (signal, *_) = read_contents(write(tmp_path / "x.xdf", times)).signals
    assert signal.name == "ECG"


def test_numbers_at_irregular_times_are_not_a_signal(tmp_path):
    times = 500 + np.arange(2600) / 130
    ratings = header(3, "Rating", 0, "float32")
    ratings += rows(3, [505, 507, 512], [struct.pack("<f", value) for value in (1, 4, 2)])
    (signal,) = read_contents(write(tmp_path / "x.xdf", times, more=ratings)).signals
    assert signal.name == "ECG"


def test_markers_follow_the_stream_whose_type_is_ecg(tmp_path):
    """Its channel has no name of a lead, and a stream of movement stands before it."""
    desc = "<desc><channels><channel><label>{}</label></channel></channels></desc>"
    times = 500 + np.arange(2600) / 130
    values = [struct.pack("<f", value) for value in ECG]
    (tmp_path / "x.xdf").write_bytes(
        b"XDF:"
        + chunk(1, b"<?xml version='1.0'?><info><version>1.0</version></info>")
        + header(1, "ACC", 130, "float32", desc.format("x"))
        + header(2, "ECG", 130, "float32", desc.format("chest"))
        + header(3, "Markers", 0, "string")
        + rows(1, times - 5, values)
        + rows(2, times, values)
        + rows(3, [502], [b"\x01\x04rest"])
    )
    (event,) = read_contents(tmp_path / "x.xdf").events
    assert (event.text, event.start) == ("rest", pytest.approx(2, abs=1 / 130))


def test_a_pause_is_a_gap_and_markers_follow_the_samples(tmp_path):
    times = 500 + np.arange(2600) / 130
    times[1300:] += 60
    recording = dt4ecg.read(write(tmp_path / "x.xdf", times))
    assert recording.gaps == (1300,)
    assert recording.labels[1].start == pytest.approx(10, abs=0.02)  # at the end of the first part


@pytest.mark.parametrize("content", [b"", b"XDF:", b"XDF:\x01\x05\x02", b"garbage" * 9])
def test_damaged_files_are_refused(tmp_path, content):
    (tmp_path / "x.xdf").write_bytes(content)
    with pytest.raises(ValueError, match="not a usable XDF file"):
        read_contents(tmp_path / "x.xdf")


@pytest.mark.parametrize("damage", [b"\x03\x00", b"\x01\x00"])
def test_a_damaged_chunk_is_not_left_out(tmp_path, damage, capfd):
    """Without it, the samples before and after would look continuous."""
    path = write(tmp_path / "x.xdf", 500 + np.arange(2600) / 130)
    content = path.read_bytes()
    boundary = chunk(5, bytes.fromhex("43a546dccbf5410fb30ed5467383cbe4"))
    place = content.index(rows(2, [500, 510], [b"\x01\x04rest", b"\x01\x03run"]))
    path.write_bytes(content[:place] + damage + boundary + content[place:])
    with pytest.raises(ValueError, match="not a usable XDF file"):
        read_contents(path)
    assert capfd.readouterr() == ("", "")


def test_an_interrupted_recording_is_read_to_its_end(tmp_path, capfd):
    path = write(tmp_path / "x.xdf", 500 + np.arange(2600) / 130)
    (tmp_path / "cut.xdf").write_bytes(path.read_bytes()[:-8])
    contents = read_contents(tmp_path / "cut.xdf")
    np.testing.assert_array_equal(contents.signals[0].samples, ECG)
    assert any("corruption" in note for note in contents.notes)
    assert capfd.readouterr() == ("", "")


@pytest.mark.timeout(60)
def test_an_impossible_number_of_samples_is_refused(tmp_path):
    path = write(tmp_path / "x.xdf", 500 + np.arange(2600) / 130)
    content = path.read_bytes()
    texts = rows(2, [500, 510], [b"\x01\x04rest", b"\x01\x03run"])
    damaged = texts[:11] + b"\x04" + struct.pack("<I", 2**31) + texts[16:]
    path.write_bytes(content.replace(texts, damaged))
    with pytest.raises(ValueError, match="states 2147483648 samples"):
        read_contents(path)
