"""Hand-made features. Each row depends on one segment only, so nothing is learned here."""

from __future__ import annotations

import numpy as np

_BANDS = 24  # number of bands of the spectrum
_HIGHEST = 40.0  # highest frequency in Hz, the limit of usual monitoring ECG
_LAGS = 40  # number of lags within the first second of the autocorrelation


def statistics(X: np.ndarray) -> np.ndarray:
    """Return moments, quantiles and zero crossings of the amplitude and of the slope.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Segments.

    Returns
    -------
    array of shape (n, leads * 24)
        In float64: 12 values of the samples, then 12 of their differences.

    Examples
    --------
    >>> import numpy as np
    >>> statistics(np.zeros((2, 1, 300))).shape
    (2, 24)
    """
    x = np.asarray(X, np.float64)
    values = [_amplitude_statistics(x), _amplitude_statistics(np.diff(x, axis=2))]
    return np.concatenate(values, axis=2).reshape(len(x), -1)


def spectrum(X: np.ndarray, sampling_rate: float) -> np.ndarray:
    """Return the logarithm of the power in 24 bands.

    The bands divide the frequencies from 0 to 40 Hz, or to half the sampling rate if that is lower.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Segments.
    sampling_rate : float
        In Hz.

    Returns
    -------
    array of shape (n, leads * 24)

    Examples
    --------
    >>> import numpy as np
    >>> tone = np.sin(2 * np.pi * 10 * np.arange(300) / 100)
    >>> int(spectrum(tone[None, None], 100.0).argmax())  # 10 Hz is in band 6 of 1.67 Hz each
    6
    """
    x = np.asarray(X, np.float64)
    power = np.abs(np.fft.rfft((x - x.mean(2, keepdims=True)) * np.hanning(x.shape[2]))) ** 2
    frequencies = np.fft.rfftfreq(x.shape[2], 1 / sampling_rate)
    edges = np.linspace(0, min(_HIGHEST, sampling_rate / 2), _BANDS + 1)
    band = np.digitize(frequencies, edges) - 1
    sums = [power[:, :, band == i].sum(2) for i in range(_BANDS)]
    return np.log(np.stack(sums, axis=2) + 1e-9).reshape(len(x), -1)


def autocorrelation(X: np.ndarray, sampling_rate: float) -> np.ndarray:
    """Return the autocorrelation at 40 lags within the first second.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Segments.
    sampling_rate : float
        In Hz.

    Returns
    -------
    array of shape (n, leads * 40)
        1 for equal samples, 0 for a constant segment.

    References
    ----------
    Plataniotis et al. (2006) introduced these features because they need no fiducial points.

    Examples
    --------
    >>> import numpy as np
    >>> autocorrelation(np.random.default_rng(0).normal(size=(2, 1, 300)), 100.0).shape
    (2, 40)
    """
    x = np.asarray(X, np.float64)
    x = x - x.mean(2, keepdims=True)
    transformed = np.fft.rfft(x, 2 * x.shape[2])
    r = np.fft.irfft(np.abs(transformed) ** 2)[:, :, : x.shape[2]]
    r = r / np.maximum(r[:, :, :1], 1e-12)
    last = min(round(sampling_rate), x.shape[2] - 1)
    lags = np.linspace(1, last, _LAGS).round().astype(int)
    return np.asarray(r[:, :, lags].reshape(len(x), -1))


def _amplitude_statistics(x: np.ndarray) -> np.ndarray:
    """Return an array of shape (n, leads, 12)."""
    mean, deviation = x.mean(2), x.std(2)
    z = (x - mean[:, :, None]) / np.maximum(deviation, 1e-12)[:, :, None]
    quantiles = np.quantile(x, [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1], axis=2)
    crossings = (np.diff(np.signbit(z), axis=2) != 0).mean(2)
    return np.stack([mean, deviation, (z**3).mean(2), (z**4).mean(2), crossings, *quantiles], 2)
