"""Predictions of a recording whose consecutive segments are averaged."""

import numpy as np
import pytest

import dt4ecg
from dt4ecg.datasets import from_recordings, simulate_cohort
from dt4ecg.inference import average_over_context

RATE = 250.0
COHORT = {"subjects": 2, "activities": ("rest",), "seconds": 30, "sampling_rate": RATE}


@pytest.fixture(scope="module")
def model():
    data = from_recordings(simulate_cohort(**COHORT, seed=0))
    classifier = dt4ecg.DT4ECGClassifier(
        tasks=("identity",), epochs=2, preprocessor=data.preprocessor, n_threads=1
    )
    return classifier.fit(data.X, data.labels_of(("identity",)))


@pytest.fixture
def samples():
    return np.squeeze(simulate_cohort(**COHORT, seed=1)[0].samples).copy()


def test_labels_are_those_of_the_averaged_probabilities(model, samples):
    alone, found = (model.predict_recording(samples, RATE, context=c) for c in (None, 9.0))
    expected, counts = average_over_context(alone.probabilities, alone.starts, 3.0, 9.0)
    np.testing.assert_array_equal(found.probabilities, expected)
    np.testing.assert_array_equal(found.labels, model.classes_[expected.argmax(1)])
    np.testing.assert_array_equal(found.averaged, counts)
    assert alone.averaged is None
    assert "averaged" not in alone.to_columns()
    assert found.to_columns()["averaged"].tolist() == [3] * 10
    once = model.predict_recording(samples, RATE, context=3.0)
    np.testing.assert_array_equal(once.probabilities, alone.probabilities)


def test_gaps_of_the_recording_end_the_context(model, samples):
    recording = dt4ecg.Recording(samples, RATE, gaps=(int(15 * RATE),))
    found = model.predict_recording(recording, context=30.0)
    before = found.starts < 15
    assert set(found.averaged[before]) == {before.sum()}
    assert set(found.averaged[~before]) == {(~before).sum()}


def test_noise_has_no_part_in_it(model, samples):
    samples[3750:] = np.random.default_rng(0).normal(size=3750)
    found = model.predict_recording(samples, RATE, context=12.0)
    np.testing.assert_array_equal(found.usable, np.arange(10) < 5)
    assert found.averaged[:5].tolist() == [4, 4, 3, 3, 2]
    assert set(found.labels[5:]) == {"unusable"}
    assert np.isnan(found.probabilities[5:]).all()
    named = model.predict_recording(samples, RATE, None, context=12.0)
    assert np.isfinite(named.probabilities).all()
    np.testing.assert_array_equal(named.probabilities[:5], found.probabilities[:5])


def test_a_context_below_one_segment_is_refused(model, samples):
    with pytest.raises(ValueError, match="context must be from one segment, 3 s"):
        model.predict_recording(samples, RATE, context=1.0)
