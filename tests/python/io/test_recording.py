"""A recording checks its shape, rate and gaps, and describes itself."""

import re

import numpy as np
import pytest

from dt4ecg.io import Recording


def recording(**changes):
    given = {"samples": np.arange(100.0), "sampling_rate": 10.0, "subject": "a", "activity": "rest"}
    return Recording(**(given | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": np.zeros((2, 3, 4))}, "shape (T,) or (leads, T), got (2, 3, 4)"),
        ({"samples": np.float64(1.0)}, "got ()"),
        ({"samples": np.zeros(0)}, "got (0,)"),
        ({"samples": np.zeros((2, 0))}, "got (2, 0)"),
        ({"samples": np.zeros((0, 50))}, "transpose"),
        ({"samples": np.zeros((50, 2))}, "more leads than samples; leads come first, so transpose"),
        ({"samples": np.array(["1", "2"])}, "real numbers"),
        ({"samples": np.zeros(3, complex)}, "real numbers, got complex128"),
        ({"samples": np.zeros(3, bool)}, "real numbers, got bool"),
        ({"sampling_rate": 0.0}, "above 0 Hz, got 0.0"),
        ({"sampling_rate": -1.0}, "above 0 Hz, got -1.0"),
        ({"sampling_rate": float("nan")}, "above 0 Hz, got nan"),
        ({"sampling_rate": float("inf")}, "above 0 Hz, got inf"),
        ({"gaps": (100,)}, "inside the 100 samples, got (100,)"),
        ({"gaps": (0,)}, "inside the 100 samples, got (0,)"),
        ({"gaps": (50, -1)}, "got (-1, 50)"),
    ],
)
def test_illegal_values_are_refused(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        recording(**changes)


def test_the_smallest_legal_values_are_accepted():
    assert recording(samples=np.zeros((2, 2))).n_leads == 2
    assert recording(samples=np.zeros(1)).seconds == pytest.approx(0.1)
    assert recording(gaps=(99, 1)).gaps == (1, 99)


def test_values_are_normalised():
    found = recording(samples=[1, 2, 3], sampling_rate=np.float32(2), gaps=np.array([2]))
    assert found.samples.tolist() == [[1, 2, 3]]
    assert type(found.sampling_rate) is float
    assert type(found.gaps[0]) is int
    assert found.seconds == 1.5


def test_repr_lists_what_is_known():
    assert repr(recording(name="x", session="e1")) == (
        "Recording(name='x', subject='a', activity='rest', session='e1', 1 lead, 10.0 s at 10 Hz)"
    )
    assert "2 leads" in repr(recording(samples=np.zeros((2, 100)), activity=None))
    assert "activity" not in repr(recording(activity=None))


def test_texts_of_a_file_do_not_control_the_terminal():
    recording = Recording(
        np.zeros(50), 10.0, name="a\x1b[2J", lead_names=["II\n"], notes=["left out: \x07"]
    )
    assert recording.summary().isprintable()
    assert repr(recording).isprintable()
