"""The data of a run: a data set or a part of it, identified by a digest of its content."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg.datasets import from_recordings, simulate_cohort
from dt4ecg.datasets.catalogue import load
from dt4ecg.datasets.cohort import PAPER_COHORT
from dt4ecg.datasets.digest import digest

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


@dataclass(frozen=True)
class Source:
    """A data set or a folder, and the part of it that a run uses.

    Attributes
    ----------
    name : str
        Name of a data set or path of a folder, like the option ``--data``.
    subjects : int or None, default None
        Number of people: those with the most recordings; ties keep the order of the set.
    seconds : float or None, default None
        Length of the part at the start of each recording that is used.
    mains : float, default 60.0
        Mains frequency in Hz of recordings in a folder whose manifest does not give one.
    sha256 : str, default ""
        Digest of the segments and labels. Cells of other data under the same name differ by it.
    """

    name: str
    subjects: int | None = None
    seconds: float | None = None
    mains: float = MAINS_FREQUENCY
    sha256: str = ""

    @property
    def title(self) -> str:
        """Return the name for reports, which is that of a folder without the folders above it."""
        return Path(self.name).name


def with_digest(source: Source) -> Source:
    """Return the same source with the digest of its present content."""
    _load.cache_clear()  # the files may have changed since the last call
    return replace(source, sha256=digest(segments(replace(source, sha256=""))))


def segments(source: Source) -> SegmentSet:
    """Load the segments. The last two sets stay in memory.

    Raises
    ------
    ValueError
        The digest of the segments differs from that of the source.
    """
    data = _load(source.name, source.subjects, source.seconds, source.mains)
    if source.sha256 and digest(data) != source.sha256:
        raise ValueError(
            f"reproduce: the segments of {source.name!r} here (SHA-256 {digest(data)[:12]}...) "
            f"differ from those of the plan ({source.sha256[:12]}...); give every worker the same "
            "files and the same version of dt4ecg"
        )
    return data


@lru_cache(maxsize=2)
def _load(name: str, subjects: int | None, seconds: float | None, mains: float) -> SegmentSet:
    from dt4ecg.signal.preprocessor import Preprocessor

    if name == PAPER_COHORT.name and subjects is not None and seconds is not None:
        # Simulating only the part that is used saves seconds.
        return from_recordings(
            simulate_cohort(subjects=subjects, seconds=seconds),
            Preprocessor.paper(),
            name=name,
            classes={"activity": PAPER_COHORT.activities},
            citation=PAPER_COHORT.citation,
            simulated=True,
        )
    return _smaller(load(name, Preprocessor.paper(), unknown_mains=mains), subjects, seconds)


def _smaller(data: SegmentSet, subjects: int | None, seconds: float | None) -> SegmentSet:
    kept = np.ones(len(data), bool)
    if subjects is not None:
        kept &= np.isin(data.meta["subject"], _most_recorded(data, subjects))
    if seconds is not None:
        kept &= data.meta["stop"] <= seconds + 1e-3  # a stop is a count divided by a measured rate
    return data if kept.all() else _without_empty_classes(data[kept])


def _most_recorded(data: SegmentSet, n: int) -> list[str]:
    """Return the n people with the most recordings; ties keep the order of the set."""
    recordings = dict(zip(data.groups.tolist(), data.meta["subject"].tolist(), strict=True))
    return [person for person, _ in Counter(recordings.values()).most_common(n)]


def _without_empty_classes(data: SegmentSet) -> SegmentSet:
    """Remove classes without a segment; the others keep their order."""
    y, classes = data.y.copy(), {}
    for column, (task, names) in enumerate(data.classes.items()):
        found = np.unique(y[y[:, column] >= 0, column])
        classes[task] = [names[label] for label in found]
        y[:, column] = np.where(y[:, column] < 0, -1, np.searchsorted(found, y[:, column]))
    return replace(data, y=y, classes=classes)
