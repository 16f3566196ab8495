"""The table of data sets: drives the command line, the listing and the documentation."""

from __future__ import annotations

from dt4ecg.datasets.cohort import PAPER_COHORT
from dt4ecg.datasets.ecg_id import ECG_ID
from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.mit_bih import MIT_BIH, NSTDB
from dt4ecg.datasets.motion import MOTION_ECG

DATASETS: dict[str, DatasetInfo] = {
    info.name: info for info in (PAPER_COHORT, MOTION_ECG, ECG_ID, MIT_BIH, NSTDB)
}


def dataset(name: str) -> DatasetInfo:
    """Entry of the table; ValueError with the legal names for another one."""
    try:
        return DATASETS[name]
    except KeyError:
        raise ValueError(f"data set: unknown name {name!r}; known: {', '.join(DATASETS)}") from None
