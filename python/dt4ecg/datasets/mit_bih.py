"""Excerpts of PhysioNet's arrhythmia and noise databases: test signals, not sets to learn from."""

from __future__ import annotations

import os

from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.recordings import Recording
from dt4ecg.datasets.wfdb_records import read_wfdb

_PHYSIONET = (
    "A. L. Goldberger et al., PhysioBank, PhysioToolkit, and PhysioNet, Circulation "
    "101(23):e215-e220, 2000"
)


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
