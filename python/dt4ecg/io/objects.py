"""Recordings that other packages hold in memory."""

from __future__ import annotations

from typing import Any

import numpy as np

from dt4ecg._common.limits import MAX_LEADS
from dt4ecg.io.contents import FileContents, Signal


def contents_of(source: Any) -> FileContents:
    """Return the signals of an object.

    Parameters
    ----------
    source : array of numbers, shape (T,), (leads, T) or (T, 1)

    Raises
    ------
    TypeError
        If the object is of an unknown type.
    ValueError
        If the array has another shape.
    """
    try:
        samples = np.asarray(source)
    except (ValueError, TypeError, RuntimeError) as error:
        raise TypeError(f"read: {type(source).__name__} is not a recording ({error})") from error
    return from_array(samples)


def from_array(samples: np.ndarray) -> FileContents:
    """Return the rows of an array as signals without names.

    Raises
    ------
    TypeError
        If the array does not hold real numbers.
    ValueError
        If the shape is not (T,), (leads, T) or (T, 1).
    """
    if samples.dtype.kind not in "iuf":
        raise TypeError(f"read: samples must be real numbers, got {samples.dtype}")
    if samples.ndim == 2 and samples.shape[1] == 1 < samples.shape[0]:
        samples = samples.T
    if samples.ndim not in (1, 2) or samples.size == 0:
        raise ValueError(f"samples must have shape (T,) or (leads, T), got {samples.shape}")
    rows = np.atleast_2d(samples)
    if len(rows) > MAX_LEADS or len(rows) > rows.shape[1]:
        raise ValueError(
            f"shape {samples.shape} means {len(rows)} leads, more than {MAX_LEADS} or samples; "
            "leads come first in an array and as columns in a text file, so transpose it"
        )
    return FileContents(tuple(Signal(row) for row in rows))
