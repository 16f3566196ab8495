"""What one data set is: an entry of the table in ``registry.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dt4ecg.datasets.segment_set import SegmentSet
    from dt4ecg.io.recording import Recording


@dataclass(frozen=True)
class Source:
    """Where a set is published, and how its files become the layout that its loader reads."""

    base_url: str
    checksums: str  # file in checksums/, lines as sha256sum writes them
    bytes: int  # on the disk while fetching, rounded up
    convert: Callable[[Path, Path], None] | None = None  # (folder of sources, new folder)


@dataclass(frozen=True)
class DatasetInfo:
    """One data set: who made it, under which licence, and how to load it."""

    name: str
    title: str
    subjects: int
    activities: tuple[str, ...]
    sampling_rate: float  # Hz, nominal
    mains_frequency: float  # Hz, where its loader puts the notch
    citation: str
    licence: str
    load: Callable[..., SegmentSet] | None = None  # None: no labels to learn from, e.g. noise
    recordings: Callable[..., Sequence[Recording]] | None = None
    simulated: str = ""  # what of it is computed; empty for real recordings
    folder: str = ""  # inside DT4ECG_DATA and the user cache
    marker: str = ""  # file that tells a complete folder
    source: Source | None = None
