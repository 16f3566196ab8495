"""EDF and BDF: signals at their own rates, annotations, and pauses of discontinuous files."""

import numpy as np
import pytest

import dt4ecg
from dt4ecg.io import read_contents
from dt4ecg.io.contents import Event

edfio = pytest.importorskip("edfio")
RNG = np.random.default_rng(0)
ECG, RESP = RNG.normal(size=5000), RNG.normal(size=400)
EVENTS = [(0.0, 3.0, "rest"), (3.0, None, "walk"), (5.0, 1.0, "run")]


def write(path, annotations=EVENTS):
    """Write 20 s in data records of 1 s: ECG at 250 Hz, respiration at 20 Hz."""
    signals = [
        edfio.EdfSignal(ECG, 250, label="ECG II", physical_dimension="mV"),
        edfio.EdfSignal(RESP, 20, label="Resp"),
    ]
    notes = [edfio.EdfAnnotation(*one) for one in annotations]
    edfio.Edf(signals, annotations=notes, data_record_duration=1).write(path)
    return path


def with_pause(path):
    """Turn a file into EDF+D: the data records from second 10 on start 60 s later."""
    content = path.read_bytes().replace(b"EDF+C", b"EDF+D")
    for second in range(10, 20):
        old, new = (f"+{start}\x14\x14".encode() for start in (second, second + 60))
        assert content.count(old) == 1
        content = content.replace(old, new)
    path.write_bytes(content)
    return path


def test_signals_and_annotations(tmp_path):
    ecg, resp = read_contents(write(tmp_path / "x.edf")).signals
    assert (ecg.name, ecg.unit, ecg.sampling_rate, ecg.rate_source) == (
        "ECG II",
        "mV",
        250.0,
        "file header",
    )
    np.testing.assert_allclose(ecg.samples, ECG, atol=1e-3)
    np.testing.assert_allclose(resp.samples, RESP, atol=1e-3)
    recording = dt4ecg.read(tmp_path / "x.edf", activities={"rest": "rest", "run": "run"})
    assert recording.samples.shape == (1, 5000)
    assert [(*one,) for one in recording.labels] == [
        (0.0, 3.0, "activity", "rest"),
        (5.0, 6.0, "activity", "run"),
    ]


def test_an_instant_annotation_lasts_until_the_next(tmp_path):
    labels = dt4ecg.read(write(tmp_path / "x.edf")).labels
    assert [(one.start, one.stop) for one in labels] == [(0, 3), (3, 5), (5, 6)]


def test_pauses_are_gaps_and_move_annotations(tmp_path):
    notes = [(4.0, None, "before"), (30.0, None, "in the pause"), (72.0, 2.0, "after")]
    contents = read_contents(with_pause(write(tmp_path / "x.edf", notes)))
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
