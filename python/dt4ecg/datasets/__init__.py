"""Labelled segments from real data sets, a simulated cohort and your own recordings."""

from dt4ecg.datasets.assembly import from_recordings
from dt4ecg.datasets.catalogue import DATASETS, dataset
from dt4ecg.datasets.cohort import load_paper_cohort, paper_cohort_recordings
from dt4ecg.datasets.download import fetch
from dt4ecg.datasets.ecg_id import ecg_id_recordings, load_ecg_id
from dt4ecg.datasets.folder import load_recordings
from dt4ecg.datasets.heart_rate import HeartRateSeries, Part, heart_rate_windows
from dt4ecg.datasets.mit_bih import load_mit_bih, mit_bih_recordings
from dt4ecg.datasets.motion import load_motion_ecg, motion_ecg_recordings
from dt4ecg.datasets.noneeg import load_noneeg_hr, noneeg_heart_rate
from dt4ecg.datasets.nstdb import nstdb_recordings
from dt4ecg.datasets.segment_set import SegmentSet
from dt4ecg.datasets.simulated import SimulatedRecording, simulate_cohort
from dt4ecg.datasets.wesad import load_wesad_hr, wesad_heart_rate
from dt4ecg.io.recording import Recording

__all__ = [
    "DATASETS",
    "HeartRateSeries",
    "Part",
    "Recording",
    "SegmentSet",
    "SimulatedRecording",
    "dataset",
    "ecg_id_recordings",
    "fetch",
    "from_recordings",
    "heart_rate_windows",
    "load_ecg_id",
    "load_mit_bih",
    "load_motion_ecg",
    "load_noneeg_hr",
    "load_paper_cohort",
    "load_recordings",
    "load_wesad_hr",
    "mit_bih_recordings",
    "motion_ecg_recordings",
    "noneeg_heart_rate",
    "nstdb_recordings",
    "paper_cohort_recordings",
    "simulate_cohort",
    "wesad_heart_rate",
]


def __dir__() -> list[str]:
    return sorted(__all__)
