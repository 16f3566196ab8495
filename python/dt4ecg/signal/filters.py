"""Filters, resampling, normalisation and segmentation of ECG signals.

The last axis of the samples is time. A function takes a NumPy array, a torch tensor or a
:class:`dt4ecg.io.Recording` and returns the same kind; everything else is converted to a NumPy
array first. A Recording has its own sampling rate, and no filter crosses its gaps. float32 and
float64 keep their dtype, while integers become float64 (float32 in segments). Computations are in
double precision and in parallel over the rows. Other dtypes raise TypeError; empty, NaN and
infinite samples and those beyond 1e30 raise ValueError. Rates and frequencies are in Hz.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import like, require_finite, to_numpy
from dt4ecg._common.defaults import (
    HIGHPASS_CUTOFF,
    HIGHPASS_ORDER,
    MAINS_FREQUENCY,
    NOTCH_QUALITY,
    SEGMENT_SECONDS,
    TARGET_RATE,
)
from dt4ecg._common.numbers import integer, number
from dt4ecg.io.recording import Recording
from dt4ecg.signal.inputs import gaps_of, known_rate_of, samples_of, with_samples

HIGHEST_ORDER: int = _core.signal.HIGHEST_ORDER
"""Highest order of the high-pass that the core can design."""


def highpass(
    x: Any,
    sampling_rate: float | None = None,
    cutoff: float = HIGHPASS_CUTOFF,
    order: int = HIGHPASS_ORDER,
    zero_phase: bool = True,
    settle: bool = False,
) -> Any:
    """Remove baseline wander with a Butterworth high-pass.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
    sampling_rate : float, optional
        Sampling rate in Hz; it need not be a whole number. A Recording has its own.
    cutoff : float, default 0.5
        Frequency in Hz at which the gain is -3 dB (-6 dB with ``zero_phase``), below
        ``sampling_rate / 2``. The default is the paper's.
    order : int, default 4
        Order of the filter, 1 to 20. The paper does not state it.
    zero_phase : bool, default True
        Filter forward and backward, as ``scipy.signal.sosfiltfilt`` does with its default padding.
        False is the causal filter of a stream. It starts in the steady state of the first sample,
        so a constant offset of the recorder causes no transient.
    settle : bool, default False
        Continue the signal by its mirror image over the settling time at both ends, instead of
        SciPy's padding. Only with ``zero_phase``.

    Returns
    -------
    array, tensor or Recording, as ``x``

    Raises
    ------
    ValueError
        If the sampling rate is too low for the cutoff, or there are not more samples than the
        padding of ``3 * (order + 1)``.

    See Also
    --------
    design_highpass : The coefficients of this filter.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import signal
    >>> offset = np.full(1000, 2100.0)
    >>> bool(np.abs(signal.highpass(offset, sampling_rate=500)).max() < 1e-6)
    True
    """
    rate, cutoff = _rate("highpass", x, sampling_rate), number("cutoff", cutoff)
    order = integer("highpass", "order", order, 1, HIGHEST_ORDER)
    return _along_time(
        "highpass",
        x,
        lambda rows: _core.signal.highpass(
            rows, rate, cutoff, order, bool(zero_phase), bool(settle)
        ),
    )


def notch(
    x: Any,
    sampling_rate: float | None = None,
    frequency: float = MAINS_FREQUENCY,
    quality: float = NOTCH_QUALITY,
    zero_phase: bool = True,
    settle: bool = False,
) -> Any:
    """Remove mains interference with a notch of second order.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
    sampling_rate : float, optional
        Sampling rate in Hz. A Recording has its own.
    frequency : float, default 60.0
        Mains frequency in Hz, below ``sampling_rate / 2``.
    quality : float, default 30.0
        ``frequency`` divided by the -3 dB width. The paper does not state it.
    zero_phase : bool, default True
        Filter forward and backward, as ``scipy.signal.filtfilt`` of ``scipy.signal.iirnotch`` does
        with its default padding. False is the causal filter, as in :func:`highpass`.
    settle : bool, default False
        As in :func:`highpass`. Interference is continued as a sinusoid that is fitted near each
        end; with SciPy's padding, a residue of it stays in the first and the last half second.

    Returns
    -------
    array, tensor or Recording, as ``x``

    Raises
    ------
    ValueError
        If the sampling rate is too low for the frequency, or ``zero_phase`` is True and there are
        at most 9 samples.

    See Also
    --------
    design_notch : The coefficients of this filter.

    Notes
    -----
    At the paper's 100 Hz a notch at its 60 Hz is impossible: there, the interference appears at
    40 Hz. Filter at the rate of the recorder, before resampling.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import signal
    >>> hum = np.sin(2 * np.pi * 50 * np.arange(5000) / 500)
    >>> bool(np.abs(signal.notch(hum, 500, frequency=50)[2000:3000]).max() < 0.01)
    True
    """
    rate, frequency = _rate("notch", x, sampling_rate), number("frequency", frequency)
    quality = number("quality", quality)
    return _along_time(
        "notch",
        x,
        lambda rows: _core.signal.notch(
            rows, rate, frequency, quality, bool(zero_phase), bool(settle)
        ),
    )


def resample(x: Any, sampling_rate: float | None = None, target_rate: float = TARGET_RATE) -> Any:
    """Change the sampling rate, with a low-pass against aliasing.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
    sampling_rate : float, optional
        Old sampling rate in Hz. A Recording has its own.
    target_rate : float, default 100
        New sampling rate in Hz.

    Returns
    -------
    array or tensor of shape (..., ceil(T * ratio)), or Recording

    Raises
    ------
    ValueError
        If the ratio of the rates needs terms above 200,000; the text names a close rate that works.

    Notes
    -----
    The ratio is the simplest fraction within 1e-9 of ``target_rate / sampling_rate``, so 497.45 to
    100 Hz is exactly 2000/9949. If its terms exceed 200,000, a tolerance of 1e-7 is used. The
    filter is that of ``scipy.signal.resample_poly`` with ``window=("kaiser", 5.0)`` and
    ``padtype="line"``: beyond the ends, the signal continues on the line through the first and the
    last sample. Remove a large offset first, with :func:`highpass`, since the stop band attenuates
    by about 50 dB only.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import signal
    >>> signal.resample(np.zeros(4975), sampling_rate=497.5, target_rate=100).shape
    (1000,)
    """
    rate, target = _rate("resample", x, sampling_rate), number("target_rate", target_rate)
    return _along_time(
        "resample", x, lambda rows: _core.signal.resample(rows, rate, target), target
    )


def minmax(x: Any, axis: int = -1) -> Any:
    """Scale to [0, 1] along an axis, the normalisation of the paper.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
    axis : int, default -1
        The axis of the minimum and the maximum.

    Returns
    -------
    array, tensor or Recording, as ``x``
        A flat signal becomes 0, with a UserWarning. It is flat if its range is below 1e-12 of its
        largest magnitude.

    Raises
    ------
    ValueError
        If ``x`` does not have the axis.

    Examples
    --------
    >>> from dt4ecg import signal
    >>> signal.minmax([2.0, 4.0, 3.0])
    array([0. , 1. , 0.5])
    """
    if isinstance(x, Recording):
        return with_samples(x, minmax(x.samples, axis))
    samples = _samples("minmax", x)
    name = f"the axis of shape {samples.shape}"
    axis = integer("minmax", name, axis, -samples.ndim, samples.ndim - 1)
    moved = np.moveaxis(samples, axis, -1)
    rows, flat = _core.signal.minmax(moved.reshape(-1, moved.shape[-1]))
    if flat:
        warnings.warn(
            f"minmax: {flat} of {len(rows)} signals are flat; they became 0", stacklevel=2
        )
    return like(x, np.moveaxis(rows.reshape(moved.shape), -1, axis), np.float64)


def segment(
    x: Any,
    sampling_rate: float | None = None,
    seconds: float = SEGMENT_SECONDS,
    overlap: float = 0.0,
    return_dropped: bool = False,
) -> Any:
    """Cut samples into segments of equal length.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
    sampling_rate : float, optional
        Sampling rate in Hz. A Recording has its own.
    seconds : float, default 3.0
        Duration of a segment: L = round(seconds * sampling_rate) samples.
    overlap : float, default 0.0
        Fraction of a segment that overlaps the segment before it, in [0, 1).
    return_dropped : bool, default False
        Also return how many samples at the end are in no segment.

    Returns
    -------
    segments : array or tensor, shape (n, ..., L)
        n is 0 if T < L.
    dropped : int
        Only with ``return_dropped``.

    Raises
    ------
    ValueError
        If a segment has no sample, or the overlap is outside its range.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import signal
    >>> segments, dropped = signal.segment(np.zeros(1000), 100, overlap=0.5, return_dropped=True)
    >>> segments.shape, dropped
    ((5, 300), 100)
    """
    length, hop = _core.signal.window(
        number("seconds", seconds), number("overlap", overlap), _rate("segment", x, sampling_rate)
    )
    gaps = list(gaps_of("segment", x, ()))
    x = samples_of(x)
    samples = _samples("segment", x)
    pieces = np.split(samples, gaps, axis=-1)
    cuts = [_windows(piece, length, hop) for piece in pieces]
    segments = like(x, np.concatenate(cuts), np.float32)
    if not return_dropped:
        return segments
    covered = sum((len(cut) - 1) * hop + length for cut in cuts if len(cut))
    return segments, samples.shape[-1] - covered


def design_highpass(
    sampling_rate: float, cutoff: float = HIGHPASS_CUTOFF, order: int = HIGHPASS_ORDER
) -> NDArray[np.float64]:
    """Return the coefficients of :func:`highpass`.

    Parameters
    ----------
    sampling_rate : float
        Sampling rate in Hz.
    cutoff : float, default 0.5
        Frequency of the -3 dB point in Hz, as in :func:`highpass`.
    order : int, default 4
        Order of the filter, 1 to 20.

    Returns
    -------
    array of float64, shape (ceil(order / 2), 6)
        Second-order sections in the layout ``sos`` of SciPy.

    Examples
    --------
    >>> from dt4ecg import signal
    >>> signal.design_highpass(500).shape
    (2, 6)
    """
    return _core.signal.design_highpass(
        number("sampling_rate", sampling_rate),
        number("cutoff", cutoff),
        integer("design_highpass", "order", order, 1, HIGHEST_ORDER),
    )


def design_notch(
    sampling_rate: float, frequency: float = MAINS_FREQUENCY, quality: float = NOTCH_QUALITY
) -> NDArray[np.float64]:
    """Return the coefficients of :func:`notch`.

    Parameters
    ----------
    sampling_rate : float
        Sampling rate in Hz.
    frequency : float, default 60.0
        Frequency to remove in Hz, as in :func:`notch`.
    quality : float, default 30.0
        ``frequency`` divided by the -3 dB width.

    Returns
    -------
    array of float64, shape (1, 6)
        The second-order section in the layout ``sos`` of SciPy.

    Examples
    --------
    >>> from dt4ecg import signal
    >>> signal.design_notch(500, frequency=50).shape
    (1, 6)
    """
    return _core.signal.design_notch(
        number("sampling_rate", sampling_rate),
        number("frequency", frequency),
        number("quality", quality),
    )


def _windows(samples: NDArray[Any], length: int, hop: int) -> NDArray[Any]:
    """Return copies of the windows of (..., T) as (n, ..., length)."""
    starts = range(0, samples.shape[-1] - length + 1, hop)
    cut = np.empty((len(starts), *samples.shape[:-1], length), samples.dtype)
    for window, start in zip(cut, starts, strict=True):
        window[...] = samples[..., start : start + length]
    return cut


def _samples(operation: str, x: Any) -> NDArray[Any]:
    samples = to_numpy(operation, x)
    require_finite(operation, samples)
    return samples


def _rate(operation: str, x: Any, sampling_rate: float | None) -> float:
    return known_rate_of(operation, x, sampling_rate)


def _along_time(
    operation: str,
    x: Any,
    work: Callable[[NDArray[Any]], NDArray[np.float64]],
    new_rate: float | None = None,
) -> Any:
    """Apply ``work`` to the rows (n, T) of ``x``, and return its result in the kind of ``x``.

    ``new_rate`` is the sampling rate of the result, if it is another one.
    """
    if isinstance(x, Recording):
        pieces = [
            _along_time(operation, piece, work) for piece in np.split(x.samples, x.gaps, axis=-1)
        ]
        ends = np.cumsum([piece.shape[-1] for piece in pieces])
        joined = np.concatenate(pieces, axis=-1)
        return with_samples(x, joined, new_rate, tuple(ends[:-1].tolist()))
    samples = _samples(operation, x)
    rows = work(samples.reshape(-1, samples.shape[-1]))
    return like(x, rows.reshape(*samples.shape[:-1], rows.shape[-1]), np.float64)
