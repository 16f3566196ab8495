"""Excerpts of the MIT-BIH Arrhythmia Database: 47 patients, two leads."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from dt4ecg.datasets.assembly import from_recordings
from dt4ecg.datasets.info import PHYSIONET, DatasetInfo
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.segment_set import SegmentSet
from dt4ecg.io.formats.wfdb import read_wfdb
from dt4ecg.io.recording import Recording

if TYPE_CHECKING:
    from dt4ecg.signal.preprocessor import Preprocessor


def load_mit_bih(
    path: str | os.PathLike[str] | None = None, preprocessor: Preprocessor | None = None
) -> SegmentSet:
    """Load segments of MIT-BIH excerpts (real recordings, ODC-BY 1.0).

    The set has 48 recordings of 180 s from 47 patients. The activity is unknown. Segments hold the
    first lead alone, which is MLII in 45 records. The second lead was chosen to suit the patient
    (V1, V2, V4 or V5), so a network could recognise the patient by the choice of lead.

    Parameters
    ----------
    path : path, optional
        Folder with ``manifest.csv``; default: ``$DT4ECG_DATA/mitdb_excerpts``, else the user
        cache.
    preprocessor : Preprocessor, optional
        Default: :class:`dt4ecg.Preprocessor` with the notch at 60 Hz, as in Boston.

    Returns
    -------
    SegmentSet
        2,880 segments of 3 s with the default preprocessor.

    Raises
    ------
    FileNotFoundError
        If the set is not on this machine. The text lists the places that were searched.
    ImportError
        If wfdb is not installed.
    ValueError
        If a record is damaged; the text names it.

    References
    ----------
    G. B. Moody, R. G. Mark, The impact of the MIT-BIH Arrhythmia Database, IEEE Eng in Med and
    Biol 20(3):45-50, 2001.

    Examples
    --------
    >>> from dt4ecg.datasets import load_mit_bih
    >>> load_mit_bih().X.shape  # doctest: +SKIP
    (2880, 1, 300)
    """
    first_leads = [
        replace(recording, samples=recording.samples[0]) for recording in mit_bih_recordings(path)
    ]
    return from_recordings(first_leads, preprocessor, name=MIT_BIH.name, citation=MIT_BIH.citation)


def mit_bih_recordings(path: str | os.PathLike[str] | None = None) -> list[Recording]:
    """Read the 48 raw recordings of three minutes, two leads each, in mV.

    Records 201 and 202 come from one person and have the subject ``"201"``.

    Parameters
    ----------
    path : path, optional
        As :func:`load_mit_bih`, whose errors this function raises too.

    Examples
    --------
    >>> from dt4ecg.datasets import mit_bih_recordings
    >>> mit_bih_recordings()[0]  # doctest: +SKIP
    Recording(name='100', subject='100', 2 leads, 180.0 s at 360 Hz)
    """
    folder = locate(MIT_BIH, path)
    recordings = []
    for header in sorted(folder.glob("m*.hea")):
        record = read_wfdb(header.with_suffix(""), channels=[0, 1])
        name = header.stem.removeprefix("m")
        recordings.append(
            Recording(
                samples=record.samples,
                sampling_rate=record.sampling_rate,
                subject="201" if name == "202" else name,
                name=name,
                mains_frequency=MIT_BIH.mains_frequency,
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
        f"and Biol 20(3):45-50, 2001; {PHYSIONET}; doi:10.13026/C2F305"
    ),
    licence="ODC-BY 1.0",
    load=load_mit_bih,
    recordings=mit_bih_recordings,
    folder="mitdb_excerpts",
    marker="manifest.csv",
)
