"""Time-frequency pictures of a signal: Morlet wavelets, superlets, images of fixed size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import require_finite, to_numpy
from dt4ecg._common.numbers import integer, number
from dt4ecg.io.recording import Recording
from dt4ecg.signal.inputs import known_rate_of, samples_of

IMAGE_FREQUENCIES = (0.5, 40.0)
EDGES = ("reflect", "zero")
KINDS = ("multiplicative", "additive")
_IMAGES_AT_A_TIME = 256
_REACH = 6.0  # standard deviations of a Gaussian, beyond which the core takes it as 0
_LONGEST = 2.0**53  # samples
_LONGEST_PADDING = 64  # times the length of the signal
_SHORT = 4096  # samples of padding that are always legal


def cwt(
    x: Any,
    sampling_rate: float | None = None,
    frequencies: ArrayLike = (),
    cycles: ArrayLike = 5.0,
    edges: str = "reflect",
) -> Any:
    """Continuous wavelet transform with complex Morlet wavelets.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
    sampling_rate : float, optional
        Sampling rate in Hz. A Recording has its own.
    frequencies : array-like of shape (F,)
        Frequencies in Hz, above 0 and at most ``sampling_rate / 2``.
    cycles : float or array-like of shape (F,), default 5.0
        Cycles of each wavelet, 1 to 1000. The Gaussian of a wavelet has a standard deviation of
        ``cycles / (5 * frequency)`` seconds, as in [1]_. The usual constant of a Morlet wavelet is
        ``omega0 = 2 * pi * cycles / 5``.
    edges : {"reflect", "zero"}, default "reflect"
        What lies beyond the ends of the signal and the gaps of a Recording: its mirror images, of
        which the last sample is a part, or zeros.

    Returns
    -------
    array or tensor of shape (..., F, T)
        complex64 for float32 samples, else complex128. A sinusoid of amplitude A and of the
        frequency of a wavelet has the magnitude A. Samples of an array give an array, and those
        of a tensor a tensor.

    Raises
    ------
    ValueError
        If there is no frequency, or a frequency, a number of cycles or the sampling rate is not
        legal, or samples are NaN, infinite or beyond 1e30; or if zeros lie beyond the ends and a
        wavelet is more than about a hundred times as long as the signal.
    TypeError
        If the samples are not float32, float64 or integers.

    See Also
    --------
    superlet : Magnitudes of several wavelets for each frequency.

    Notes
    -----
    A wavelet of few cycles also responds to a constant offset: by 46 % of it with one cycle, and
    by less than 1e-8 of it with eight. Remove the offset first, as with :func:`highpass`. Spectra
    are multiplied in the precision of the samples.

    References
    ----------
    .. [1] V. V. Moca et al., "Time-frequency super-resolution with superlets", Nature
           Communications 12, 337, 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import signal
    >>> t = np.arange(500) / 250
    >>> found = signal.cwt(3 * np.sin(2 * np.pi * 10 * t), 250, frequencies=[5, 10, 20])
    >>> found.shape, np.abs(found[:, 250]).round(2).tolist()
    ((3, 500), [0.0, 3.0, 0.02])
    """
    wanted = _numbers("frequencies", frequencies)
    several = np.broadcast_to(_numbers("cycles", cycles), _shape_for("cycles", cycles, wanted))
    reflect = _is_first("edges", edges, EDGES)
    rate = known_rate_of("cwt", x, sampling_rate)
    _require_reach("cwt", x, rate, wanted, several, reflect)
    return _along_time(
        "cwt",
        x,
        lambda rows: _core.wavelets.morlet(rows, rate, wanted.tolist(), several.tolist(), reflect),
    )


def superlet(
    x: Any,
    sampling_rate: float | None = None,
    frequencies: ArrayLike = (),
    order: int | tuple[int, int] | Sequence[int] = (1, 16),
    cycles: float = 1.0,
    kind: str = "multiplicative",
    edges: str = "reflect",
) -> Any:
    """Superlet transform: the geometric mean of the responses to several Morlet wavelets.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
    sampling_rate : float, optional
        Sampling rate in Hz. A Recording has its own.
    frequencies : array-like of shape (F,)
        Frequencies in Hz, above 0 and at most ``sampling_rate / 2``.
    order : int, pair of int, or array-like of shape (F,), default (1, 16)
        Number of wavelets of each frequency, 1 to 64. A pair gives the orders of the lowest and
        the highest frequency. Between these, the order is a linear function of the frequency,
        rounded to the nearest whole number (equation 7 of [1]_).
    cycles : float, default 1.0
        Cycles of the first wavelet, from 1. The i-th one has ``i * cycles``
        (multiplicative) or ``cycles + i - 1`` (additive).
    kind : {"multiplicative", "additive"}, default "multiplicative"
    edges : {"reflect", "zero"}, default "reflect"
        As in :func:`cwt`.

    Returns
    -------
    array or tensor of shape (..., F, T)
        Magnitudes, float32 for float32 samples and else float64. A sinusoid of amplitude A has
        the magnitude A at its frequency.

    Raises
    ------
    ValueError, TypeError
        As :func:`cwt`, and if an order or the kind is not legal.

    See Also
    --------
    cwt : One wavelet for each frequency, with phases.
    wavelet_image : Images of fixed size.

    References
    ----------
    .. [1] V. V. Moca et al., "Time-frequency super-resolution with superlets", Nature
           Communications 12, 337, 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import signal
    >>> t = np.arange(500) / 250
    >>> hum = 3 * np.sin(2 * np.pi * 20 * t)
    >>> signal.superlet(hum, 250, frequencies=[10, 20, 40])[:, 250].round(2).tolist()
    [1.36, 2.98, 0.0]
    """
    wanted = _numbers("frequencies", frequencies)
    orders = _orders(order, wanted)
    multiplicative = _is_first("kind", kind, KINDS)
    reflect = _is_first("edges", edges, EDGES)
    rate = known_rate_of("superlet", x, sampling_rate)
    base = number("cycles", cycles)
    most = np.array(orders) * base if multiplicative else base + np.array(orders) - 1
    _require_reach("superlet", x, rate, wanted, most, reflect)
    return _along_time(
        "superlet",
        x,
        lambda rows: _core.wavelets.superlet(
            rows, rate, wanted.tolist(), orders, base, multiplicative, reflect
        ),
    )


def wavelet_image(
    x: Any,
    sampling_rate: float | None = None,
    frequencies: int | ArrayLike = 32,
    width: int = 64,
    order: int | tuple[int, int] | Sequence[int] = (1, 16),
    unit: float | None = None,
    decades: float = 8.0,
) -> Any:
    """Images of fixed size from segments: logarithms of the power of their superlets.

    Parameters
    ----------
    x : array or tensor of shape (..., T), or Recording
        Segments, or the leads of a recording. The mean of each is removed.
    sampling_rate : float, optional
        Sampling rate in Hz. A Recording has its own.
    frequencies : int or array-like of shape (F,), default 32
        Frequencies in Hz, or how many there are between 0.5 and 40 Hz at equal distances.
    width : int, default 64
        Columns of an image, at most T. A column is the mean over its part of the time.
    order : int, pair of int, or array-like of shape (F,), default (1, 16)
        Orders of the multiplicative superlets, as in :func:`superlet`. With 1, an image is a
        wavelet transform with one cycle.
    unit : float, optional
        Amplitude that has the value 1, in the unit of the samples. Default: the standard deviation
        of each segment, which makes images independent of the gain.
    decades : float, default 8.0
        Range of the power: the value 0 stands for 10 to the power of ``-decades``, as in [1]_.

    Returns
    -------
    array or tensor of float32, shape (..., F, width)
        Values in [0, 1]; the lowest frequency comes first. A segment without variation is 0.

    Raises
    ------
    ValueError
        As :func:`superlet`, and if the width is above T or the unit is not above 0.
    TypeError
        If the samples are not float32, float64 or integers.

    See Also
    --------
    superlet : Magnitudes at every sample.

    Notes
    -----
    The value of a power p is ``1 + log10(p) / decades``, clipped before columns are averaged.

    References
    ----------
    .. [1] T. Han et al., "Diffusion-based electrocardiography noise quantification via anomaly
           detection", arXiv 2506.11815, 2025.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.signal import wavelet_image
    >>> image = wavelet_image(np.random.default_rng(0).normal(size=(5, 300)), 100)
    >>> image.shape, image.dtype
    ((5, 32, 64), dtype('float32'))
    """
    operation = "wavelet_image"
    rate = known_rate_of(operation, x, sampling_rate)
    samples = to_numpy(operation, samples_of(x))
    require_finite(operation, samples)
    length = samples.shape[-1]
    width = integer(operation, "width", width, 1, length)
    decades = number("decades", decades)
    if decades <= 0:
        raise ValueError(f"{operation}: decades must be above 0, got {decades:g}")
    if isinstance(frequencies, int | np.integer | np.bool_):
        count = integer(operation, "frequencies", frequencies, 1, 1024)
        frequencies = np.linspace(*IMAGE_FREQUENCIES, count)
    if unit is not None and not number("unit", unit) > 0:
        raise ValueError(f"{operation}: unit must be above 0, got {unit}")
    rows = samples.reshape(-1, length)
    images = np.empty((len(rows), np.size(frequencies), width), np.float32)
    for begin in range(0, len(rows), _IMAGES_AT_A_TIME):
        part = np.s_[begin : begin + _IMAGES_AT_A_TIME]
        scaled = in_units(rows[part], unit)
        magnitudes = superlet(scaled, rate, frequencies, order)
        with np.errstate(divide="ignore"):
            values = np.clip(1 + 2 * np.log10(magnitudes) / decades, 0, 1)
        images[part] = _columns(values, width)
    shape = (*samples.shape[:-1], *images.shape[1:])
    return _as_kind_of(x, images.reshape(shape))


def in_units(rows: NDArray[Any], unit: float | None) -> NDArray[np.float32]:
    """Return rows of mean 0 in units, or in standard deviations; a flat row is 0.

    Examples
    --------
    >>> import numpy as np
    >>> in_units(np.array([[1e-6, 3e-6], [10, 30]]), None).tolist()
    [[-1.0, 1.0], [-1.0, 1.0]]
    """
    centred = rows - rows.mean(axis=-1, keepdims=True, dtype=np.float64)
    deviation = centred.std(axis=-1, keepdims=True)
    flat = deviation <= 1e-12 * np.abs(rows).max(axis=-1, keepdims=True)
    centred[flat[:, 0]] = 0
    divisor = np.where(flat, 1.0, deviation) if unit is None else unit
    scaled: NDArray[np.float32] = (centred / divisor).astype(np.float32)
    return scaled


def _columns(values: NDArray[np.float32], width: int) -> NDArray[np.float64]:
    """Return means over `width` equal parts of the last axis, whose ends may cut a sample."""
    length = values.shape[-1]
    sums = np.zeros((*values.shape[:-1], length + 1))
    np.cumsum(values, axis=-1, out=sums[..., 1:], dtype=np.float64)
    ends = np.linspace(0, length, width + 1)
    whole = np.minimum(ends.astype(int), length - 1)
    at_ends = sums[..., whole] + (ends - whole) * values[..., whole]
    means: NDArray[np.float64] = np.diff(at_ends, axis=-1) * (width / length)
    return means


def _is_first(name: str, value: str, known: tuple[str, str]) -> bool:
    if value not in known:
        raise ValueError(f"wavelets: {name} must be one of {known}, got {value!r}")
    return value == known[0]


def _numbers(name: str, values: ArrayLike) -> NDArray[np.float64]:
    found = np.atleast_1d(np.asarray(values))
    if found.ndim != 1 or found.dtype.kind not in "iuf" or len(found) == 0:
        raise ValueError(
            f"wavelets: {name} must be a number or a list of at least one number, got {values!r}"
        )
    if not np.isfinite(found).all():
        raise ValueError(
            f"wavelets: {name} must be finite numbers, got {found[~np.isfinite(found)][0]}"
        )
    return found.astype(float)


def _require_reach(
    operation: str,
    x: Any,
    rate: float,
    frequencies: NDArray[np.float64],
    cycles: NDArray[np.float64],
    reflect: bool,
) -> None:
    """Refuse wavelets whose padding with zeros would take far more memory than the signal."""
    length = np.shape(samples_of(x))[-1:]
    most = _LONGEST if reflect else float(max(_LONGEST_PADDING * max((0, *length)), _SHORT))
    legal = frequencies > 0  # the core refuses the others
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        reach = _REACH * rate * cycles[legal] / (5 * frequencies[legal])
    if not (reach <= most).all():
        at = int(np.argmax(~(reach <= most)))
        other = "" if reflect else '; or take edges="reflect"'
        raise ValueError(
            f"{operation}: frequencies must be high enough that no wavelet reaches farther than "
            f"{most:g} samples, but that of {frequencies[legal][at]:g} Hz with "
            f"{cycles[legal][at]:g} cycles reaches {reach[at]:g}; raise the frequency, or lower "
            f"the sampling rate or the cycles{other}"
        )


def _shape_for(name: str, values: ArrayLike, frequencies: NDArray[np.float64]) -> tuple[int, ...]:
    count = np.size(np.asarray(values))
    if count not in (1, len(frequencies)):
        raise ValueError(
            f"wavelets: {name} needs one value for each of the {len(frequencies)} frequencies, or "
            f"one for all, got {count}"
        )
    return frequencies.shape


def _orders(
    order: int | tuple[int, int] | Sequence[int], frequencies: NDArray[np.float64]
) -> list[int]:
    limit = _core.wavelets.HIGHEST_ORDER
    given = np.atleast_1d(np.asarray(order))
    if isinstance(order, tuple) and len(order) == 2 and len(frequencies) != 2:
        first, last = (integer("superlet", "order", one, 1, limit) for one in order)
        low, high = frequencies.min(), frequencies.max()
        position = (frequencies - low) / max(high - low, 1e-12)
        rounded: list[int] = np.floor(first + (last - first) * position + 0.5).astype(int).tolist()
        return rounded
    orders = np.broadcast_to(given, _shape_for("order", given, frequencies))
    return [integer("superlet", "order", one, 1, limit) for one in orders.tolist()]


def _along_time(operation: str, x: Any, work: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    """Apply ``work`` to rows (n, T); its result (n, F, T) becomes (..., F, T)."""
    if isinstance(x, Recording):
        pieces = np.split(x.samples, x.gaps, axis=-1)
        return np.concatenate([_along_time(operation, one, work) for one in pieces], axis=-1)
    samples = to_numpy(operation, x)
    require_finite(operation, samples)
    dtype = np.float32 if samples.dtype.itemsize == 4 and samples.dtype.kind == "f" else np.float64
    rows = np.array(samples.reshape(-1, samples.shape[-1]), dtype)
    found = work(torch.from_numpy(rows)).numpy()
    return _as_kind_of(x, found.reshape(*samples.shape[:-1], *found.shape[1:]))


def _as_kind_of(x: Any, result: NDArray[Any]) -> Any:
    return torch.from_numpy(result).to(x.device) if isinstance(x, torch.Tensor) else result
