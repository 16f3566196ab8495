"""The data of a run: one set, perhaps made smaller, and known by its content."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg.datasets import from_recordings, simulate_cohort
from dt4ecg.datasets.catalogue import load
from dt4ecg.datasets.cohort import PAPER_COHORT

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


@dataclass(frozen=True)
class Source:
    """Which segments: a set's name or folder, and how much of it.

    Attributes
    ----------
    name : str
        As ``--data`` takes it.
    subjects : int or None
        The people with the most recordings alone, of equal ones those who come first.
    seconds : float or None
        The first so many seconds of each recording alone.
    mains : float
        Hz, of a folder's recordings whose manifest gives none.
    sha256 : str
        Of the segments and their labels: other data under the same name are other cells.
    """

    name: str
    subjects: int | None = None
    seconds: float | None = None
    mains: float = MAINS_FREQUENCY
    sha256: str = ""


def identified(source: Source) -> Source:
    """The same source with the digest of what it holds now."""
    _load.cache_clear()  # the files may have changed since
    return replace(source, sha256=digest(segments(replace(source, sha256=""))))


def segments(source: Source) -> SegmentSet:
    """Load the segments; the last sets stay in memory.

    Raises
    ------
    ValueError
        They are not those that the source's digest was taken of.
    """
    data = _load(source.name, source.subjects, source.seconds, source.mains)
    if source.sha256 and digest(data) != source.sha256:
        raise ValueError(
            f"reproduce: {source.name!r} holds other segments here (SHA-256 {digest(data)[:12]}...)"
            f" than where the run was planned ({source.sha256[:12]}...); give every worker the "
            "same files and the same dt4ecg"
        )
    return data


def digest(data: SegmentSet) -> str:
    """SHA-256 of X (n, leads, L) as little-endian float32 and y (n, tasks) as int64, in hex."""
    found = hashlib.sha256(np.ascontiguousarray(data.X, "<f4").tobytes())
    found.update(np.ascontiguousarray(data.y, "<i8").tobytes())
    return found.hexdigest()


@lru_cache(maxsize=2)
def _load(name: str, subjects: int | None, seconds: float | None, mains: float) -> SegmentSet:
    if name == PAPER_COHORT.name and subjects is not None and seconds is not None:
        # A small cohort is simulated at once: the whole one takes seconds.
        return from_recordings(
            simulate_cohort(subjects=subjects, seconds=seconds),
            name=name,
            classes={"activity": PAPER_COHORT.activities},
            citation=PAPER_COHORT.citation,
            simulated=True,
        )
    return _smaller(load(name, unknown_mains=mains), subjects, seconds)


def _smaller(data: SegmentSet, subjects: int | None, seconds: float | None) -> SegmentSet:
    kept = np.ones(len(data), bool)
    if subjects is not None:
        kept &= np.isin(data.meta["subject"], _most_recorded(data, subjects))
    if seconds is not None:
        kept &= data.meta["stop"] <= seconds + 1e-3  # stops are counts over a measured rate
    return data if kept.all() else _without_empty_classes(data[kept])


def _most_recorded(data: SegmentSet, n: int) -> list[str]:
    """The n people with the most recordings, of equal ones those who come first."""
    recordings = dict(zip(data.groups.tolist(), data.meta["subject"].tolist(), strict=True))
    return [person for person, _ in Counter(recordings.values()).most_common(n)]


def _without_empty_classes(data: SegmentSet) -> SegmentSet:
    """Classes that have a segment, renumbered in the order they had."""
    y, classes = data.y.copy(), {}
    for column, (task, names) in enumerate(data.classes.items()):
        found = np.unique(y[y[:, column] >= 0, column])
        classes[task] = [names[label] for label in found]
        y[:, column] = np.where(y[:, column] < 0, -1, np.searchsorted(found, y[:, column]))
    return replace(data, y=y, classes=classes)
