"""The signals and events that a reader finds in a file, before the ECG leads are chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from numpy.typing import NDArray

# The common sources of a sampling rate, as ``Recording.rate_source`` gives them.
FILE_HEADER = "file header"
TIME_COLUMN = "time column"
FORMAT_DEFAULT = "format default"
RATE_TOLERANCE = 0.02  # relative difference above which two sources of a rate contradict each other


@dataclass(frozen=True, eq=False)
class Signal:
    """One signal of a file, at its own sampling rate.

    Attributes
    ----------
    samples : array of numbers, shape (T,)
        NaN marks a lost sample.
    name : str, default ""
        Empty if the file names no signal.
    unit : str, default ""
    sampling_rate : float, optional
        In Hz; None if the file does not state it.
    rate_source : str, default ""
        Where the sampling rate comes from, such as ``FILE_HEADER``.
    gaps : tuple of int, default ()
        Indexes of the samples before which time was lost.
    """

    samples: NDArray[Any]
    name: str = ""
    unit: str = ""
    sampling_rate: float | None = None
    rate_source: str = ""
    gaps: tuple[int, ...] = ()


class Event(NamedTuple):
    """A text at a time in seconds of stored samples; without a duration, until the next event."""

    start: float
    text: str
    duration: float | None = None


@dataclass(frozen=True, eq=False)
class FileContents:
    """Everything that a reader found.

    Attributes
    ----------
    signals : tuple of Signal
        In the order of the file, including those that are not ECG.
    events : tuple of Event, default ()
    start_time : datetime, optional
    notes : tuple of str, default ()
        What the reader noticed, as sentences.
    """

    signals: tuple[Signal, ...]
    events: tuple[Event, ...] = ()
    start_time: datetime | None = None
    notes: tuple[str, ...] = ()
