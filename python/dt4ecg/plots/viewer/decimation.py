"""Fewer samples that look the same: the smallest and the largest of each pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def decimated(
    samples: Numbers, rate: float, points: int, first: int = 0, last: int | None = None
) -> tuple[Numbers, Numbers]:
    """Return times in s and samples of a stretch, at most about ``points`` of them.

    A stretch with more samples is divided into ``points / 2`` parts of equal length. Each gives its
    smallest and its largest sample at their own times, in the order of time, so that no peak is
    lost. A part without a finite sample gives NaN, which is a gap of the line.

    Parameters
    ----------
    samples : float array (T,)
        NaN marks lost samples.
    rate : float
        Sampling rate in Hz.
    points : int
        At least 2.
    first, last : int, optional
        The stretch, as indices of samples; by default all.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.plots.viewer.decimation import decimated
    >>> times, values = decimated(np.array([0.0, 5, 1, 2, -3, 0]), rate=1.0, points=4)
    >>> times.tolist(), values.tolist()
    ([0.0, 1.0, 3.0, 4.0], [0.0, 5.0, 2.0, -3.0])
    """
    stop = len(samples) if last is None else last
    part = samples[first:stop]
    if len(part) <= points:
        return (first + np.arange(len(part))) / rate, part
    size = -(-len(part) // max(points // 2, 1))
    padded = np.full(size * -(-len(part) // size), np.nan)
    padded[: len(part)] = part
    table = padded.reshape(-1, size)
    known = np.isfinite(table)
    lowest = np.where(known, table, np.inf).argmin(axis=1)
    highest = np.where(known, table, -np.inf).argmax(axis=1)
    places = np.sort(np.stack([lowest, highest], axis=1), axis=1)
    index = (places + size * np.arange(len(table))[:, None]).ravel()
    index = np.minimum(index, len(part) - 1)
    values = padded[index]
    values[~np.isfinite(values)] = np.nan
    return (first + index) / rate, values
