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
from dt4ecg.io.leads import Leads

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
    name: str,
    preprocessor: Preprocessor | None = None,
    unknown_mains: float = MAINS_FREQUENCY,
    sampling_rate: float | None = None,
    leads: Leads | None = None,
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
    sampling_rate, leads : optional
        As in :func:`dt4ecg.datasets.load_recordings`, for a folder.

    Raises
    ------
    ValueError
        If the name is neither a data set nor an existing path, or a data set is to be read with
        another sampling rate or other leads.
    """
    info = DATASETS.get(name)
    if info is not None and info.load is not None:
        if sampling_rate is not None or leads is not None:
            raise ValueError(
                f"--sampling-rate, --lead: {name} is a data set with known leads and sampling "
                "rates; these options are for a folder"
            )
        own = None if preprocessor is None else preprocessor.at_mains(info.mains_frequency)
        return info.load(preprocessor=own)
    if Path(name).exists():
        return load_recordings(
            name,
            on_error="skip",
            preprocessor=preprocessor,
            mains_frequency=unknown_mains,
            retune_notch=True,
            sampling_rate=sampling_rate,
            leads=leads,
        )
    known = ", ".join(name for name, info in DATASETS.items() if info.load)
    raise ValueError(f"--data: {name!r} is neither a data set ({known}) nor an existing folder")
