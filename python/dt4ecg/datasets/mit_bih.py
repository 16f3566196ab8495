"""Excerpts of PhysioNet's arrhythmia and noise databases: patients, and test signals."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.segment_set import SegmentSet, from_recordings
from dt4ecg.io.recording import Recording
from dt4ecg.io.wfdb import read_wfdb

if TYPE_CHECKING:
    from dt4ecg.signal.preprocessor import Preprocessor

_PHYSIONET = (
    "A. L. Goldberger et al., PhysioBank, PhysioToolkit, and PhysioNet, Circulation "
    "101(23):e215-e220, 2000"
)


def load_mit_bih(
    path: str | os.PathLike[str] | None = None, preprocessor: Preprocessor | None = None
) -> SegmentSet:
    """Segments of MIT-BIH excerpts (Moody and Mark 2001; real recordings, ODC-BY 1.0).

    48 recordings of 180 s from 47 patients, identity only: nobody noted an activity. The first lead
    alone, MLII in 45 records: the second was V1, V2, V4 or V5 as it suited the patient, so that a
    network would learn the choice of lead instead of the heart.

    Parameters
    ----------
    path : path, optional
        Folder with ``manifest.csv``; else ``$DT4ECG_DATA/mitdb_excerpts``, else the user cache.
    preprocessor : Preprocessor, optional
        Default: the paper's chain with the notch at 60 Hz, the mains in Boston.

    Raises
    ------
    FileNotFoundError
        The set is not on this machine; the text says where it was looked for.
    ImportError
        wfdb is not installed.
    ValueError
        A damaged record; the text names it.
    """
    first_leads = [
        replace(recording, samples=recording.samples[0]) for recording in mit_bih_recordings(path)
    ]
    return from_recordings(first_leads, preprocessor, name=MIT_BIH.name, citation=MIT_BIH.citation)


def mit_bih_recordings(path: str | os.PathLike[str] | None = None) -> list[Recording]:
    """Three minutes of each of the 48 records, two leads in mV; 201 and 202 are one subject."""
    folder = locate(MIT_BIH, path)
    recordings = []
    for header in sorted(folder.glob("m*.hea")):
        samples, rate, _ = read_wfdb(header.with_suffix(""), channels=[0, 1])
        record = header.stem.removeprefix("m")
        recordings.append(
            Recording(
                samples=samples,
                sampling_rate=rate,
                subject="201" if record == "202" else record,
                name=record,
                mains_frequency=MIT_BIH.mains_frequency,
            )
        )
    return recordings


def nstdb_recordings(path: str | os.PathLike[str] | None = None) -> list[Recording]:
    """Ten minutes each of electrode noise without a heart: wander, electrode motion, muscle.

    Two channels in the units of wfdb's default gain, 200 counts, which is MIT-BIH's millivolt.
    """
    folder = locate(NSTDB, path)
    recordings = []
    for name in ("bw", "em", "ma"):
        samples, rate, _ = read_wfdb(folder / name, channels=[0, 1])
        recordings.append(
            Recording(
                samples=samples,
                sampling_rate=rate,
                subject="none",
                name=name,
                mains_frequency=NSTDB.mains_frequency,
            )
        )
    return recordings


MIT_BIH = DatasetInfo(
    name="mit-bih",
    title="Excerpts of the MIT-BIH Arrhythmia Database, two leads",
    subjects=47,
    activities=(),
    sampling_rate=360.0,
    mains_frequency=60.0,
    citation=(
        "G. B. Moody, R. G. Mark, The impact of the MIT-BIH Arrhythmia Database, IEEE Eng in Med "
        f"and Biol 20(3):45-50, 2001; {_PHYSIONET}; doi:10.13026/C2F305"
    ),
    licence="ODC-BY 1.0",
    load=load_mit_bih,
    recordings=mit_bih_recordings,
    folder="mitdb_excerpts",
    marker="manifest.csv",
)

NSTDB = DatasetInfo(
    name="nstdb",
    title="Electrode noise of the MIT-BIH Noise Stress Test Database, two channels",
    subjects=0,
    activities=(),
    sampling_rate=360.0,
    mains_frequency=60.0,
    citation=(
        "G. B. Moody, W. E. Muldrow, R. G. Mark, A noise stress test for arrhythmia detectors, "
        f"Computers in Cardiology 11:381-384, 1984; {_PHYSIONET}; doi:10.13026/C2HS3T"
    ),
    licence="ODC-BY 1.0",
    recordings=nstdb_recordings,
    folder="nstdb_noise",
    marker="bw.hea",
)
