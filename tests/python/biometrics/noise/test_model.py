"""The noise model: what it scores, what it refuses, and its file."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import dt4ecg
from dt4ecg import estimator
from dt4ecg.biometrics.noise import NoiseModel
from dt4ecg.storage import container

SMALL = {"width": 32, "channels": 8, "n_threads": 1}


def beats(n: int, seed: int, noise: float = 0.0) -> np.ndarray:
    """Segments of 3 s with one pulse per second, in mV."""
    rng = np.random.default_rng(seed)
    time = np.arange(300) / 100 - rng.random((n, 1))
    pulses = np.exp(-(((time + 0.5) % 1 - 0.5) ** 2) / 2e-4)
    return pulses + noise * rng.standard_normal(pulses.shape)


@pytest.fixture(scope="module")
def trained() -> NoiseModel:
    return NoiseModel(**SMALL, epochs=10, batch_size=16, learning_rate=4e-3).fit(
        beats(128, 0, 0.01)
    )


def test_clean_segments_have_larger_scores(trained):
    clean, noisy = (trained.score_samples(beats(40, 1, noise)) for noise in (0.01, 0.3))
    assert np.median(clean) > np.median(noisy) + 0.3
    found = trained.wasserstein(beats(40, 1, 0.01), beats(40, 2, 0.3))
    assert found.balanced > 1


def test_a_score_is_the_ratio_of_peak_to_mean_squared_error(trained):
    x = beats(5, 3)
    np.testing.assert_allclose(
        trained.score_samples(x), 10 * np.log10(1 / trained.errors(x).mean(axis=1)), rtol=1e-12
    )


def test_a_score_does_not_depend_on_other_segments(trained):
    x = beats(6, 4)
    together = trained.score_samples(x)
    alone = np.concatenate([trained.score_samples(x[i : i + 1]) for i in range(6)])
    np.testing.assert_allclose(together, alone, rtol=1e-4)


def test_a_burst_shows_in_its_columns(trained):
    x = beats(10, 5, 0.01)
    before = trained.errors(x).mean(axis=0)
    x[:, 150:200] += np.random.default_rng(0).normal(size=(10, 50))
    assert trained.errors(x).shape == (10, 32)
    worse = trained.errors(x).mean(axis=0) / before
    assert worse[16:21].mean() > worse[:12].mean() + 0.3


def test_a_constant_segment_has_no_score(trained):
    x = beats(3, 8)
    x[1] = 0.7
    assert np.isnan(trained.score_samples(x)).tolist() == [False, True, False]
    assert np.isnan(trained.score(x))


def test_score_is_the_mean_of_the_segments(trained):
    x = beats(3, 8)
    assert trained.score(x) == pytest.approx(
        np.mean([trained.score(x[i : i + 1]) for i in range(3)])
    )


def test_leads_are_scored_one_by_one(trained):
    x = beats(6, 6).reshape(3, 2, 300)
    found = trained.score_samples(x)
    assert found.shape == (3, 2)
    np.testing.assert_allclose(found[1, 1], trained.score_samples(x[1:2, 1])[0], rtol=1e-4)
    np.testing.assert_allclose(trained.score_samples(torch.tensor(x)), found, rtol=1e-6)


def test_the_unit_matters_unless_it_is_none():
    x = beats(16, 0, 0.01)
    absolute = NoiseModel(**SMALL, epochs=1).fit(x)
    relative = NoiseModel(**SMALL, epochs=1, unit=None).fit(x)
    assert not np.allclose(absolute.score_samples(x), absolute.score_samples(1000 * x), rtol=1e-3)
    np.testing.assert_allclose(
        relative.score_samples(x), relative.score_samples(1000 * x), rtol=1e-3
    )


def test_three_calls_and_the_four_of_the_released_code():
    assert NoiseModel()._times() == [30, 20, 10]
    assert NoiseModel(calls=4)._times() == [30, 20, 10, 0]
    assert NoiseModel(calls=1)._times() == [30]


def test_it_comes_back_from_its_file(trained, tmp_path):
    trained.save(tmp_path / "noise.safetensors")
    loaded = dt4ecg.load(tmp_path / "noise.safetensors")
    assert isinstance(loaded, NoiseModel)
    with pytest.raises(ValueError, match="of the kind 'noise-model'"):
        estimator.load(tmp_path / "noise.safetensors")
    np.testing.assert_array_equal(
        loaded.score_samples(beats(4, 7)), trained.score_samples(beats(4, 7))
    )
    assert clone(NoiseModel(width=64)).width == 64


def test_equal_seeds_give_equal_models():
    x = beats(16, 0)
    first, second = (NoiseModel(**SMALL, epochs=1).fit(x).score_samples(x) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"width": 20}, "width must be a multiple of 8"),
        ({"channels": 4}, "channels"),
        ({"unit": 0}, "unit"),
        ({"sampling_rate": np.nan}, "sampling_rate"),
        ({"start": 100, "times": 100}, "start"),
        ({"times": 1001}, "times"),
        ({"calls": 0}, "calls"),
        ({"epochs": -1}, "epochs"),
    ],
)
def test_illegal_parameters_are_refused(changes, text):
    with pytest.raises(ValueError, match=text):
        NoiseModel(**(SMALL | changes)).fit(beats(4, 0))


def test_illegal_data_are_refused(trained):
    x = beats(4, 0)
    x[2, 5] = np.nan
    with pytest.raises(ValueError, match="NaN or infinite"):
        trained.score_samples(x)
    with pytest.raises(ValueError, match="300 samples, got 200"):
        trained.score_samples(beats(4, 0)[:, :200])
    with pytest.raises(ValueError, match=r"segments \(n, T\)"):
        trained.score_samples(x[0])
    with pytest.raises(NotFittedError):
        NoiseModel().score_samples(x)


@pytest.mark.parametrize(
    "change",
    [
        lambda tensors, header: header.update(kind="tamper-detector"),
        lambda tensors, header: header["settings"].update(width=9),
        lambda tensors, header: header["settings"].pop("unit"),
        lambda tensors, header: header.update(samples=0),
        lambda tensors, header: tensors.pop("noise"),
        lambda tensors, header: tensors["network.stem.weight"].fill_(torch.nan),
    ],
)
def test_a_changed_file_is_refused(trained, tmp_path, change):
    path = tmp_path / "noise.safetensors"
    trained.save(path)
    tensors, header = container.read(path)
    change(tensors, header)
    container.write(path, tensors, header)
    with pytest.raises(ValueError, match="load: "):
        NoiseModel.load(path)


def test_damaged_noise_gives_no_score(trained, tmp_path):
    path = tmp_path / "noise.safetensors"
    trained.save(path)
    tensors, header = container.read(path)
    header.pop("format_version")
    container.write(path, {**tensors, "noise": tensors["noise"] * 0 + 3e38}, header)
    with pytest.raises(ValueError, match="NaN or infinite"):
        NoiseModel.load(path).score_samples(beats(4, 7))
