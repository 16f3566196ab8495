"""Random changes of segments, compared with what NumPy and SciPy compute."""

import numpy as np
import pytest
from scipy.signal import welch
from scipy.stats import zscore

from dt4ecg.training import Augmentation


def rows(n=6, leads=2, length=400):
    return np.random.default_rng(0).normal(size=(n, leads, length)).astype(np.float32)


def test_no_change_is_the_z_score():
    x = rows(length=300)
    found = Augmentation(300, 100, 0, 0, 0, 0)(x, np.random.default_rng(1))
    np.testing.assert_allclose(found, zscore(x, axis=-1), atol=1e-5)


def test_a_window_is_cut_at_a_random_place():
    ramp = np.arange(400, dtype=np.float32)[None, None].repeat(50, 0)
    found = Augmentation(300, 100, 0.1, 0, 0, 0)._cut(ramp, np.random.default_rng(2))[:, 0]
    steps = np.diff(found)
    scale = steps[:, 0]
    np.testing.assert_allclose(steps, scale[:, None].repeat(299, 1), atol=1e-4)  # a straight line
    assert np.exp(-0.1) <= scale.min() < 0.95
    assert 1.05 < scale.max() <= np.exp(0.1)
    assert found.min() >= 0
    assert found.max() <= 399
    assert found[:, 0].std() > 10


def test_short_rows_are_only_magnified():
    ramp = np.arange(300, dtype=np.float32)[None, None].repeat(50, 0)
    found = Augmentation(300, 100, 0.1, 0, 0, 0)._cut(ramp, np.random.default_rng(2))[:, 0]
    assert np.diff(found).max() < 1 + 1e-4
    assert found.max() <= 299


def test_baseline_and_noise_have_their_scale_and_frequencies():
    flat = np.zeros((400, 1, 1000), np.float32)
    flat[:, 0] = np.sin(2 * np.pi * 10 * np.arange(1000) / 100)
    generator = np.random.default_rng(3)
    slow = Augmentation(1000, 100, 0, 0.5, 0, 0)(flat, generator) - zscore(flat, axis=-1)
    frequency, power = welch(slow[:, 0], 100, nperseg=1000)
    assert power[:, frequency > 1.5].sum() < 0.02 * power.sum()
    assert slow.std() == pytest.approx(0.5 / np.sqrt(2), rel=0.15)
    noisy = Augmentation(1000, 100, 0, 0, 0.2, 0)(flat, generator) - zscore(flat, axis=-1)
    assert noisy.std() == pytest.approx(0.2, rel=0.15)


def test_the_filter_changes_the_gain_of_frequencies():
    x = rows(200, 1, 300)
    found = Augmentation(300, 100, 0, 0, 0, 0.3)(x, np.random.default_rng(4))
    before, after = (np.abs(np.fft.rfft(one[:, 0])) for one in (zscore(x, axis=-1), found))
    gain = np.log(after[:, 1:-1] / before[:, 1:-1])
    assert gain.mean() == pytest.approx(0, abs=0.03)
    assert 0.18 < gain.std() < 0.3  # between the knots it is a mean of two
    assert np.abs(np.diff(gain, axis=1)).max() < 0.5


def test_equal_generators_give_equal_changes_and_flat_leads_stay_finite():
    x = rows()
    x[0] = 5
    first, again = (Augmentation()(x, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.isfinite(first).all()
    assert first.dtype == np.float32


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"segment_length": 1}, "segment_length"),
        ({"sampling_rate": 0}, "sampling_rate"),
        ({"stretch": 0.6}, "stretch"),
        ({"noise": -1}, "noise"),
        ({"filter": float("nan")}, "filter"),
    ],
)
def test_illegal_settings(settings, text):
    with pytest.raises(ValueError, match=text):
        Augmentation(**settings)


def test_rows_must_be_long_enough():
    with pytest.raises(ValueError, match="segment_length"):
        Augmentation(300)(rows(length=200), np.random.default_rng(0))
