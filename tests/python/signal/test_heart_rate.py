"""A wrong sampling rate is noticed where the beats give an impossible heart rate."""

import warnings
from dataclasses import replace

import pytest

import dt4ecg
from dt4ecg.datasets import from_recordings, simulate_cohort
from dt4ecg.signal import quality
from dt4ecg.signal.heart_rate import doubtful_rate

RECORDINGS = simulate_cohort(subjects=1, seconds=60)
REST = RECORDINGS[0]


@pytest.mark.parametrize("recording", RECORDINGS)
def test_the_right_rate_is_not_doubted(recording):
    assert doubtful_rate(quality(recording), 3.0) == ""


def test_a_rate_that_is_too_low_gives_a_slow_heart():
    slow = quality(REST.samples, REST.sampling_rate / 4)
    assert "a heart rate of 20 per minute; check sampling_rate" in doubtful_rate(slow, 3.0)
    assert doubtful_rate(slow, 1.0) == ""  # too short to hold a beat


def test_a_slow_heart_takes_three_segments():
    rate = REST.sampling_rate / 4
    for seconds, doubted in ((8, False), (11, True)):
        found = quality(REST.samples[:, : int(seconds * rate)], rate)
        assert bool(doubtful_rate(found, 3.0)) == doubted


def test_unusable_segments_say_nothing():
    found = quality(REST.samples, REST.sampling_rate / 4)
    unusable = replace(found, lead_scores=found.lead_scores * 0)
    assert doubtful_rate(unusable, 3.0) == ""


def test_sets_and_predictions_warn():
    wrong = dt4ecg.io.Recording(REST.samples, REST.sampling_rate / 4, "a", "rest", name="slow")
    notch = dt4ecg.Preprocessor(notch=None)
    with pytest.warns(UserWarning, match=r"slow at 250 Hz: its beats give a heart rate of 20 per"):
        from_recordings([wrong], notch)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = from_recordings([REST], notch)
    labels = data.labels[:, :1]
    labels[::2] = "b"
    model = dt4ecg.DT4ECGClassifier(tasks=("identity",), epochs=0, preprocessor=notch)
    model.fit(data.X, labels)
    with pytest.warns(UserWarning, match="recording: its beats give a heart rate of 20 per"):
        model.predict_recording(wrong)
