"""The motion set of CTU Prague: a chest lead, 10 people, 5 activities, 3 electrodes each."""

from __future__ import annotations

import csv
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.files import require_regular_file
from dt4ecg.datasets import motion_source
from dt4ecg.datasets.assembly import from_recordings
from dt4ecg.datasets.info import DatasetInfo, Source
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.segment_set import SegmentSet
from dt4ecg.io.recording import Recording

if TYPE_CHECKING:
    from dt4ecg.signal.preprocessor import Preprocessor

_COLUMNS = {
    "subject",
    "activity",
    "electrode",
    "key",
    "n_samples",
    "fs_measured_hz",
    "gaps_at_sample_and_seconds",
}


def load_motion_ecg(
    path: str | os.PathLike[str] | None = None, preprocessor: Preprocessor | None = None
) -> SegmentSet:
    """Load segments of the motion set of CTU Prague (real recordings, GPL-3.0).

    The set has 10 people in 5 activities of about one minute. Each activity was recorded with
    three electrodes, one after the other, which are the sessions ``e1`` (gel), ``e2`` (steel belt)
    and ``e3`` (textile belt).

    Parameters
    ----------
    path : path, optional
        Folder with ``manifest.csv`` and ``ctu_motion_ecg.npz``; default:
        ``$DT4ECG_DATA/ctu_motion_ecg``, else the user cache.
    preprocessor : Preprocessor, optional
        Default: :class:`dt4ecg.Preprocessor` with the notch at 50 Hz, as in Prague.

    Returns
    -------
    SegmentSet
        About 3,080 segments of 3 s with the default preprocessor.

    Raises
    ------
    FileNotFoundError
        If the set is not on this machine. The text says how to fetch it.
    ValueError
        If a file is damaged; the text names the file and the row.

    References
    ----------
    V. Kalouskova, Automatic detection of motion artefacts in the ECG signal from a wearable sensor
    using methods of artificial intelligence, master's thesis, FIT CTU in Prague, 2024.

    Examples
    --------
    >>> from dt4ecg.datasets import load_motion_ecg
    >>> load_motion_ecg().classes["activity"]  # doctest: +SKIP
    ['rest', 'arms', 'walk', 'run', 'squat']
    """
    return from_recordings(
        motion_ecg_recordings(path),
        preprocessor,
        name=MOTION_ECG.name,
        classes={
            "identity": [f"{subject:02d}" for subject in range(1, MOTION_ECG.subjects + 1)],
            "activity": MOTION_ECG.activities,
        },
        citation=MOTION_ECG.citation,
    )


def motion_ecg_recordings(path: str | os.PathLike[str] | None = None) -> list[Recording]:
    """Read the 150 raw recordings: counts of 12 bits at the sampling rate measured for each.

    Parameters
    ----------
    path : path, optional
        As :func:`load_motion_ecg`, whose errors this function raises too.

    Notes
    -----
    All gaps of the manifest are gaps of the recordings, including those of 20 to 60 ms. A few lost
    samples move a beat by more than one sample at 100 Hz, while a gap costs one segment at most.

    Examples
    --------
    >>> from dt4ecg.datasets import motion_ecg_recordings
    >>> motion_ecg_recordings()[0].name  # doctest: +SKIP
    '01_rest_e1'
    """
    folder = locate(MOTION_ECG, path)
    manifest = folder / motion_source.MANIFEST
    for name in (motion_source.MANIFEST, motion_source.ARCHIVE):
        require_regular_file(folder / name)
    rows = _manifest_rows(manifest)
    recordings = []
    with open(folder / motion_source.ARCHIVE, "rb") as file, _archive(file) as signals:
        for line, row in enumerate(rows, start=2):
            try:
                recordings.append(_recording(row, signals))
            except Exception as error:  # NumPy passes on every error of its parser
                raise ValueError(
                    f"motion set: {manifest}, line {line}: {error}; fetch the set again"
                ) from error
    return recordings


def _manifest_rows(manifest: Path) -> list[dict[str, str]]:
    try:
        with open(manifest, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(
            f"motion set: {manifest} is damaged ({error}); fetch the set again"
        ) from error
    missing = sorted(_COLUMNS - set(rows[0] if rows else ()))
    if missing:
        raise ValueError(f"motion set: {manifest} lacks {', '.join(missing)}; fetch the set again")
    return rows


def _archive(file: IO[bytes]) -> np.lib.npyio.NpzFile:
    try:
        if not zipfile.is_zipfile(file):  # NumPy would report a pickle instead
            raise zipfile.BadZipFile("not an archive, or cut short")
        file.seek(0)
        archive: np.lib.npyio.NpzFile = np.load(file, allow_pickle=False)
        return archive
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError(
            f"motion set: {file.name} is damaged: {error}; fetch the set again"
        ) from error


def _recording(row: Mapping[str, str], signals: Mapping[str, NDArray[Any]]) -> Recording:
    samples = signals[row["key"]]
    if samples.shape != (int(row["n_samples"]),):
        raise ValueError(
            f"{row['key']} has shape {samples.shape}, the manifest says {row['n_samples']} samples"
        )
    gaps = row["gaps_at_sample_and_seconds"].split()
    return Recording(
        samples=samples,
        sampling_rate=float(row["fs_measured_hz"]),
        subject=row["subject"],
        activity=row["activity"],
        session=f"e{row['electrode']}",
        gaps=tuple(int(gap.split(":")[0]) for gap in gaps),
        name=row["key"].removeprefix("signal_"),
        mains_frequency=MOTION_ECG.mains_frequency,
    )


MOTION_ECG = DatasetInfo(
    name="motion-ecg",
    title="Chest lead during five activities, three electrodes (CTU Prague)",
    subjects=10,
    activities=("rest", "arms", "walk", "run", "squat"),
    sampling_rate=500.0,
    mains_frequency=50.0,
    citation=(
        "V. Kalouskova, Automatic detection of motion artefacts in the ECG signal from a wearable "
        "sensor using methods of artificial intelligence, master's thesis, FIT CTU in Prague, "
        "2024; data: github.com/kalouskova/DP"
    ),
    licence="GPL-3.0",
    load=load_motion_ecg,
    recordings=motion_ecg_recordings,
    folder="ctu_motion_ecg",
    marker=motion_source.MANIFEST,
    source=Source(
        base_url=(
            "https://raw.githubusercontent.com/kalouskova/DP/"
            "ae52482ca206d270493d5a6493c5bf0ea1123cd8/"
        ),
        checksums="motion-ecg.sha256",
        bytes=175_000_000,
        convert=motion_source.convert,
    ),
)
