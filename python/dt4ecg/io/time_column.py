"""Choose the column of a table that gives the time, and the sampling rate that follows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg.io.clock import Clock, read_clock
from dt4ecg.io.columns import Column, Kind
from dt4ecg.io.contents import RATE_TOLERANCE, TIME_COLUMN
from dt4ecg.io.rates import RECORDER_RATES

_NAME = re.compile(
    r"time|clock|elapsed|epoch|unix|zeit|temps|tiempo|tempo|date|seconds|millis|micros|^ts?$|"
    r"^(?:t_)?(?:[nuµμm]?s|sec|min)$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"(?:^|[^a-z])([nuµμm]?s|sec\w*|msec\w*|min\w*)\W*$", re.IGNORECASE)
_SECONDS = {"n": 1e-9, "u": 1e-6, "µ": 1e-6, "μ": 1e-6}
_DAY = 86400.0  # seconds


class Timing(NamedTuple):
    """The clock of a table, the name of its column for messages, and why it gives no rate."""

    clock: Clock
    name: str
    reason: str = ""


def best_clock(
    values: NDArray[np.float64],
    columns: Sequence[Column],
    names: Sequence[str],
    units: Sequence[str],
) -> Timing:
    """Return the most certain clock among the columns.

    Columns of times are clocks, and so are those that a name calls so. A column without a name is
    a clock if it rises by equal fractions of a second. If it rises by other equal steps, as a
    counter or a time in an unknown unit does, it shows gaps but no rate. Neither does a clock of a
    rate that no recorder of ECG has, because its unit is probably wrong.
    """
    clocks = []
    for i, column in enumerate(columns):
        times = values[i]
        if column.kind is Kind.TIMES:
            clock = read_clock(_over_midnight(times))
        elif column.kind is Kind.NUMBERS and is_time_name(names[i]):
            clock = _clock_of_numbers(times, _unit_seconds(names[i], units[i]))
        elif column.kind is Kind.NUMBERS and not any(names) and (step := _equal_step(times)):
            clock = read_clock(times)
            if not 1 / RECORDER_RATES[1] <= step <= 1 / RECORDER_RATES[0]:
                clock = Clock(None, np.inf, clock.gaps)
        else:
            continue
        clocks.append(_plausible(Timing(clock, names[i] or f"column {i}"), column.kind))
    unknown = Timing(Clock(None, np.inf), "")
    return min(clocks, key=lambda found: found.clock.uncertainty, default=unknown)


def rate_of(
    timing: Timing, stated: float | None, source: str
) -> tuple[float | None, str, list[str]]:
    """Return the sampling rate, its source, and notes where the clock does not fit.

    Parameters
    ----------
    timing : Timing
    stated : float or None
        Rate in Hz that a header or an attribute states.
    source : str
        Where it is stated.
    """
    found = timing.clock.sampling_rate
    notes = [timing.reason] if timing.reason else []
    if stated is None:
        return found, TIME_COLUMN if found else "", notes
    if found is not None and abs(found - stated) > RATE_TOLERANCE * stated:
        notes.append(
            f"the {source.removeprefix('file ')} states {stated:g} Hz, and {timing.name} gives "
            f"{found:g} Hz, so that the sampling rate is unknown"
        )
        return None, "", notes
    return stated, source, notes


def is_time_name(name: str) -> bool:
    """Return whether the name of a column says that it holds times."""
    return bool(_NAME.search(name))


def _plausible(timing: Timing, kind: Kind) -> Timing:
    """Return a timing without its rate if no recorder has that rate, and with the reason."""
    rate = timing.clock.sampling_rate
    if rate is None or RECORDER_RATES[0] <= rate <= RECORDER_RATES[1]:
        return timing
    reason = f"the sampling rate by {timing.name} is {rate:g} Hz, which no recorder of ECG has"
    units = (1e3, 1e6, 1e9, 1e-3, 1e-6, 1e-9) if kind is Kind.NUMBERS else ()
    for scale in units:
        if RECORDER_RATES[0] <= rate * scale <= RECORDER_RATES[1]:
            size = f"{scale:,.0f} times smaller" if scale > 1 else f"{1 / scale:,.0f} times larger"
            reason += f"; it is {rate * scale:g} Hz if the unit of the times is {size}"
            break
    return Timing(Clock(None, np.inf, timing.clock.gaps), timing.name, reason)


def _over_midnight(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times of day that go on after midnight."""
    known = np.isfinite(times)
    days = np.cumsum(np.diff(times[known], prepend=times[known][:1]) < -_DAY / 2)
    result = times.copy()
    result[known] += days * _DAY
    return result


def _clock_of_numbers(times: NDArray[np.float64], unit: float | None) -> Clock:
    """Return the clock of a column in a unit of so many seconds, or in the only unit that fits."""
    if unit is not None:
        return read_clock(times * unit)
    clock = read_clock(times)
    if clock.sampling_rate is None:
        return clock
    if abs(clock.sampling_rate - 1) < 1e-9:  # a counter of samples, whatever its name is
        return Clock(None, np.inf, clock.gaps)
    for scale in (1.0, 1e3, 1e6, 1e9):
        if RECORDER_RATES[0] <= clock.sampling_rate * scale <= RECORDER_RATES[1]:
            return read_clock(times / scale)
    return Clock(None, np.inf, clock.gaps)


def _unit_seconds(name: str, unit: str) -> float | None:
    """Return the unit of a column of times in seconds, if its unit or the end of its name says."""
    match = _UNIT.search(unit) or _UNIT.search(name)
    if match is None:
        return None
    text = match[1].lower()
    if text.startswith("min"):
        return 60.0
    if text.startswith(("ms", "milli")):
        return 1e-3
    return _SECONDS.get(text[0], 1.0)


def _equal_step(times: NDArray[np.float64]) -> float | None:
    """Return the usual step of numbers that rise at every sample, by equal steps but for gaps."""
    steps = np.diff(times[np.isfinite(times)])
    if len(steps) < 3 or not np.all(steps > 0):
        return None
    usual = float(np.median(steps))
    return usual if np.mean(np.abs(steps - usual) < 0.1 * usual) > 0.99 else None
