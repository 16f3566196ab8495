"""The functions and the preprocessor take a Recording with its sampling rate and gaps."""

import numpy as np
import pytest
from support.recordings import RATE, mains50, recording

from dt4ecg import Preprocessor, signal
from dt4ecg.datasets import simulate_cohort
from dt4ecg.io import Recording

X = recording(12, leads=2)
RECORDING = Recording(X, RATE, subject="Anna", gaps=(2000,))


def test_the_preprocessor_takes_rate_and_gaps_from_a_recording() -> None:
    pre = mains50()
    expected = pre.segment(X, RATE, gaps=[2000])
    for found in (pre.segment(RECORDING), *pre.transform_each([RECORDING])):
        np.testing.assert_array_equal(found.segments, expected.segments)
        np.testing.assert_array_equal(found.starts, expected.starts)
    np.testing.assert_array_equal(pre.transform(RECORDING, RATE), expected.segments)
    many = pre.transform_many([RECORDING, X], [RATE, RATE], gaps=[(), (2000,)])
    np.testing.assert_array_equal(many[0], many[1])
    assert mains50(sampling_rate=100).transform(RECORDING).shape == expected.segments.shape
    fitted = mains50(normalize="training").fit([RECORDING])
    np.testing.assert_array_equal(
        fitted.limits_, mains50(normalize="training").fit([X], RATE, gaps=[[2000]]).limits_
    )


def test_contradictions_are_refused() -> None:
    text = r"transform: the recording has 500 Hz, but sampling_rate=250; leave the argument out"
    with pytest.raises(ValueError, match=text):
        mains50().transform(RECORDING, 250)
    with pytest.raises(ValueError, match=r"transform: a Recording has its own gaps, but gaps="):
        mains50().transform(RECORDING, gaps=[3])
    for work in (signal.highpass, signal.notch, signal.resample):
        with pytest.raises(ValueError, match=rf"^{work.__name__}: the recording has 500 Hz"):
            work(RECORDING, 250)
    with pytest.raises(ValueError, match=r"^highpass: the sampling rate is unknown"):
        signal.highpass(X)


@pytest.mark.parametrize("work", [signal.highpass, signal.notch, signal.resample])
def test_filters_return_a_recording_and_cross_no_gap(work) -> None:
    found = work(RECORDING)
    parts = [work(part, RATE) for part in np.split(X, [2000], axis=1)]
    np.testing.assert_array_equal(found.samples, np.concatenate(parts, axis=1))
    assert found.gaps == (parts[0].shape[1],)
    assert found.sampling_rate == (100 if work is signal.resample else RATE)
    assert found.subject == "Anna"


def test_functions_compose() -> None:
    steps = signal.resample(signal.notch(signal.highpass(RECORDING), frequency=50))
    segments = signal.segment(signal.minmax(steps))
    expected = Preprocessor.paper(notch=50).transform(RECORDING)
    np.testing.assert_array_equal(segments, expected)
    segments, dropped = signal.segment(steps, return_dropped=True)
    assert (len(segments), dropped) == (3, 300)


def test_a_simulated_recording_loses_its_ground_truth() -> None:
    (simulated,) = simulate_cohort(subjects=1, activities=["rest"], seconds=5)
    found = signal.highpass(simulated)
    assert type(found) is Recording
    assert found.name == simulated.name


def test_a_stream_takes_the_rate_of_a_recording() -> None:
    stream = mains50(normalize=None).stream(RECORDING)
    assert stream.push(X).shape == mains50(normalize=None).stream(RATE).push(X).shape
