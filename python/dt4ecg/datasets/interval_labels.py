"""The label of each segment of a recording whose labels hold for a part of its time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dt4ecg.io.recording import Interval, Recording

_ROUNDING = 1e-6  # s; starts are sample counts divided by a rate


def labels_of_segments(
    recording: Recording, task: str, starts: NDArray[np.float64], seconds: float
) -> NDArray[np.object_]:
    """Return the label of each segment for a task, None where it is unknown.

    A segment has the label of the interval that contains it. It is unknown if it lies only in part
    in an interval, or touches intervals of different labels. Intervals of one label that meet count
    as one. Outside all intervals, the subject or activity of the whole recording holds.

    Parameters
    ----------
    recording : Recording
    task : str
    starts : array (n,)
        Start of each segment in seconds of stored samples.
    seconds : float
        Duration of a segment.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.datasets.interval_labels import labels_of_segments
    >>> from dt4ecg.io import Recording
    >>> intervals = [(0, 7, "activity", "rest"), (7, 12, "activity", "run")]
    >>> recording = Recording(np.zeros(120), 10.0, labels=intervals)
    >>> labels_of_segments(recording, "activity", np.array([0.0, 3.0, 6.0, 9.0]), 3.0).tolist()
    ['rest', 'rest', None, 'run']
    """
    whole = {"identity": recording.subject, "activity": recording.activity}.get(task)
    found = np.full(len(starts), whole, dtype=object)
    begin, end = starts + _ROUNDING, starts + seconds - _ROUNDING
    touched = np.zeros(len(starts), dtype=int)  # number of labels whose intervals a segment touches
    inside: dict[str, NDArray[np.bool_]] = {}
    for label in dict.fromkeys(entry.label for entry in recording.labels if entry.task == task):
        stretches = _joined([e for e in recording.labels if (e.task, e.label) == (task, label)])
        touched += np.any([(a < end) & (begin < b) for a, b in stretches], axis=0)
        inside[label] = np.any([(a <= begin) & (end <= b) for a, b in stretches], axis=0)
    found[touched > 0] = None
    for label, contained in inside.items():
        found[contained & (touched == 1)] = label
    return found


def _joined(intervals: list[Interval]) -> list[tuple[float, float]]:
    """Return the stretches of time that some intervals cover together, in order."""
    stretches: list[tuple[float, float]] = []
    for entry in sorted(intervals):
        if stretches and entry.start <= stretches[-1][1] + _ROUNDING:
            start, stop = stretches.pop()
            stretches.append((start, max(stop, entry.stop)))
        else:
            stretches.append((entry.start, entry.stop))
    return stretches
