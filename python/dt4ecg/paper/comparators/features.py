"""Hand-made features; each is a function of one segment, so that nothing is learned here."""

from __future__ import annotations

import numpy as np

_BANDS = 24  # of the spectrum
_HIGHEST = 40.0  # Hz; the usual band of monitoring ECG
_LAGS = 40  # of the autocorrelation, over its first second


def statistics(X: np.ndarray) -> np.ndarray:
    """Moments, quantiles and variability of amplitude and slope.

    Parameters
    ----------
    X : (n, leads, L)

    Returns
    -------
    (n, leads * 24) float64
    """
    x = np.asarray(X, np.float64)
    return np.concatenate([_of_one(x), _of_one(np.diff(x, axis=2))], axis=2).reshape(len(x), -1)


def spectrum(X: np.ndarray, sampling_rate: float) -> np.ndarray:
    """Log power in 24 bands up to 40 Hz, or half the sampling rate (Hz): (n, leads * 24)."""
    x = np.asarray(X, np.float64)
    power = np.abs(np.fft.rfft((x - x.mean(2, keepdims=True)) * np.hanning(x.shape[2]))) ** 2
    frequencies = np.fft.rfftfreq(x.shape[2], 1 / sampling_rate)
    edges = np.linspace(0, min(_HIGHEST, sampling_rate / 2), _BANDS + 1)
    band = np.digitize(frequencies, edges) - 1
    sums = [power[:, :, band == i].sum(2) for i in range(_BANDS)]
    return np.log(np.stack(sums, axis=2) + 1e-9).reshape(len(x), -1)


def autocorrelation(X: np.ndarray, sampling_rate: float) -> np.ndarray:
    """Autocorrelation at 40 lags within the first second: (n, leads * 40).

    It needs no fiducial points, which Plataniotis et al. (2006) introduced it for.
    """
    x = np.asarray(X, np.float64)
    x = x - x.mean(2, keepdims=True)
    transformed = np.fft.rfft(x, 2 * x.shape[2])
    r = np.fft.irfft(np.abs(transformed) ** 2)[:, :, : x.shape[2]]
    r = r / np.maximum(r[:, :, :1], 1e-12)
    last = min(round(sampling_rate), x.shape[2] - 1)
    return r[:, :, np.linspace(1, last, _LAGS).round().astype(int)].reshape(len(x), -1)


def _of_one(x: np.ndarray) -> np.ndarray:
    """(n, leads, 12)."""
    mean, deviation = x.mean(2), x.std(2)
    z = (x - mean[:, :, None]) / np.maximum(deviation, 1e-12)[:, :, None]
    quantiles = np.quantile(x, [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1], axis=2)
    crossings = (np.diff(np.signbit(z), axis=2) != 0).mean(2)
    return np.stack([mean, deviation, (z**3).mean(2), (z**4).mean(2), crossings, *quantiles], 2)
