"""Windows and rhythm of segments, as a guided training takes them."""

import numpy as np
import pytest

from dt4ecg import beats
from dt4ecg.datasets import simulate_cohort
from dt4ecg.training.guidance import GuidanceTargets, guidance_targets

RATE = 100.0
ECG = np.stack(
    [
        np.squeeze(recording.samples)[: 10 * int(RATE)]
        for recording in simulate_cohort(3, seconds=10, sampling_rate=RATE, mains_frequency=None)
    ]
)[:, None].astype(np.float32)


def test_windows_are_those_of_the_beats():
    found = guidance_targets(ECG, RATE, length=1000)
    for row, segment in zip(found.windows, ECG[:, 0], strict=True):
        union = beats.wave_windows(beats.find(segment, RATE), 1000).union
        np.testing.assert_array_equal(row, union)
    coarse = guidance_targets(ECG, RATE, length=250).windows
    np.testing.assert_allclose(coarse, found.windows.reshape(-1, 250, 4).mean(2), rtol=1e-6)
    assert coarse.dtype == np.float32


def test_the_rhythm_is_standardised():
    found = guidance_targets(ECG, RATE, length=250).rhythm
    values = np.array(
        [beats.rr_features(beats.find(segment, RATE)).to_array() for segment in ECG[:, 0]]
    )
    deviation = values.std(0)
    expected = (values - values.mean(0)) / np.where(deviation > 0, deviation, 1)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_segments_without_beats_and_with_few():
    flat = np.zeros_like(ECG[:1])
    found = guidance_targets(np.concatenate([ECG, flat]), RATE, 250)
    assert not found.windows[-1].any()
    assert np.isnan(found.rhythm[-1]).all()
    np.testing.assert_allclose(found.rhythm[:-1], guidance_targets(ECG, RATE, 250).rhythm)
    short = guidance_targets(ECG[:, :, :210], RATE, 50)
    assert short.windows.any()
    assert np.isnan(short.rhythm[0]).all()  # three beats at most
    labels = np.zeros((len(ECG), 1), int)
    assert set(short.with_labels(labels)) == {"labels", "windows", "rhythm"}


def test_other_parts_have_the_scale_of_the_training_part():
    training = guidance_targets(ECG, RATE, 250)
    for rows in (slice(0, 1), slice(1, 3)):
        found = guidance_targets(ECG[rows], RATE, 250, scale_of=training)
        np.testing.assert_array_equal(found.rhythm, training.rhythm[rows])
        np.testing.assert_array_equal(found.rhythm_mean, training.rhythm_mean)
    with pytest.raises(ValueError, match="scale_of has no mean"):
        guidance_targets(
            ECG, RATE, 250, scale_of=GuidanceTargets(training.windows, training.rhythm)
        )


def test_another_lead():
    two = np.concatenate([0 * ECG, ECG], axis=1)
    found = guidance_targets(two, RATE, 250, lead=1)
    np.testing.assert_array_equal(found.windows, guidance_targets(ECG, RATE, 250).windows)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"X": ECG[:, 0]}, "must be segments"),
        ({"X": ECG[:, :, :100], "length": 25}, "at least 2 s"),
        ({"sampling_rate": 20.0}, "80 to 20000 Hz"),
        ({"length": 1001}, "length must be"),
        ({"lead": 1}, "lead must be"),
        ({"X": ECG * np.nan}, "NaN"),
    ],
)
def test_illegal_arguments(more, message):
    with pytest.raises(ValueError, match=message):
        guidance_targets(**{"X": ECG, "sampling_rate": RATE, "length": 250, **more})
