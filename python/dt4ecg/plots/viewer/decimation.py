"""Fewer samples that look the same: the smallest and the largest of each pixel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]
_NONE = -1


def decimated(
    samples: Numbers, rate: float, points: int, first: int = 0, last: int | None = None
) -> tuple[Numbers, Numbers]:
    """Return times in s and samples of a stretch, at most about ``points`` of them.

    A stretch with more samples is divided into ``points / 2`` parts of equal length. Each gives its
    smallest and its largest sample at their own times, in the order of time, so that no peak is
    lost. A stretch with lost samples has ``points / 3`` parts, each of which gives one lost sample
    too, so that the line keeps its gaps. With 2 points, only a part without any other sample does.

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
    with_gaps = points > 2 and not np.isfinite(part).all()
    size = -(-len(part) // max(points // (3 if with_gaps else 2), 1))
    padded = np.full(size * -(-len(part) // size), np.nan)
    padded[: len(part)] = part
    table = padded.reshape(-1, size)
    known = np.isfinite(table)
    lowest = np.where(known, table, np.inf).argmin(axis=1)
    highest = np.where(known, table, -np.inf).argmax(axis=1)
    chosen = [lowest, highest]
    if with_gaps:
        chosen.append(_gaps(known, lowest, highest, len(part)))
    places = np.sort(np.stack(chosen, axis=1), axis=1)
    index = (places + size * np.arange(len(table))[:, None])[places != _NONE]
    index = np.minimum(index, len(part) - 1)
    values = padded[index]
    values[~np.isfinite(values)] = np.nan
    return (first + index) / rate, values


def _gaps(known: NDArray[np.bool_], lowest: Places, highest: Places, n: int) -> Places:
    """Return the place of a lost sample of each part, between the two others if there is one.

    A part without lost samples, or without any other, has ``_NONE``.
    """
    place = np.arange(known.size).reshape(known.shape)
    lost = ~known & (place < n)  # the rest is padding
    column = np.arange(known.shape[1])
    first, last = np.minimum(lowest, highest)[:, None], np.maximum(lowest, highest)[:, None]
    inside = lost & (first < column) & (column < last)
    found = np.where(inside.any(axis=1), inside.argmax(axis=1), lost.argmax(axis=1))
    return np.where(lost.any(axis=1) & known.any(axis=1), found, _NONE)
