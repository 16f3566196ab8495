"""The table of data sets, and loading by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg.datasets.cohort import PAPER_COHORT
from dt4ecg.datasets.ecg_id import ECG_ID
from dt4ecg.datasets.folder import load_recordings
from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.mit_bih import MIT_BIH
from dt4ecg.datasets.motion import MOTION_ECG
from dt4ecg.datasets.nstdb import NSTDB

if TYPE_CHECKING:
    from dt4ecg.datasets.segment_set import SegmentSet
    from dt4ecg.signal.preprocessor import Preprocessor

DATASETS: dict[str, DatasetInfo] = {
    info.name: info for info in (PAPER_COHORT, MOTION_ECG, ECG_ID, MIT_BIH, NSTDB)
}
"""The data sets by name; the command line and the documentation list these."""


def dataset(name: str) -> DatasetInfo:
    """Return the description of a data set.

    Parameters
    ----------
    name : str
        A key of ``DATASETS``.

    Raises
    ------
    ValueError
        If the name is unknown; the text lists the known names.

    Examples
    --------
    >>> from dt4ecg.datasets import dataset
    >>> info = dataset("paper-cohort")
    >>> info.subjects, info.activities, info.sampling_rate
    (15, ('rest', 'exercise', 'deep_breathing'), 1000.0)
    """
    try:
        return DATASETS[name]
    except KeyError:
        raise ValueError(f"data set: unknown name {name!r}; known: {', '.join(DATASETS)}") from None


def load(
    name: str, preprocessor: Preprocessor | None = None, unknown_mains: float = MAINS_FREQUENCY
) -> SegmentSet:
    """Load the segments that the option ``--data`` names.

    Parameters
    ----------
    name : str
        A data set with labels, or a folder of recordings. Bad rows of a folder cause one warning
        and are left out.
    preprocessor : Preprocessor, optional
        Its notch moves to the mains frequency of the data. Default: :class:`dt4ecg.Preprocessor`.
    unknown_mains : float, default 60.0
        Mains frequency in Hz of a folder's rows that state none.

    Raises
    ------
    ValueError
        If the name is neither a data set nor an existing path.
    """
    info = DATASETS.get(name)
    if info is not None and info.load is not None:
        own = None if preprocessor is None else preprocessor.at_mains(info.mains_frequency)
        return info.load(preprocessor=own)
    if Path(name).exists():
        return load_recordings(
            name,
            on_error="skip",
            preprocessor=preprocessor,
            mains_frequency=unknown_mains,
            retune_notch=True,
        )
    known = ", ".join(name for name, info in DATASETS.items() if info.load)
    raise ValueError(f"--data: {name!r} is neither a data set ({known}) nor an existing folder")
