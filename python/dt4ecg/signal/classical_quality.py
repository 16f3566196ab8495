"""Classical signal quality indices of windows, from the recorder's samples."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import require_finite, to_numpy
from dt4ecg._common.numbers import number
from dt4ecg.signal.inputs import as_leads, known_rate_of, samples_of

WINDOW_SECONDS = 10.0
LONGEST_WINDOW = 3600.0
_FAINT = 1e-150  # range of samples whose squares are too small for a float64


@dataclass(frozen=True, eq=False)
class ClassicalQuality:
    """Classical quality indices, arrays of float64 of equal shape.

    Attributes
    ----------
    k_sqi : array
        Kurtosis of the samples; noise of a normal distribution has 3, a clean ECG more than 5.
    s_sqi : array
        Skewness of the samples.
    p_sqi : array
        Power at 5 to 15 Hz divided by the power at 5 to 40 Hz.
    bas_sqi : array
        1 - (power up to 1 Hz) / (power up to 40 Hz); low if the baseline wanders.
    b_sqi : array
        Beats that two detectors find within 150 ms of each other, divided by the beats that at
        least one of them finds.
    amplitude : array
        Distance between the 1 % and the 99 % quantile, in the unit of the samples.

    See Also
    --------
    classical_quality : Returns this.
    Quality : The indices on which the decision of this package rests.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.signal import classical_quality
    >>> noise = np.random.default_rng(0).normal(size=2500)
    >>> round(float(classical_quality(noise, 250).k_sqi), 1)
    3.0
    """

    k_sqi: NDArray[np.float64]
    s_sqi: NDArray[np.float64]
    p_sqi: NDArray[np.float64]
    bas_sqi: NDArray[np.float64]
    b_sqi: NDArray[np.float64]
    amplitude: NDArray[np.float64]

    def to_array(self) -> NDArray[np.float64]:
        """Return the indices in the order of the attributes, shape (..., 6).

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.signal import classical_quality
        >>> classical_quality(np.zeros((3, 500)), 250).to_array().shape
        (3, 6)
        """
        return np.stack([getattr(self, one.name) for one in fields(self)], axis=-1)


def classical_quality(x: Any, sampling_rate: float | None = None) -> ClassicalQuality:
    """Compute the classical quality indices of signals.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
        Samples as the recorder stored them, without normalisation; windows of about 10 s are usual.
    sampling_rate : float, optional
        Sampling rate in Hz, 80 to 20,000. A Recording has its own.

    Returns
    -------
    ClassicalQuality
        Arrays of shape (...,); for a Recording (leads,). A constant signal has 0 everywhere, but
        ``bas_sqi`` is 1. A signal with a range below 1e-150 counts as constant. Gaps of a Recording
        are ignored.

    Raises
    ------
    ValueError
        If signals are shorter than 2 s, samples are NaN or infinite, or the sampling rate is
        outside its range.
    TypeError
        If the samples are not float32, float64 or integers.

    See Also
    --------
    classical_quality_stream : The indices of a signal that arrives in chunks.
    quality : The decision whether segments look like an ECG.

    Notes
    -----
    Powers are those of a periodogram with Hann's window. The detectors of ``b_sqi`` are that of
    :func:`dt4ecg.beats.find` and one by the length of the curve [2]_.

    References
    ----------
    .. [1] G. D. Clifford, J. Behar, Q. Li, I. Rezek, "Signal quality indices and data fusion for
           determining clinical acceptability of electrocardiograms", Physiological Measurement
           33(9), 1419-1433, 2012.
    .. [2] W. Zong, G. B. Moody, D. Jiang, "A robust open-source algorithm to detect onset and
           duration of QRS complexes", Computers in Cardiology 30, 737-740, 2003.

    Examples
    --------
    >>> from dt4ecg.datasets import simulate_cohort
    >>> from dt4ecg.signal import classical_quality
    >>> found = classical_quality(simulate_cohort(subjects=1, seconds=10)[0])
    >>> found.b_sqi.tolist(), found.k_sqi.round(0).tolist()
    ([1.0], [8.0])
    """
    rate = known_rate_of("quality", x, sampling_rate)
    samples = to_numpy("quality", samples_of(x))
    require_finite("quality", samples)
    rows = samples.reshape(-1, samples.shape[-1])
    arrays = _assessed(rows, rate)
    shape = samples.shape[:-1]
    return ClassicalQuality(**{name: found.reshape(shape) for name, found in arrays.items()})


class ClassicalQualityStream:
    """Indices of windows of a signal that arrives in chunks; see :func:`classical_quality_stream`.

    Notes
    -----
    Several threads may push; pushes do not overlap.

    See Also
    --------
    classical_quality : The indices of complete signals.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.signal import classical_quality_stream
    >>> stream = classical_quality_stream(250, seconds=4)
    >>> noise = np.random.default_rng(0).normal(size=2500)
    >>> [len(stream.push(chunk).k_sqi) for chunk in np.split(noise, 5)]
    [0, 1, 0, 1, 0]
    """

    def __init__(self, sampling_rate: float, seconds: float) -> None:
        self._rate = sampling_rate
        self._length = round(seconds * sampling_rate)
        self._waiting: NDArray[np.float64] | None = None
        self._lock = threading.Lock()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "ClassicalQualityStream: the samples that wait in it cannot be pickled or copied; open "
            "a stream in the other process"
        )

    def push(self, chunk: Any) -> ClassicalQuality:
        """Return the indices of the windows that a chunk completes.

        Parameters
        ----------
        chunk : array or tensor, shape (T,) or (leads, T)
            The next samples, of any number, including none.

        Returns
        -------
        ClassicalQuality
            Arrays of shape (n, leads), equal to the bit to those of :func:`classical_quality` of
            the same windows.

        Raises
        ------
        ValueError
            If samples are NaN or infinite, or the number of leads changes. The stream then remains
            as it was before the chunk.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.signal import classical_quality_stream
        >>> classical_quality_stream(250).push(np.zeros((2, 5000))).b_sqi
        array([[0., 0.],
               [0., 0.]])
        """
        leads = as_leads("quality", chunk, allow_short=True).astype(float)
        require_finite("quality", leads)
        with self._lock:
            if self._waiting is None:
                self._waiting = np.empty((len(leads), 0))
            if len(self._waiting) != len(leads):
                raise ValueError(
                    f"quality: the stream has {len(self._waiting)} leads, but the chunk has "
                    f"{len(leads)}"
                )
            samples = np.concatenate([self._waiting, leads], axis=1)
            count = samples.shape[1] // self._length
            whole = samples[:, : count * self._length]
            self._waiting = samples[:, count * self._length :].copy()
        windows = whole.reshape(len(leads), count, self._length).swapaxes(0, 1)
        rows = windows.reshape(-1, self._length)
        arrays = _assessed(rows, self._rate)
        shape = (count, len(leads))
        return ClassicalQuality(**{name: found.reshape(shape) for name, found in arrays.items()})

    def reset(self) -> None:
        """Start again after a gap: forget the incomplete window.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.signal import classical_quality_stream
        >>> stream = classical_quality_stream(250)
        >>> _ = stream.push(np.zeros(2000))
        >>> stream.reset()
        >>> len(stream.push(np.zeros(2000)).k_sqi)
        0
        """
        with self._lock:
            self._waiting = None


def _assessed(rows: NDArray[Any], sampling_rate: float) -> dict[str, NDArray[np.float64]]:
    """Return the indices of rows; the squares of a faint one would be 0, so it counts as flat."""
    faint = rows.max(axis=1).astype(float) - rows.min(axis=1) < _FAINT
    if faint.any():
        rows = np.where(faint[:, None], rows.dtype.type(0), rows)
    return _core.signal.assess_classically(rows, sampling_rate)


def classical_quality_stream(
    sampling_rate: float, seconds: float = WINDOW_SECONDS
) -> ClassicalQualityStream:
    """Open a stream of classical quality indices.

    Parameters
    ----------
    sampling_rate : float
        Sampling rate in Hz, 80 to 20,000.
    seconds : float, default 10.0
        Duration of a window, 2 to 3600. Windows do not overlap.

    Returns
    -------
    ClassicalQualityStream

    Raises
    ------
    ValueError
        If a number is outside its range.

    See Also
    --------
    classical_quality : The indices of complete signals.

    Examples
    --------
    >>> from dt4ecg.signal import classical_quality_stream
    >>> stream = classical_quality_stream(250)
    >>> stream.push([0.0, 0.1]).k_sqi.shape
    (0, 1)
    """
    rate, seconds = number("sampling_rate", sampling_rate), number("seconds", seconds)
    _core.signal.BeatFinder(rate)  # refuses an illegal rate
    if not 2 <= seconds <= LONGEST_WINDOW:
        raise ValueError(
            f"quality: seconds must be 2 to {LONGEST_WINDOW:g}, got {seconds:g}; a window waits in "
            "memory until it is complete"
        )
    return ClassicalQualityStream(rate, seconds)
