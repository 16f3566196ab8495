"""Stretches of a recording with one label: those of the file, predictions and quality."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_STRETCHES = 2000  # of a ribbon; a browser becomes slow with more


class Stretch(NamedTuple):
    """A part of a recording, in seconds of stored samples, with its label."""

    start: float
    stop: float
    label: str


def merged(
    starts: Sequence[float] | NDArray[np.float64],
    seconds: float,
    labels: Iterable[object],
    most: int = MOST_STRETCHES,
) -> list[Stretch]:
    """Join neighbouring segments of one label.

    If more than ``most`` stretches remain, the recording is divided into ``most`` parts of equal
    length. Each part with segments has its most frequent label.

    Examples
    --------
    >>> from dt4ecg.plots.viewer.ribbons import merged
    >>> [tuple(part) for part in merged([0, 3, 6, 12], 3, ["rest", "rest", "run", "run"])]
    [(0.0, 6.0, 'rest'), (6.0, 9.0, 'run'), (12.0, 15.0, 'run')]
    """
    names = [str(label) for label in labels]
    found = _joined((float(t), float(t) + seconds, n) for t, n in zip(starts, names, strict=True))
    if len(found) <= most:
        return found
    first, last = found[0].start, found[-1].stop
    width = (last - first) / most
    part = np.minimum(((np.asarray(starts) - first) / width).astype(int), most - 1)
    shown, code = np.unique(names, return_inverse=True)
    counts = np.zeros((most, len(shown)), int)
    np.add.at(counts, (part, code), 1)
    used = np.flatnonzero(counts.any(axis=1))
    return _joined(
        (first + i * width, first + (i + 1) * width, str(shown[counts[i].argmax()])) for i in used
    )


def _joined(stretches: Iterable[tuple[float, float, str]]) -> list[Stretch]:
    found: list[Stretch] = []
    for start, stop, label in stretches:
        before = found[-1] if found else None
        if before and before.label == label and start <= before.stop + 1e-6:
            found[-1] = before._replace(stop=max(stop, before.stop))
        else:
            found.append(Stretch(start, stop, label))
    return found
