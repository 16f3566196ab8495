"""Calibration of a classifier: temperatures, sets of labels, the model file."""

import numpy as np
import pytest
import torch
from scipy.special import softmax
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from support.toy import classifier, segments

import dt4ecg
from dt4ecg.estimator import Calibration
from dt4ecg.estimator.calibration import fit_temperature
from dt4ecg.metrics import expected_calibration_error
from dt4ecg.storage import container

NAMES = np.array([["a", "x"], ["b", "y"], ["c", "z"]])


def noisy(n: int, seed: int):
    """Return segments with labels, a third of which are drawn at random."""
    X, y = segments(n, seed)
    generator = np.random.default_rng(seed)
    wrong = generator.random(y.shape) < 1 / 3
    y = np.where(wrong, generator.integers([3, 2], size=y.shape), y)
    return X, NAMES[y, [0, 1]]


@pytest.fixture(scope="module")
def fitted():
    return classifier(epochs=20).fit(*noisy(96, 0))


@pytest.fixture
def calibrated(fitted):
    fitted.calibration_ = None
    yield fitted.calibrate(*noisy(200, 1))
    fitted.calibration_ = None


def test_temperature_minimises_the_likelihood():
    generator = np.random.default_rng(0)
    logits = 3 * generator.normal(size=(4000, 5))
    truth = np.array([generator.choice(5, p=softmax(row / 2.5)) for row in logits])
    assert fit_temperature(logits, truth) == pytest.approx(2.5, rel=0.05)
    grid = np.exp(np.linspace(-1, 2, 3001))
    losses = [
        torch.nn.functional.cross_entropy(torch.tensor(logits / t), torch.tensor(truth)).item()
        for t in grid[::30]
    ]
    assert fit_temperature(logits, truth) == pytest.approx(grid[::30][np.argmin(losses)], rel=0.03)


def test_calibration_lowers_the_error_and_keeps_the_labels(fitted):
    X, y = noisy(600, 2)
    before = fitted.predict_proba(X), fitted.predict(X)
    fitted.calibrate(*noisy(200, 1))
    after = fitted.predict_proba(X), fitted.predict(X)
    np.testing.assert_array_equal(before[1], after[1])
    for task in range(2):
        truth = np.searchsorted(fitted.classes_[task], y[:, task])
        errors = [expected_calibration_error(found[0][task], truth) for found in (before, after)]
        assert errors[1] < errors[0] / 2
        assert errors[1] < 0.1
    temperatures = fitted.calibration_.temperatures
    assert min(temperatures.values()) > 1
    scaled = softmax(np.log(before[0][0]) / temperatures["identity"], axis=1)
    np.testing.assert_allclose(after[0][0], scaled, atol=1e-5)
    fitted.calibration_ = None


def test_sets_keep_the_coverage(calibrated):
    X, y = noisy(600, 3)
    for coverage in (0.7, 0.9):
        for task, members in enumerate(calibrated.predict_set(X, coverage)):
            truth = np.searchsorted(calibrated.classes_[task], y[:, task])
            assert members.shape == (600, len(calibrated.classes_[task]))
            assert members[np.arange(600), truth].mean() == pytest.approx(coverage, abs=0.06)
    with pytest.raises(ValueError, match="cannot show a coverage"):
        calibrated.predict_set(X, 0.999)


def test_noise_gets_no_label(calibrated):
    X = noisy(20, 3)[0]
    data = dt4ecg.datasets.from_recordings(
        dt4ecg.datasets.simulate_cohort(2, ("rest",), seconds=45)
    )
    half = len(data.X) // 2
    rows = np.arange(len(data.X)) % 2 == 0
    real = dt4ecg.DT4ECGClassifier(
        tasks=("identity",), epochs=2, n_threads=1, preprocessor=data.preprocessor
    ).fit(data.X[rows], data.labels[rows, 0])
    real.calibrate(data.X[~rows], data.labels[~rows, 0])
    noise = np.random.default_rng(0).normal(size=(3, *data.X.shape[1:]))
    mixed = np.concatenate([data.X[:half], noise])
    found, all_named = (real.predict_set(mixed, 0.8, name_all=choice) for choice in (False, True))
    assert not found[half:].any()
    np.testing.assert_array_equal(found[:half], all_named[:half])
    assert all_named[half:].any()
    for ours, theirs in zip(
        calibrated.predict_set(X), calibrated.predict_set(X, name_all=True), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)  # without a preprocessor


def test_the_model_file_keeps_the_calibration(calibrated, tmp_path):
    path = tmp_path / "model.safetensors"
    calibrated.save(path)
    read, X = dt4ecg.load(path), noisy(20, 4)[0]
    for ours, theirs in zip(calibrated.predict_proba(X), read.predict_proba(X), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for ours, theirs in zip(calibrated.predict_set(X), read.predict_set(X), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_an_older_file_is_not_calibrated(calibrated, tmp_path):
    path = tmp_path / "model.safetensors"
    calibrated.save(path)
    tensors, header = container.read(path)
    del header["calibration"], header["format_version"]
    container.write(path, tensors, header)
    read, X = dt4ecg.load(path), noisy(20, 4)[0]
    assert read.calibration_ is None
    calibrated.calibration_ = None
    np.testing.assert_array_equal(read.predict_proba(X)[0], calibrated.predict_proba(X)[0])


@pytest.mark.parametrize(
    "illegal",
    [
        [],
        {"other": {"temperature": 1.0, "true_probabilities": []}},
        {"identity": {"temperature": 0, "true_probabilities": []}},
        {"identity": {"temperature": float("inf"), "true_probabilities": []}},
        {"identity": {"true_probabilities": []}},
        {"identity": {"temperature": 1.0, "true_probabilities": [0.5, 0.4]}},
        {"identity": {"temperature": 1.0, "true_probabilities": [1.5]}},
        {"identity": {"temperature": 1.0, "true_probabilities": None}},
        {"identity": 1.0},
    ],
)
def test_a_file_with_an_illegal_calibration_is_refused(fitted, tmp_path, illegal):
    path = tmp_path / "model.safetensors"
    fitted.save(path)
    tensors, header = container.read(path)
    del header["format_version"]
    container.write(path, tensors, header | {"calibration": illegal})
    with pytest.raises(ValueError, match="calibration must be null"):
        dt4ecg.load(path)


def test_training_segments_are_refused(fitted):
    X, y = noisy(96, 0)
    with pytest.raises(ValueError, match="96 of 96 segments were among those of fit"):
        fitted.calibrate(X, y)
    held_X, held_y = noisy(40, 1)
    with pytest.raises(ValueError, match="1 of 41 segments"):
        fitted.calibrate(np.concatenate([held_X, X[:1]]), np.concatenate([held_y, y[:1]]))


def test_unknown_and_untrained_labels_do_not_count(fitted):
    X, y = noisy(60, 1)
    y = y.astype(object)
    y[:20, 0], y[20:30, 0], y[:, 1] = None, "stranger", "?"
    fitted.calibrate(X, y)
    assert list(fitted.calibration_.temperatures) == ["identity"]
    assert len(fitted.calibration_.true_probabilities["identity"]) == 30
    with pytest.raises(ValueError, match="activity is not calibrated"):
        fitted.predict_set(X)
    y[:, 0] = None
    with pytest.raises(ValueError, match="two segments with a trained label"):
        fitted.calibrate(X, y)
    with pytest.raises(ValueError, match="calibrate"):
        fitted.calibrate(X, y[:3])
    fitted.calibration_ = None


def test_before_fit_and_after_a_new_fit(calibrated):
    X, y = noisy(40, 1)
    with pytest.raises(NotFittedError):
        classifier().calibrate(X, y)
    assert not hasattr(clone(calibrated), "network_")
    again = classifier(epochs=1).fit(X, y)
    again.calibration_ = Calibration({"identity": 3.0})
    assert again.fit(X, y).calibration_ is None
    with pytest.raises(ValueError, match="is not calibrated"):
        again.predict_set(X)


def test_a_calibration_prints_as_one_line():
    found = Calibration({"identity": 1.8333, "activity": 2}, {"identity": np.linspace(0, 1, 5000)})
    assert repr(found) == (
        "Calibration(identity: temperature 1.83, 5000 held-out segments; "
        "activity: temperature 2, without held-out segments)"
    )
