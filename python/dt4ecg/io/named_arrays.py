"""Recordings stored as named arrays: one array of samples, and perhaps the sampling rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from dt4ecg.io.contents import FILE_HEADER, FileContents
from dt4ecg.io.objects import from_array
from dt4ecg.io.rates import is_rate_name


def from_named_arrays(arrays: Mapping[str, NDArray[Any]]) -> FileContents:
    """Return the signals of the only array of samples, at the rate that another number states.

    Raises
    ------
    ValueError
        If there is not exactly one array of samples, or more than one sampling rate.
    """
    rates = {name: array for name, array in arrays.items() if is_rate_name(name)}
    samples = [array for name, array in arrays.items() if name not in rates]
    if len(samples) != 1 or len(rates) > 1:
        raise ValueError(
            "needs exactly one array of samples and at most one sampling rate, holds "
            f"{len(arrays)}: {', '.join(arrays)}"
        )
    contents = from_array(samples[0])
    if not rates:
        return contents
    ((name, rate),) = rates.items()
    if rate.size != 1 or not 0 < rate.item() < math.inf:
        raise ValueError(f"{name}: the sampling rate must be one number above 0 Hz, got {rate}")
    return replace(
        contents,
        signals=tuple(
            replace(signal, sampling_rate=float(rate.item()), rate_source=FILE_HEADER)
            for signal in contents.signals
        ),
    )
