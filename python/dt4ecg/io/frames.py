"""Data frames of pandas and polars: one column per signal, and perhaps one of times."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg.io.columns import Column, Kind
from dt4ecg.io.contents import TIME_COLUMN, FileContents, Signal
from dt4ecg.io.rates import stated_rate
from dt4ecg.io.time_column import best_clock


def from_frame(frame: Any) -> FileContents:
    """Return the columns of a data frame that hold numbers.

    ``frame.attrs`` may state the sampling rate. Otherwise a column or an index of times gives it.

    Raises
    ------
    ValueError
        If no column holds real numbers.
    """
    columns = {str(name): _array(frame[name]) for name in frame.columns}
    times = [array for array in (*columns.values(), _index(frame)) if array.dtype.kind in "mM"]
    numbers = {name: array for name, array in columns.items() if array.dtype.kind in "iuf"}
    if not numbers:
        raise ValueError(f"no column of the data frame holds real numbers: {list(columns)}")
    rate, source = stated_rate(getattr(frame, "attrs", {}))
    kinds = [Column(Kind.TIMES)] * len(times) + [Column(Kind.NUMBERS)] * len(numbers)
    values = [_seconds(array) for array in times]
    values += [np.asarray(array, np.float64) for array in numbers.values()]
    names = ["time"] * len(times) + list(numbers)
    clock, _ = best_clock(np.stack(values), kinds, names, [""] * len(names))
    if rate is None and clock.sampling_rate is not None:
        rate, source = clock.sampling_rate, TIME_COLUMN
    return FileContents(
        tuple(Signal(array, name, "", rate, source, clock.gaps) for name, array in numbers.items())
    )


def _array(column: Any) -> NDArray[Any]:
    """Return a column as an array; NumPy has no time zones, so times become UTC."""
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_convert(None)
    return np.asarray(column.to_numpy())


def _index(frame: Any) -> NDArray[Any]:
    index = getattr(frame, "index", None)
    if index is None:
        return np.empty(0)
    has_zone = getattr(index, "tz", None) is not None  # NumPy has none
    return np.asarray(index.tz_convert(None) if has_zone else index)


def _seconds(times: NDArray[Any]) -> NDArray[np.float64]:
    elapsed = (times - times[0]).astype("timedelta64[ns]")
    return np.where(np.isnat(elapsed), np.nan, elapsed.astype(np.float64) / 1e9)
