"""Features of a segment compared with SciPy and NumPy."""

import itertools

import numpy as np
from scipy import stats
from scipy.signal import periodogram

from dt4ecg.paper.comparators.features import autocorrelation, spectrum, statistics

RATE = 100.0


def test_statistics_against_scipy():
    x = np.random.default_rng(0).normal(size=(60, 1, 120)).cumsum(axis=2)
    found = statistics(x).reshape(60, 2, 12)
    for i, signal in enumerate((x[:, 0], np.diff(x[:, 0]))):
        expected = (
            signal.mean(1),
            signal.std(1),
            stats.skew(signal, axis=1),
            stats.kurtosis(signal, axis=1, fisher=False),
        )
        np.testing.assert_allclose(found[:, i, :4], np.stack(expected, 1), rtol=1e-9)
        np.testing.assert_allclose(found[:, i, 8], np.median(signal, axis=1))


def test_spectrum_and_autocorrelation_find_the_rhythm():
    time = np.arange(300) / RATE
    x = np.sin(2 * np.pi * 10 * time)[None, None]
    assert spectrum(x, RATE).argmax() in (5, 6)  # bands of 1.67 Hz
    r = np.correlate(x[0, 0], x[0, 0], "full")[299:]
    lags = np.linspace(1, 100, 40).round().astype(int)
    np.testing.assert_allclose(autocorrelation(x - x.mean(), RATE)[0], (r / r[0])[lags], atol=1e-9)


def test_quantiles_and_crossings_of_the_mean():
    x = np.array([1.0, -2, 3, 4, -5, 0])  # the mean is 1/6
    found = statistics(x[None, None])[0]
    np.testing.assert_allclose(found[4], 3 / 5)  # three of five steps cross the mean
    np.testing.assert_allclose(found[5:12], np.percentile(x, [0, 5, 25, 50, 75, 95, 100]))


def test_spectrum_against_scipy():
    x = np.random.default_rng(1).normal(size=(3, 2, 299))  # no frequency lies on an edge
    window = np.hanning(299)
    frequency, power = periodogram(x, RATE, window, scaling="spectrum")
    power[..., 1:] /= 2  # SciPy adds the negative frequencies
    edges = np.arange(25) * 40 / 24
    bands = [
        power[..., (low <= frequency) & (frequency < high)].sum(-1)
        for low, high in itertools.pairwise(edges)
    ]
    expected = np.log(np.stack(bands, 2) * window.sum() ** 2).reshape(3, 48)
    np.testing.assert_allclose(spectrum(x, RATE), expected, atol=1e-6)


def test_flat_segments_have_finite_features():
    flat = np.zeros((2, 2, 300))
    np.testing.assert_array_equal(statistics(flat), np.zeros((2, 48)))
    np.testing.assert_allclose(spectrum(flat, RATE), np.full((2, 48), np.log(1e-9)))
    np.testing.assert_array_equal(autocorrelation(flat, RATE), np.zeros((2, 80)))
