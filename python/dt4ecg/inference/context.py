"""Predictions of consecutive segments of one recording, averaged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common import numbers

_TOUCH = 0.01  # of a segment: how far apart the ends of two segments that touch may be
_SMALLEST = np.finfo(np.float32).tiny


def average_over_context(
    probabilities: ArrayLike,
    starts: ArrayLike,
    segment_seconds: float,
    context: float = 10.0,
    gaps: ArrayLike = (),
    usable: ArrayLike | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Average the probabilities of each segment with those of its neighbours.

    Parameters
    ----------
    probabilities : array (n, classes)
        Probabilities of the segments of one recording, in the order of time.
    starts : array (n,)
        Start of each segment in seconds.
    segment_seconds : float
        Length of a segment.
    context : float, default=10.0
        Seconds of signal that a prediction may use, at least one segment. The segments that lie in
        a window of this length take part. The window is centred on the segment, and shifted
        where it would leave the stretch of consecutive segments.
    gaps : array (k,), default=()
        Seconds at which samples were lost. The average never crosses one.
    usable : bool array (n,), optional
        Segments that may take part in the averages of others. By default, all.

    Returns
    -------
    averaged : float32 array (n, classes)
        Geometric means, scaled to the sum 1: the softmax of the mean logits.
    counts : int array (n,)
        Number of segments in each average, from 1.

    Raises
    ------
    ValueError
        If the arrays do not fit together, a probability is outside 0 to 1, `starts` fall, or
        `context` is shorter than one segment or not finite.

    See Also
    --------
    dt4ecg.DT4ECGClassifier.predict_recording : Its argument `context` does this.

    Notes
    -----
    Segments are consecutive if they touch or overlap, and no gap lies between their starts. The
    mean assumes that the label does not change within the context. Probabilities that were
    calibrated for single segments are not calibrated after it.

    Examples
    --------
    >>> from dt4ecg.inference import average_over_context
    >>> p = [[0.5, 0.5], [0.9, 0.1], [0.5, 0.5], [0.5, 0.5]]
    >>> averaged, counts = average_over_context(p, [0, 3, 6, 20], 3.0, context=9.0)
    >>> [round(p, 3) for p in averaged[:, 0].tolist()], counts.tolist()
    ([0.675, 0.675, 0.675, 0.5], [3, 3, 3, 1])
    """
    p, start, allowed = _checked(probabilities, starts, usable)
    seconds = numbers.real(segment_seconds)
    if not 0 < seconds < np.inf:
        raise ValueError(
            "average_over_context: segment_seconds must be a finite number above 0, got "
            f"{segment_seconds!r}"
        )
    if not seconds <= numbers.real(context) < np.inf:
        raise ValueError(
            f"average_over_context: context must be from one segment, {seconds:g} s, to a finite "
            f"number of seconds, got {context!r}; leave it out to predict each segment alone"
        )
    logs = np.log(np.maximum(p, _SMALLEST))
    found = np.empty(p.shape)
    counts = np.ones(len(p), np.int64)
    for i, (first, end) in enumerate(_windows(start, seconds, float(context), gaps)):
        rows = np.arange(first, end)
        rows = rows[allowed[rows] | (rows == i)]
        found[i] = logs[rows].mean(0)
        counts[i] = len(rows)
    found = np.exp(found - found.max(1, keepdims=True, initial=-np.inf))
    averaged: NDArray[np.float32] = (found / found.sum(1, keepdims=True)).astype(np.float32)
    averaged[counts == 1] = p[counts == 1]
    return averaged, counts


def _windows(
    start: NDArray[np.float64], seconds: float, context: float, gaps: ArrayLike
) -> Iterator[tuple[int, int]]:
    """Yield for each segment the first one of its window, and the one after the last."""
    slack = _TOUCH * seconds
    lost = np.sort(np.asarray(gaps, float).ravel())
    piece = np.searchsorted(lost, start + slack, side="right")
    apart = (np.diff(start) > seconds + slack) | (np.diff(piece) != 0)
    borders = [0, *(np.flatnonzero(apart) + 1).tolist(), len(start)]
    for first, end in pairwise(borders):
        own = start[first:end]
        middle = own + seconds / 2
        latest = np.maximum(own[:1], own[-1:] + seconds - context)
        left = np.minimum(np.maximum(middle - context / 2, own[:1]), latest)
        begin = np.searchsorted(own, left - slack)
        stop = np.searchsorted(own, left + context + slack - seconds, side="right")
        yield from zip((first + begin).tolist(), (first + stop).tolist(), strict=True)


def _checked(
    probabilities: ArrayLike, starts: ArrayLike, usable: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    p, start = np.asarray(probabilities, float), np.asarray(starts, float)
    allowed = np.ones(start.shape, bool) if usable is None else np.asarray(usable)
    if p.ndim != 2 or start.shape != (len(p),) or allowed.shape != (len(p),):
        raise ValueError(
            "average_over_context: takes probabilities (n, classes), starts (n,) and usable (n,), "
            f"got {p.shape}, {start.shape} and {allowed.shape}"
        )
    if allowed.dtype != bool:
        raise ValueError(f"average_over_context: usable must be bool, got {allowed.dtype}")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(
            "average_over_context: probabilities must lie in 0 to 1; pass those of predict_proba"
        )
    if not np.isfinite(start).all() or (np.diff(start) < 0).any():
        raise ValueError(
            "average_over_context: starts must be finite and must not fall; pass one recording, "
            "in the order of time"
        )
    return p, start, allowed
