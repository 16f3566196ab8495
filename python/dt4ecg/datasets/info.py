"""The description of one data set, an entry of the table in ``catalogue.py``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dt4ecg.datasets.segment_set import SegmentSet
    from dt4ecg.io.recording import Recording

PHYSIONET = (
    "A. L. Goldberger et al., PhysioBank, PhysioToolkit, and PhysioNet, Circulation "
    "101(23):e215-e220, 2000"
)


@dataclass(frozen=True)
class Source:
    """The published files of a data set, and their conversion to the folder that the loader reads.

    Attributes
    ----------
    base_url : str
        Address of the files; it ends in a slash.
    checksums : str
        File in ``checksums/`` with lines as ``sha256sum`` writes them.
    bytes : int
        Disk space in bytes that fetching needs, rounded up.
    convert : callable, optional
        Writes the loader's files, called with the folder of published files and a new folder.
    """

    base_url: str
    checksums: str
    bytes: int
    convert: Callable[[Path, Path], None] | None = None


@dataclass(frozen=True)
class DatasetInfo:
    """The description of one data set.

    Attributes
    ----------
    name, title : str
    subjects : int
        Number of people; 0 for recordings of noise.
    activities : tuple of str
        Names of the labelled activities; empty if the activity is unknown.
    sampling_rate : float
        Nominal sampling rate in Hz.
    mains_frequency : float
        Frequency in Hz at which the loader places the notch.
    citation, licence : str
    load : callable or None
        Loads the labelled segments; None if there are no labels to learn from.
    recordings : callable or None
        Loads the raw recordings.
    simulated : str
        The simulated parts; empty for real recordings.
    folder : str
        Name of the folder in ``$DT4ECG_DATA`` and in the user cache.
    marker : str
        File that shows that the folder is complete.
    source : Source or None
        None if the set cannot be fetched.

    Examples
    --------
    >>> from dt4ecg.datasets import DATASETS
    >>> [name for name, info in DATASETS.items() if info.mains_frequency == 50]
    ['motion-ecg', 'ecg-id']
    """

    name: str
    title: str
    subjects: int
    activities: tuple[str, ...]
    sampling_rate: float
    mains_frequency: float
    citation: str
    licence: str
    load: Callable[..., SegmentSet] | None = None
    recordings: Callable[..., Sequence[Recording]] | None = None
    simulated: str = ""
    folder: str = ""
    marker: str = ""
    source: Source | None = None
