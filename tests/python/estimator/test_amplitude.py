"""A model that keeps amplitudes refuses recordings of another unit or gain."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest

import dt4ecg
from dt4ecg.datasets import simulate_cohort
from dt4ecg.estimator.amplitude import amplitude_range, has_other_amplitude, keeps_amplitude

RATE = 250.0
COHORT = {
    "subjects": 2,
    "activities": ("rest", "exercise"),
    "seconds": 30,
    "sampling_rate": RATE,
}


def quality(usable):
    scores = np.array(usable, float)[:, None]
    return SimpleNamespace(usable=scores[:, 0] > 0, lead_scores=scores)


@pytest.fixture(scope="module")
def recordings():
    return simulate_cohort(**COHORT, seed=0)


def fitted(recordings, **settings):
    preprocessor = dt4ecg.Preprocessor(zero_phase=False, **settings)
    data = dt4ecg.datasets.from_recordings(recordings, preprocessor)
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=preprocessor, n_threads=1)
    return classifier.fit(data.X, data.labels)


@pytest.fixture(scope="module")
def model(recordings):
    return fitted(recordings, normalize=None)


def test_the_range_is_that_of_the_usable_segments():
    rng = np.random.default_rng(0)
    scales = np.append(np.linspace(1, 2, 101), [50])
    X = rng.normal(size=(102, 1, 300))
    X *= scales[:, None, None] / X.std(axis=2, keepdims=True)

    np.testing.assert_allclose(amplitude_range(X, quality(scales < 10)), [[1.01, 1.99]])
    assert amplitude_range(X, quality(scales < 1.5)) is None


def test_segments_may_be_three_times_beyond_the_range():
    X = np.tile([1.0, -1.0], (4, 1, 150)) * np.array([0.34, 0.32, 5.9, 6.1])[:, None, None]
    ranges = np.array([[1.0, 2.0]])
    found = has_other_amplitude(X, quality([True] * 4), ranges)
    assert found.tolist() == [False, True, False, True]
    assert not has_other_amplitude(X, quality([False] * 4), ranges).any()
    assert not has_other_amplitude(X, quality([True] * 4), None).any()


def test_a_dead_lead_has_no_other_amplitude():
    recordings = [
        dataclasses.replace(one, samples=np.tile(one.samples.reshape(1, -1), (3, 1)))
        for one in simulate_cohort(**COHORT, seed=0)
    ]
    classifier = fitted(recordings, normalize=None)
    samples = recordings[0].samples.copy()
    samples[2] = 0
    assert classifier.predict_recording(samples, RATE).usable.all()
    with pytest.raises(ValueError, match=r"lead 1 has [0-9]{3} times the amplitude"):
        classifier.predict_recording(samples * [[1], [1000], [1]], RATE)


@pytest.mark.parametrize(
    ("normalize", "keeps"),
    [(None, True), ("training", True), ("zscore", False), ("segment", False), ("record", False)],
)
def test_only_some_normalisations_keep_the_amplitude(normalize, keeps):
    assert keeps_amplitude(dt4ecg.Preprocessor(normalize=normalize)) == keeps
    assert not keeps_amplitude(None)


@pytest.mark.parametrize("factor", [1000, 0.001])
def test_a_recording_in_another_unit_is_refused(model, recordings, factor, tmp_path):
    samples = np.squeeze(recordings[0].samples)
    assert model.predict_recording(samples, RATE).usable.all()
    model.save(tmp_path / "model.safetensors")
    loaded = dt4ecg.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(loaded.amplitude_range_, model.amplitude_range_)
    for classifier in (model, loaded):
        with pytest.raises(ValueError, match=r"times the amplitude .* its unit or gain differs"):
            classifier.predict_recording(samples * factor, RATE)
    segments, _ = model.segments_of(samples, RATE)
    assert (model.predict(segments * np.float32(factor), unusable="?") == "?").all()


def test_a_stream_in_another_unit_is_unusable(model, recordings):
    samples = np.squeeze(recordings[0].samples)
    assert all(found.usable for found in model.stream(RATE).push(samples))
    found = model.stream(RATE).push(samples * 1000)
    assert found
    assert not any(one.usable for one in found)
    assert {one.labels["identity"] for one in found} == {"unusable"}


def test_normalised_models_accept_any_unit(recordings):
    samples = np.squeeze(recordings[0].samples)
    classifier = fitted(recordings)
    assert classifier.amplitude_range_ is None
    expected = classifier.predict_recording(samples, RATE)
    found = classifier.predict_recording(samples * 1024, RATE)
    np.testing.assert_array_equal(found.labels, expected.labels)
