"""The sampling rate and the gaps of a recording by its column of times.

Recorders write times in many ways: one for each sample, rounded to milliseconds or whole seconds,
or one for each packet of samples. In all of them the time changes at certain samples. The rate is
the number of samples between the first and the last change, divided by the time between them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg.io.contents import RATE_TOLERANCE

GAP_INTERVALS = 2.5  # a longer step between samples, in sample intervals, is a gap
_SHORTEST_PIECE = 3.0  # seconds; jumps that are more frequent separate packets, not pieces
_WINDOW = 128  # changes of the time over which a first rate is measured
_MOST_FALLS = 0.1  # of the changes of a clock; packets may arrive late, and clocks start again
_WHOLE = 1e-6  # relative distance at which a rate is taken for a whole number of Hz


class Clock(NamedTuple):
    """The rate and the gaps that a column of times shows.

    Attributes
    ----------
    sampling_rate : float or None
        In Hz; None if its relative uncertainty is above ``RATE_TOLERANCE``.
    uncertainty : float
        Relative uncertainty of the rate: the deviation of the times from a steady clock, and one
        sample interval if several samples share a time, divided by the duration.
    gaps : tuple of int
        Indexes of the samples before which time was lost: where the time falls, or steps by more
        than ``GAP_INTERVALS`` sample intervals. If packets of samples share a time, a gap is longer
        than half a packet. Irregular times hide gaps shorter than their deviation.
    """

    sampling_rate: float | None
    uncertainty: float
    gaps: tuple[int, ...] = ()


def read_clock(times: NDArray[np.float64]) -> Clock:
    """Measure the sampling rate and find the gaps.

    Parameters
    ----------
    times : array, shape (T,)
        Time of each sample in seconds; samples without a time (NaN) are left out.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.io.clock import read_clock
    >>> times = np.arange(1000) / 130
    >>> times[500:] += 4  # four seconds were lost
    >>> clock = read_clock(np.round(times, 3))
    >>> round(clock.sampling_rate, 1), clock.gaps
    (130.0, (500,))
    >>> read_clock(np.floor(np.arange(250) / 130)).sampling_rate is None  # one change of time
    True
    """
    known = np.flatnonzero(np.isfinite(times))
    unknown = Clock(None, np.inf)
    if len(known) < 3:
        return unknown
    given = times[known] - times[known[0]]
    index, changes, shared = _changes(known, given)
    steps, counts = np.diff(changes), np.diff(index)
    falls = steps < 0
    interval = _typical_interval(changes, index)
    if interval is None or np.mean(falls) > _MOST_FALLS:
        return unknown
    falls &= steps < -(GAP_INTERVALS - 1) * interval  # a small step back is jitter
    lost = np.where(falls, 0.0, steps - counts * interval)
    jumps = _jumps(lost, steps, interval, shared)
    ends = np.flatnonzero(falls | jumps)
    starts = np.r_[0, ends + 1]
    stops = np.r_[ends, len(changes) - 1]
    n_samples = float(np.sum(index[stops] - index[starts]))
    duration = float(np.sum(changes[stops] - changes[starts]))
    gaps = tuple(int(i) for i in index[ends + 1])
    if n_samples < 2 or duration <= 0:
        return unknown
    interval = duration / n_samples
    uncertainty = _deviation(changes, index, starts, stops, interval)
    uncertainty = (uncertainty + shared * interval) / duration
    if uncertainty > RATE_TOLERANCE:
        return Clock(None, uncertainty, gaps)
    return Clock(_whole(1 / interval, uncertainty), uncertainty, gaps)


def _changes(
    known: NDArray[np.intp], times: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64], bool]:
    """Return the samples at which the time changes, their times, and whether samples share times.

    The first sample is a change only if no samples share a time. Otherwise its time may have begun
    before the recording.
    """
    changed = np.flatnonzero(np.diff(times) != 0) + 1
    shared = len(changed) < 0.9 * (len(times) - 1)
    if not shared:
        changed = np.r_[0, changed]
    return known[changed], times[changed], shared


def _typical_interval(times: NDArray[np.float64], index: NDArray[np.intp]) -> float | None:
    """Return the median over short windows, of which few contain a gap."""
    lag = max(1, min(_WINDOW, len(times) // 8))
    if len(times) <= lag:
        return None
    intervals = (times[lag:] - times[:-lag]) / (index[lag:] - index[:-lag])
    rising = intervals[intervals > 0]
    return float(np.median(rising)) if len(rising) else None


def _jumps(
    lost: NDArray[np.float64], steps: NDArray[np.float64], interval: float, shared: bool
) -> NDArray[np.bool_]:
    """Return after which changes time was lost."""
    jitter = float(np.quantile(np.abs(lost), 0.9))
    least = max((GAP_INTERVALS - 1) * interval, 2.5 * jitter)
    if shared:
        least = max(least, float(np.median(steps[steps > 0])) / 2)
    jumps = lost > least
    rising = float(np.sum(steps[steps > 0]))
    if np.sum(jumps) > max(3.0, rising / _SHORTEST_PIECE):  # packets, each with times of arrival
        jumps = lost > 2.5 * float(np.median(lost[jumps]))
    return jumps


def _deviation(
    times: NDArray[np.float64],
    index: NDArray[np.intp],
    starts: NDArray[np.intp],
    stops: NDArray[np.intp],
    interval: float,
) -> float:
    """Return the largest deviation of the times from a steady clock in each piece."""
    piece = np.repeat(np.arange(len(starts)), stops - starts + 1)
    first = starts[piece]
    expected = (index - index[first]) * interval
    return float(np.max(np.abs(times - times[first] - expected)))


def _whole(rate: float, uncertainty: float) -> float:
    """Return the nearest whole number of Hz if the times do not contradict it."""
    whole = round(rate)
    tolerance = max(_WHOLE, uncertainty) * rate
    return float(whole) if abs(rate - whole) <= tolerance < 0.5 < whole else rate
