"""Noise of the MIT-BIH Noise Stress Test Database: electrodes without a heart."""

from __future__ import annotations

import os

from dt4ecg.datasets.info import PHYSIONET, DatasetInfo
from dt4ecg.datasets.locate import locate
from dt4ecg.io.formats.wfdb import read_wfdb
from dt4ecg.io.recording import Recording


def nstdb_recordings(path: str | os.PathLike[str] | None = None) -> list[Recording]:
    """Read ten minutes each of baseline wander, electrode motion and muscle noise.

    Parameters
    ----------
    path : path, optional
        Folder with ``bw.hea``; default: ``$DT4ECG_DATA/nstdb_noise``, else the user cache.

    Returns
    -------
    list of Recording
        ``bw``, ``em`` and ``ma``, two channels each. The unit is that of wfdb's default gain of
        200 counts, which equals the millivolt of the MIT-BIH records.

    Raises
    ------
    FileNotFoundError
        If the set is not on this machine. The text lists the places that were searched.
    ImportError
        If wfdb is not installed.
    ValueError
        If a record is damaged; the text names it.

    Examples
    --------
    >>> from dt4ecg.datasets import nstdb_recordings
    >>> [noise.name for noise in nstdb_recordings()]  # doctest: +SKIP
    ['bw', 'em', 'ma']
    """
    folder = locate(NSTDB, path)
    recordings = []
    for name in ("bw", "em", "ma"):
        record = read_wfdb(folder / name, channels=[0, 1])
        recordings.append(
            Recording(
                samples=record.samples,
                sampling_rate=record.sampling_rate,
                subject="none",
                name=name,
                mains_frequency=NSTDB.mains_frequency,
            )
        )
    return recordings


NSTDB = DatasetInfo(
    name="nstdb",
    title="Electrode noise of the MIT-BIH Noise Stress Test Database, two channels",
    subjects=0,
    activities=(),
    sampling_rate=360.0,
    mains_frequency=60.0,
    citation=(
        "G. B. Moody, W. E. Muldrow, R. G. Mark, A noise stress test for arrhythmia detectors, "
        f"Computers in Cardiology 11:381-384, 1984; {PHYSIONET}; doi:10.13026/C2HS3T"
    ),
    licence="ODC-BY 1.0",
    recordings=nstdb_recordings,
    folder="nstdb_noise",
    marker="bw.hea",
)
