"""EDF and BDF: signals at their own rates, annotations, and pauses of discontinuous files."""

import numpy as np
import pytest
from tests.examples.edf import ECG, RESP, with_pause, write

import dt4ecg
from dt4ecg.io import read_contents
from dt4ecg.io.contents import Event

pytest.importorskip("edfio")


@pytest.mark.parametrize(("name", "accuracy"), [("x.edf", 1e-3), ("x.bdf", 1e-6)])
def test_signals_and_annotations(tmp_path, name, accuracy):
    ecg, resp = read_contents(write(tmp_path / name)).signals
    assert (ecg.name, ecg.unit, ecg.sampling_rate, ecg.rate_source) == (
        "ECG II",
        "mV",
        250.0,
        "file header",
    )
    np.testing.assert_allclose(ecg.samples, ECG, atol=accuracy)
    np.testing.assert_allclose(resp.samples, RESP, atol=accuracy)
    recording = dt4ecg.read(tmp_path / name, activities={"rest": "rest", "run": "run"})
    assert recording.samples.shape == (1, 5000)
    assert [(*one,) for one in recording.labels] == [
        (0.0, 3.0, "activity", "rest"),
        (5.0, 6.0, "activity", "run"),
    ]


def test_an_instant_annotation_lasts_until_the_next(tmp_path):
    labels = dt4ecg.read(write(tmp_path / "x.edf")).labels
    assert [(one.start, one.stop) for one in labels] == [(0, 3), (3, 5), (5, 6)]


@pytest.mark.parametrize("name", ["x.edf", "x.bdf"])
def test_pauses_are_gaps_and_move_annotations(tmp_path, name):
    notes = [(4.0, None, "before"), (30.0, None, "in the pause"), (72.0, 2.0, "after")]
    contents = read_contents(with_pause(write(tmp_path / name, notes)))
    assert [signal.gaps for signal in contents.signals] == [(2500,), (200,)]
    assert contents.events == (
        Event(4.0, "before"),
        Event(10.0, "in the pause"),
        Event(12.0, "after", 2.0),
    )


@pytest.mark.parametrize(
    ("place", "value"), [(252, b"9999"), (236, b"99999999"), (252, b"abcd"), (0, b"garbage ")]
)
def test_damaged_headers_are_refused(tmp_path, place, value):
    path = write(tmp_path / "x.edf")
    content = bytearray(path.read_bytes())
    content[place : place + len(value)] = value
    path.write_bytes(content)
    with pytest.raises(ValueError, match="not a sound EDF or BDF file"):
        read_contents(path)


def test_a_file_that_was_cut_off_has_a_note(tmp_path):
    path = write(tmp_path / "x.edf")
    path.write_bytes(path.read_bytes()[:-1])
    recording = dt4ecg.read(path)
    assert recording.samples.shape == (1, 4750)
    assert recording.notes[0] == "the header states 20 data records, but the file holds 19"
