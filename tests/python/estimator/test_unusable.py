"""Segments that do not look like an ECG get no name, and swapped electrodes a warning."""

import warnings

import numpy as np
import pytest

import dt4ecg
from dt4ecg.datasets import from_recordings, simulate_cohort

RATE = 250.0
COHORT = {
    "subjects": 2,
    "activities": ("rest", "exercise"),
    "seconds": 30,
    "sampling_rate": RATE,
}


@pytest.fixture(scope="module")
def model():
    data = from_recordings(simulate_cohort(**COHORT, seed=0))
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor, n_threads=1)
    return classifier.fit(data.X, data.labels)


@pytest.fixture
def half_noise():
    samples = np.squeeze(simulate_cohort(**COHORT, seed=1)[0].samples).copy()
    samples[3750:] = np.random.default_rng(0).normal(size=3750)
    return samples


def test_noise_gets_no_name(model, half_noise):
    found = model.predict_recording(half_noise, RATE)
    np.testing.assert_array_equal(found.usable, np.arange(10) < 5)
    assert set(found.labels[5:].ravel()) == {"unusable"}
    assert "unusable" not in found.labels[:5]
    for of_task in found.probabilities:
        assert np.isnan(of_task[5:]).all()
        np.testing.assert_allclose(of_task[:5].sum(axis=1), 1, rtol=1e-6)
    labels, starts = found
    assert labels is found.labels
    np.testing.assert_array_equal(starts, 3 * np.arange(10))


@pytest.mark.parametrize("unusable", ["unusable", None])
def test_a_stream_gives_noise_the_same_labels(half_noise, unusable):
    preprocessor = dt4ecg.Preprocessor(notch=50, zero_phase=False)
    data = from_recordings(simulate_cohort(**COHORT, seed=0), preprocessor)
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=preprocessor, n_threads=1)
    classifier.fit(data.X, data.labels)
    whole = classifier.predict_recording(half_noise, RATE, unusable)
    found = classifier.stream(RATE, unusable).push(half_noise)
    assert [list(one.labels.values()) for one in found] == whole.labels.tolist()
    assert [one.quality for one in found] == whole.quality.score.tolist()
    assert [one.usable for one in found] == whole.usable.tolist()
    np.testing.assert_array_equal(
        [one.probabilities["identity"] for one in found], whole.probabilities[0]
    )
    assert whole.usable[:4].all()
    assert not whole.usable[5:].any()


def test_the_check_can_be_switched_off(model, half_noise):
    found = model.predict_recording(half_noise, RATE, unusable=None)
    segments, _ = model.segments_of(half_noise, RATE)
    np.testing.assert_array_equal(found.labels, model.predict(segments))
    for of_task, expected in zip(found.probabilities, model.predict_proba(segments), strict=True):
        np.testing.assert_array_equal(of_task, expected)


def test_predict_checks_segments_on_request(model, half_noise):
    segments, _ = model.segments_of(half_noise, RATE)
    assert "noise" not in model.predict(segments)
    labels = model.predict(segments, unusable="noise")
    np.testing.assert_array_equal((labels == "noise").all(axis=1), np.arange(10) >= 5)
    noise = np.random.default_rng(1).random((500, 1, 300), dtype=np.float32)
    assert (model.predict(noise, unusable="noise") == "noise").all()


def test_without_a_preprocessor_the_rate_of_segments_is_unknown():
    X, y = np.eye(8, 300), ["Ann", "Bo"] * 4
    fitted = dt4ecg.DT4ECGClassifier(tasks=("identity",), epochs=0).fit(X, y)
    assert fitted.skewness_range_ is None
    with pytest.raises(ValueError, match="no preprocessor, so the sampling rate"):
        fitted.predict(X, unusable="unusable")


def test_a_frame_has_a_row_per_segment(model, half_noise):
    frame = model.predict_recording(half_noise, RATE).to_frame()
    columns = ["start", "quality", "usable"]
    for task in ("identity", "activity"):
        columns += [task, f"{task}_probability"]
    assert list(frame) == columns
    assert frame.usable.tolist() == (frame["quality"] >= 0.5).tolist() == [True] * 5 + [False] * 5
    assert frame.identity_probability.isna().tolist() == [False] * 5 + [True] * 5


def test_swapped_electrodes_give_a_warning(model, tmp_path):
    samples = np.squeeze(simulate_cohort(**COHORT, seed=2)[0].samples)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict_recording(samples, RATE)
    model.save(tmp_path / "model.safetensors")
    loaded = dt4ecg.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(loaded.skewness_range_, model.skewness_range_)
    for classifier in (model, loaded):
        with pytest.warns(UserWarning, match="lead 0 looks upside down .* multiply the lead by -1"):
            classifier.predict_recording(-samples, RATE)


def test_a_clipped_recording_gives_a_warning(model):
    samples = np.squeeze(simulate_cohort(**COHORT, seed=2)[0].samples)
    top = round(0.6 * np.median(samples) + 0.4 * np.quantile(samples, 0.998), 2)
    with pytest.warns(UserWarning, match=f"lead 0 is clipped at {top:g} in .* of 10 segments") as (
        caught
    ):
        found = model.predict_recording(np.minimum(samples, top), RATE)
    assert caught[0].filename == __file__
    assert not found.usable.all()


def test_other_leads_are_refused_without_a_warning_about_their_polarity(model):
    samples = -np.squeeze(simulate_cohort(**COHORT, seed=2)[0].samples)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match="of 1 lead and"):
            model.predict_recording(np.stack([samples, samples]), RATE)
