"""The ECG-ID database: 90 people at rest, lead I."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dt4ecg._common.files import require_regular_file
from dt4ecg.datasets.assembly import from_recordings
from dt4ecg.datasets.info import PHYSIONET, DatasetInfo, Source
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.segment_set import SegmentSet
from dt4ecg.io.formats.wfdb import read_wfdb
from dt4ecg.io.recording import Recording

if TYPE_CHECKING:
    from dt4ecg.signal.preprocessor import Preprocessor


def load_ecg_id(
    path: str | os.PathLike[str] | None = None, preprocessor: Preprocessor | None = None
) -> SegmentSet:
    """Load segments of the ECG-ID database (real recordings, ODC-BY 1.0).

    The set has 310 recordings of 20 s from 90 people: lead I, the unfiltered channel. The activity
    is unknown (-1). A session is a day; 20 people came on more than one day.

    Parameters
    ----------
    path : path, optional
        Folder with ``RECORDS``; default: ``$DT4ECG_DATA/ecgid``, else the user cache.
    preprocessor : Preprocessor, optional
        Default: :class:`dt4ecg.Preprocessor` with the notch at 50 Hz, the mains frequency in Saint
        Petersburg.

    Returns
    -------
    SegmentSet
        1,860 segments of 3 s with the default preprocessor.

    Raises
    ------
    FileNotFoundError
        If the set is not on this machine. The text says how to fetch it.
    ImportError
        If wfdb is not installed.
    ValueError
        If a record is damaged; the text names it.

    References
    ----------
    T. S. Lugovaya, Biometric human identification based on electrocardiogram, master's thesis,
    Electrotechnical University LETI, Saint Petersburg, 2005.

    Examples
    --------
    >>> from dt4ecg.datasets import load_ecg_id
    >>> load_ecg_id().X.shape  # doctest: +SKIP
    (1860, 1, 300)
    """
    return from_recordings(
        ecg_id_recordings(path), preprocessor, name=ECG_ID.name, citation=ECG_ID.citation
    )


def ecg_id_recordings(path: str | os.PathLike[str] | None = None) -> list[Recording]:
    """Read the 310 raw recordings in mV, in the order of the file ``RECORDS``.

    Parameters
    ----------
    path : path, optional
        As :func:`load_ecg_id`, whose errors this function raises too.

    Examples
    --------
    >>> from dt4ecg.datasets import ecg_id_recordings
    >>> ecg_id_recordings()[0].name  # doctest: +SKIP
    'Person_01/rec_1'
    """
    folder = locate(ECG_ID, path)
    require_regular_file(folder / "RECORDS")
    names = (folder / "RECORDS").read_text(encoding="ascii").split()
    return [_recording(folder, name) for name in names]


def _recording(folder: Path, name: str) -> Recording:
    record = read_wfdb(folder / name, channels=[0])
    dates = [line.split(":")[1].strip() for line in record.comments if line.startswith("ECG date:")]
    return Recording(
        samples=record.samples[0],
        sampling_rate=record.sampling_rate,
        subject=name.split("/")[0].removeprefix("Person_"),
        session=datetime.strptime(dates[0], "%d.%m.%Y").date().isoformat() if dates else None,
        name=name,
        mains_frequency=ECG_ID.mains_frequency,
    )


ECG_ID = DatasetInfo(
    name="ecg-id",
    title="Lead I of 90 people at rest (ECG-ID database, PhysioNet)",
    subjects=90,
    activities=(),
    sampling_rate=500.0,
    mains_frequency=50.0,
    citation=(
        "T. S. Lugovaya, Biometric human identification based on electrocardiogram, master's "
        f"thesis, Electrotechnical University LETI, Saint Petersburg, 2005; {PHYSIONET}; "
        "doi:10.13026/C2J01F"
    ),
    licence="ODC-BY 1.0",
    load=load_ecg_id,
    recordings=ecg_id_recordings,
    folder="ecgid",
    marker="RECORDS",
    source=Source(
        base_url="https://physionet.org/files/ecgiddb/1.0.0/",
        checksums="ecg-id.sha256",
        bytes=15_000_000,
    ),
)
