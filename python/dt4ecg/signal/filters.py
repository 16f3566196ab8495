"""Filters, resampling, normalisation and segmentation of ECG signals.

Each function takes NumPy arrays or torch tensors (anything else becomes a NumPy array) whose last
axis is time, works in double precision on all rows in parallel, and returns the same kind. float32
and float64 keep their type; integers become float64 (float32 in segments). Other types raise
TypeError; empty, NaN or infinite samples raise ValueError. Rates and frequencies are in Hz.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import like, require_finite, to_numpy
from dt4ecg._common.numbers import integer, number

__all__ = [
    "design_highpass",
    "design_notch",
    "highpass",
    "minmax",
    "notch",
    "resample",
    "segment",
]

HIGHEST_ORDER = 20  # of the core's high-pass


def _samples(operation: str, x: Any) -> NDArray[Any]:
    samples = to_numpy(operation, x)
    require_finite(operation, samples)
    return samples


def _along_time(operation: str, x: Any, work: Callable[[NDArray[Any]], NDArray[np.float64]]) -> Any:
    """`work` on the rows (n, T) of `x`, in the shape and kind of `x`."""
    samples = _samples(operation, x)
    rows = work(samples.reshape(-1, samples.shape[-1]))
    return like(x, rows.reshape(*samples.shape[:-1], rows.shape[-1]), np.float64)


def highpass(
    x: Any, sampling_rate: float, cutoff: float = 0.5, order: int = 4, zero_phase: bool = True
) -> Any:
    """Butterworth high-pass, against baseline wander.

    Parameters
    ----------
    x : array or tensor, shape (T,) or (..., T)
    sampling_rate : float
        Of the recorder, in Hz; as measured, it need not be whole.
    cutoff : float
        In Hz, where the gain is -3 dB (-6 dB with ``zero_phase``), below ``sampling_rate / 2``.
        The paper gives 0.5.
    order : int
        1 to 20. Not given in the paper.
    zero_phase : bool
        True filters forward and backward, as ``scipy.signal.sosfiltfilt`` with its default padding.
        False is the causal filter that streaming uses; it starts in the steady state of the first
        sample, so an offset of the recorder makes no transient.

    Returns
    -------
    array or tensor, shape of `x`

    Raises
    ------
    ValueError
        A rate too low for the cutoff, or a signal not longer than the padding, ``3 * (order + 1)``.
    """
    rate, cutoff = number("sampling_rate", sampling_rate), number("cutoff", cutoff)
    order = integer("highpass", "order", order, 1, HIGHEST_ORDER)
    return _along_time(
        "highpass",
        x,
        lambda rows: _core.signal.highpass(rows, rate, cutoff, order, bool(zero_phase)),
    )


def notch(
    x: Any,
    sampling_rate: float,
    frequency: float = 60.0,
    quality: float = 30.0,
    zero_phase: bool = True,
) -> Any:
    """Second-order notch, against mains interference.

    Parameters
    ----------
    x : array or tensor, shape (T,) or (..., T)
    sampling_rate : float
        Of the recorder, in Hz.
    frequency : float
        Of the mains, in Hz, below ``sampling_rate / 2``. The paper's 60 Hz cannot be notched at its
        100 Hz: there the line appears at 40 Hz.
    quality : float
        `frequency` over the -3 dB width. Not given in the paper.
    zero_phase : bool
        True is ``scipy.signal.filtfilt`` of ``scipy.signal.iirnotch`` with its default padding;
        False the causal filter, as in `highpass`.

    Returns
    -------
    array or tensor, shape of `x`

    Raises
    ------
    ValueError
        A rate too low for the frequency, or at most 9 samples with ``zero_phase``.
    """
    rate, frequency = number("sampling_rate", sampling_rate), number("frequency", frequency)
    quality = number("quality", quality)
    return _along_time(
        "notch",
        x,
        lambda rows: _core.signal.notch(rows, rate, frequency, quality, bool(zero_phase)),
    )


def resample(x: Any, sampling_rate: float, target_rate: float) -> Any:
    """Change the sampling rate, with an anti-aliasing low-pass.

    The ratio of the rates is the simplest fraction within 1e-9 of it, so 497.45 to 100 Hz is
    2000/9949 exactly (within 1e-7 where its terms would exceed 200 000). The filter is that of
    ``scipy.signal.resample_poly`` with ``window=("kaiser", 5.0), padtype="line"``: the ends
    continue on the line through the first and the last sample. Remove a large offset first
    (`highpass`): the filter has about 50 dB of stop band.

    Parameters
    ----------
    x : array or tensor, shape (T,) or (..., T)
    sampling_rate, target_rate : float
        In Hz.

    Returns
    -------
    array or tensor, shape (..., ceil(T * ratio))

    Raises
    ------
    ValueError
        A ratio whose terms exceed 200 000 even so; the text gives a neighbouring rate that works.
    """
    rate, target = number("sampling_rate", sampling_rate), number("target_rate", target_rate)
    return _along_time("resample", x, lambda rows: _core.signal.resample(rows, rate, target))


def minmax(x: Any, axis: int = -1) -> Any:
    """Scale to [0, 1] along `axis`, the paper's normalisation.

    A flat signal becomes 0, with a UserWarning; flat means a range below 1e-12 of the level.

    Parameters
    ----------
    x : array or tensor, shape (..., T)
    axis : int
        One axis, time by default.

    Returns
    -------
    array or tensor, shape of `x`

    Raises
    ------
    ValueError
        An axis that `x` does not have.
    """
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
    sampling_rate: float,
    seconds: float = 3.0,
    overlap: float = 0.0,
    return_dropped: bool = False,
) -> Any:
    """Cut into segments of equal length; a last one that is only partly filled is dropped.

    Parameters
    ----------
    x : array or tensor, shape (..., T)
    sampling_rate : float
        In Hz.
    seconds : float
        Length of a segment: L = round(seconds * sampling_rate) samples.
    overlap : float
        Fraction in [0, 1) that a segment shares with the one before.
    return_dropped : bool
        Also return how many samples at the end lie in no segment.

    Returns
    -------
    segments : array or tensor, shape (n, ..., L)
        n is 0 where T < L.
    dropped : int
        Only with `return_dropped`.
    """
    samples = _samples("segment", x)
    length, hop = _core.signal.window(
        number("seconds", seconds),
        number("overlap", overlap),
        number("sampling_rate", sampling_rate),
    )
    starts = range(0, samples.shape[-1] - length + 1, hop)
    cut = np.empty((len(starts), *samples.shape[:-1], length), samples.dtype)
    for window, start in zip(cut, starts, strict=True):
        window[...] = samples[..., start : start + length]
    segments = like(x, cut, np.float32)
    if not return_dropped:
        return segments
    return segments, samples.shape[-1] - (starts[-1] + length if starts else 0)


def design_highpass(
    sampling_rate: float, cutoff: float = 0.5, order: int = 4
) -> NDArray[np.float64]:
    """The sections of `highpass`, in SciPy's ``sos`` layout, shape (ceil(order / 2), 6)."""
    return _core.signal.design_highpass(
        number("sampling_rate", sampling_rate),
        number("cutoff", cutoff),
        integer("design_highpass", "order", order, 1, HIGHEST_ORDER),
    )


def design_notch(
    sampling_rate: float, frequency: float = 60.0, quality: float = 30.0
) -> NDArray[np.float64]:
    """The section of `notch`, in SciPy's ``sos`` layout, shape (1, 6)."""
    return _core.signal.design_notch(
        number("sampling_rate", sampling_rate),
        number("frequency", frequency),
        number("quality", quality),
    )
