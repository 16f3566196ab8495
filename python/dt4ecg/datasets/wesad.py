"""Heart rate of 15 people with their own ratings of valence and arousal (WESAD, wrist device)."""

from __future__ import annotations

import os

import numpy as np

from dt4ecg.datasets.csv_rows import csv_rows
from dt4ecg.datasets.heart_rate import HeartRateSeries, Part, heart_rate_windows
from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.segment_set import SegmentSet

RATINGS = tuple(str(rating) for rating in range(1, 10))
_ALIGNED = "1"
_COLUMNS = ("subject", "condition", "start_s", "end_s", "valence", "arousal", "aligned")


def load_wesad_hr(
    path: str | os.PathLike[str] | None = None,
    length: int = 60,
    step: int | None = None,
    normalize: bool = True,
    changes: bool = False,
    aligned: bool = True,
) -> SegmentSet:
    """Load windows of heart rate with ratings of valence and arousal (real, CC BY 4.0).

    After each of five conditions, a person rated valence and arousal from 1 to 9. All windows of a
    condition have its ratings. The rate is that of a wrist device, with about 10 s of smoothing.

    Parameters
    ----------
    path : path, optional
        Folder with ``conditions.csv``; default: ``$DT4ECG_DATA/wesad_hr``, else the user cache.
    length, step, normalize, changes : default 60, None, True, False
        As :func:`dt4ecg.datasets.heart_rate_windows`.
    aligned : bool, default True
        Only the 12 people whose conditions are aligned with the heart rate to a few seconds. For
        the other three they may be off by five minutes.

    Returns
    -------
    SegmentSet
        The tasks ``arousal``, ``condition`` and ``valence``. Class ``i`` of a rating is i + 1.

    Raises
    ------
    FileNotFoundError
        If the set is not on this machine. The text lists the places that were searched.
    ValueError
        If a size is not legal.

    See Also
    --------
    wesad_heart_rate : The series before they are cut.

    References
    ----------
    P. Schmidt et al., Introducing WESAD, a multimodal dataset for wearable stress and affect
    detection, ICMI, 2018, doi:10.1145/3242969.3242985.

    Examples
    --------
    >>> from dt4ecg.datasets import load_wesad_hr
    >>> load_wesad_hr().tasks  # doctest: +SKIP
    ('arousal', 'condition', 'valence')
    """
    return heart_rate_windows(
        wesad_heart_rate(path, aligned),
        length,
        step,
        normalize,
        changes,
        classes={"arousal": RATINGS, "valence": RATINGS},
        name=WESAD_HR.name,
        citation=WESAD_HR.citation,
    )


def wesad_heart_rate(
    path: str | os.PathLike[str] | None = None, aligned: bool = True
) -> list[HeartRateSeries]:
    """Read the heart rate of 12 or 15 people, with their five conditions.

    Parameters
    ----------
    path, aligned : optional
        As :func:`load_wesad_hr`, whose errors this function raises too.

    Examples
    --------
    >>> from dt4ecg.datasets import wesad_heart_rate
    >>> len(wesad_heart_rate()), len(wesad_heart_rate(aligned=False))  # doctest: +SKIP
    (12, 15)
    """
    folder = locate(WESAD_HR, path)
    rates: dict[str, list[tuple[float, float]]] = {}
    for row in csv_rows(folder / "hr.csv", ("subject", "t_s", "hr_bpm")):
        rates.setdefault(row["subject"], []).append((row.number("t_s"), row.number("hr_bpm")))
    parts: dict[str, list[Part]] = {}
    for row in csv_rows(folder / WESAD_HR.marker, _COLUMNS):
        if row["subject"] not in rates:
            raise ValueError(
                f"{row.place}: hr.csv has no heart rate of {row['subject']!r}; download the set "
                "again"
            )
        if aligned and row["aligned"] != _ALIGNED:
            continue
        labels = {task: row[task] for task in ("condition", "valence", "arousal")}
        rest = row["condition"] == "Baseline"
        part = Part(row.number("start_s"), row.number("end_s"), labels, rest)
        parts.setdefault(row["subject"], []).append(part)
    found = []
    for subject, own in parts.items():
        times, rate = np.array(rates[subject]).T
        found.append(HeartRateSeries.from_rate(times, rate, subject, own))
    return found


WESAD_HR = DatasetInfo(
    name="wesad-hr",
    title="Heart rate of 15 people with ratings of valence and arousal (WESAD, wrist device)",
    subjects=15,
    activities=("Baseline", "TSST", "Amusement", "Meditation1", "Meditation2"),
    sampling_rate=1.0,
    mains_frequency=50.0,
    citation=(
        "P. Schmidt, A. Reiss, R. Duerichen, C. Marberger, K. Van Laerhoven, Introducing WESAD, a "
        "multimodal dataset for wearable stress and affect detection, ICMI, 2018, "
        "doi:10.1145/3242969.3242985"
    ),
    licence="CC BY 4.0",
    folder="wesad_hr",
    marker="conditions.csv",
)
