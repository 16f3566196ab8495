"""Data frames of pandas and polars: one column per signal, and perhaps one of times."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg.io.columns import Column, Kind
from dt4ecg.io.contents import FileContents, Signal
from dt4ecg.io.rates import stated_rate
from dt4ecg.io.time_column import Timing, best_clock, is_time_name, rate_of


class _Times(NamedTuple):
    """A column that may be a clock."""

    values: NDArray[np.float64]
    kind: Kind
    name: str


def from_frame(frame: Any) -> FileContents:
    """Return the columns of a data frame that hold numbers.

    ``frame.attrs`` may state the sampling rate. So may times: a column, or an index of dates,
    durations or fractional numbers.

    Raises
    ------
    ValueError
        If no column holds real numbers.
    """
    columns = {str(name): _array(frame[name]) for name in frame.columns}
    numbers = {name: array for name, array in columns.items() if array.dtype.kind in "iuf"}
    if not numbers:
        raise ValueError(f"no column of the data frame holds real numbers: {list(columns)}")
    index = _index(frame)
    times = [_times(array, "time") for array in columns.values() if array.dtype.kind in "mM"]
    times += [_numbers(array, name) for name, array in numbers.items()]
    times += _times_of_index(*index) if index else []
    timing = _timing(times)
    rate, source, notes = rate_of(timing, *stated_rate(getattr(frame, "attrs", {})))
    signals = (
        Signal(array, name, "", rate, source, timing.clock.gaps) for name, array in numbers.items()
    )
    return FileContents(tuple(signals), notes=tuple(notes))


def timing_of_index(index: NDArray[Any], name: object) -> Timing:
    """Return the clock that an index or a coordinate is, if it is one."""
    return _timing(_times_of_index(index, name))


def _timing(times: list[_Times]) -> Timing:
    names = [one.name for one in times]
    values = np.stack([one.values for one in times]) if times else np.empty((0, 0))
    return best_clock(values, [Column(one.kind) for one in times], names, [""] * len(times))


def _times_of_index(index: NDArray[Any], name: object) -> list[_Times]:
    """Return an index as a column of times: dates, durations, fractions, or what its name says."""
    given = "" if name is None else str(name)
    if index.dtype.kind in "mM":
        return [_times(index, given or "the index")]
    if index.dtype.kind == "f" or (index.dtype.kind in "iu" and is_time_name(given)):
        shown = given if is_time_name(given) else "time (index)"
        return [_numbers(index, shown)]
    return []


def _array(column: Any) -> NDArray[Any]:
    """Return a column as an array; NumPy has no time zones, so times become UTC."""
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_convert(None)
    return np.asarray(column.to_numpy())


def _index(frame: Any) -> tuple[NDArray[Any], object] | None:
    index = getattr(frame, "index", None)
    if index is None:
        return None
    has_zone = getattr(index, "tz", None) is not None  # NumPy has none
    return np.asarray(index.tz_convert(None) if has_zone else index), index.name


def _numbers(numbers: NDArray[Any], name: str) -> _Times:
    return _Times(np.asarray(numbers, np.float64), Kind.NUMBERS, name)


def _times(times: NDArray[Any], name: str) -> _Times:
    elapsed = (times - times[0]).astype("timedelta64[ns]")
    seconds = np.where(np.isnat(elapsed), np.nan, elapsed.astype(np.float64) / 1e9)
    return _Times(seconds, Kind.TIMES, name)
