"""Intervals between R peaks, without those that a missed or additional beat makes wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.arrays import require_finite, to_numpy
from dt4ecg._common.numbers import real
from dt4ecg.beats.finding import Beats

LIMITS = (0.25, 3.0)  # s: 240 and 20 beats per minute
MISSED = 1.75  # times the median of the intervals around it: a beat is missing
_AROUND = 5  # intervals on both sides


@dataclass(frozen=True, eq=False)
class RRIntervals:
    """Intervals between neighbouring R peaks.

    Attributes
    ----------
    seconds : array of float64, shape (n,)
        Duration of each interval.
    starts : array of float64, shape (n,)
        Time of the R peak with which each interval begins, in seconds.
    follows : array of bool, shape (n,)
        Whether an interval begins with the beat that ends the interval before it in this list.
    dropped : int
        Number of intervals that were left out, because they cross a gap or are too short or long.

    See Also
    --------
    rr_intervals : Returns this.

    Examples
    --------
    >>> from dt4ecg.beats import rr_intervals
    >>> rr_intervals([0.5, 1.5, 2.4]).seconds.round(2)
    array([1. , 0.9])
    """

    seconds: NDArray[np.float64]
    starts: NDArray[np.float64]
    follows: NDArray[np.bool_]
    dropped: int

    def __len__(self) -> int:
        return len(self.seconds)


def rr_intervals(
    beats: Any, limits: tuple[float, float] = LIMITS, missed: float | None = MISSED
) -> RRIntervals:
    """Return the intervals between R peaks.

    Parameters
    ----------
    beats : Beats, or array-like of shape (n,)
        R peaks, or their times in seconds in ascending order.
    limits : pair of float, default (0.25, 3.0)
        Shortest and longest interval in seconds; others are left out.
    missed : float, optional, default 1.75
        An interval longer than this times the median of up to five intervals on both sides of it
        is left out: a beat in it was missed. None keeps all of them.

    Returns
    -------
    RRIntervals
        Without the intervals that cross a gap.

    Raises
    ------
    ValueError
        If times are not finite or do not ascend, or a limit is not legal.
    TypeError
        If the times are not numbers.

    See Also
    --------
    rr_features : Features of the intervals.

    Examples
    --------
    >>> from dt4ecg.beats import rr_intervals
    >>> found = rr_intervals([0.0, 1.0, 2.0, 3.0, 5.0, 6.0, 7.0])  # the beat at 4.0 is missing
    >>> found.seconds, found.follows.tolist(), found.dropped
    (array([1., 1., 1., 1., 1.]), [False, True, True, False, True], 1)
    """
    low, high = _pair(limits)
    if not 0 < low < high:
        raise ValueError(
            "rr_intervals: limits must be two numbers of seconds, 0 < shortest < longest, such as "
            f"{LIMITS}, got {limits!r}"
        )
    if missed is not None and not real(missed) > 1:
        raise ValueError(f"rr_intervals: missed must be above 1 or None, got {missed!r}")
    times, gaps = _times_of(beats)
    seconds = np.diff(times)
    if (seconds <= 0).any():
        at = int(np.argmax(seconds <= 0)) + 1
        raise ValueError(
            f"rr_intervals: times must ascend, but number {at} is {times[at]:g} s after "
            f"{times[at - 1]:g} s; sort them"
        )
    kept = (seconds >= low) & (seconds <= high)
    for gap in gaps:
        kept &= ~((times[:-1] < gap) & (times[1:] >= gap))
    if missed is not None:
        kept &= ~_too_long(seconds, kept, missed)
    indexes = np.flatnonzero(kept)
    follows = np.diff(indexes, prepend=-2) == 1
    return RRIntervals(seconds[kept], times[:-1][kept], follows, int((~kept).sum()))


def _pair(limits: Any) -> tuple[float, float]:
    """Return two numbers; NaN, which no range contains, if these are not two."""
    try:
        low, high = limits
    except (TypeError, ValueError):
        return float("nan"), float("nan")
    return real(low), real(high)


def _times_of(beats: Any) -> tuple[NDArray[np.float64], list[float]]:
    if isinstance(beats, Beats):
        return beats.times, [gap / beats.sampling_rate for gap in beats.gaps]
    times = to_numpy("rr_intervals", beats, allow_empty=True)
    if times.ndim != 1:
        raise ValueError(f"rr_intervals: expects times (n,), got shape {times.shape}")
    require_finite("rr_intervals", times)
    return times.astype(float), []


def _too_long(
    seconds: NDArray[np.float64], kept: NDArray[np.bool_], missed: float
) -> NDArray[np.bool_]:
    found = np.zeros(len(seconds), bool)
    for i in np.flatnonzero(kept).tolist():
        around = np.arange(max(i - _AROUND, 0), min(i + _AROUND + 1, len(seconds)))
        around = around[kept[around] & (around != i)]
        found[i] = len(around) > 1 and seconds[i] > missed * np.median(seconds[around])
    return found
