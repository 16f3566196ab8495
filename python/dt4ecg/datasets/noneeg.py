"""Heart rate of 20 people through relaxation and stress (Non-EEG data set, PhysioNet)."""

from __future__ import annotations

import os
from itertools import groupby

import numpy as np

from dt4ecg.datasets.csv_rows import Row, csv_rows
from dt4ecg.datasets.heart_rate import HeartRateSeries, Part, heart_rate_windows
from dt4ecg.datasets.info import PHYSIONET, DatasetInfo
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.segment_set import SegmentSet

STATES = {
    "Relax": "relaxed",
    "PhysicalStress": "physical",
    "CognitiveStress": "cognitive",
    "EmotionalStress": "emotional",
}


def load_noneeg_hr(
    path: str | os.PathLike[str] | None = None,
    length: int = 60,
    step: int | None = None,
    normalize: bool = True,
    changes: bool = False,
) -> SegmentSet:
    """Load windows of heart rate of 20 people in four states (real recordings, ODC-BY 1.0).

    Everyone went through several relaxed parts, physical, cognitive and emotional stress in the
    same order, so that state and time are confounded. The rate is that of an oximeter, once a
    second in whole beats per minute.

    Parameters
    ----------
    path : path, optional
        Folder with ``hr_spo2.csv``; default: ``$DT4ECG_DATA/noneeg_hr``, else the user cache.
    length, step, normalize, changes : default 60, None, True, False
        As :func:`dt4ecg.datasets.heart_rate_windows`.

    Returns
    -------
    SegmentSet
        One task, ``state``: relaxed, physical, cognitive or emotional.

    Raises
    ------
    FileNotFoundError
        If the set is not on this machine. The text lists the places that were searched.
    ValueError
        If a size is not legal.

    See Also
    --------
    noneeg_heart_rate : The series before they are cut.

    References
    ----------
    J. Birjandtalab et al., A non-EEG biosignals dataset for assessment and visualization of
    neurological status, IEEE SiPS, 2016.

    Examples
    --------
    >>> from dt4ecg.datasets import load_noneeg_hr
    >>> load_noneeg_hr().X.shape  # doctest: +SKIP
    (718, 1, 60)
    """
    return heart_rate_windows(
        noneeg_heart_rate(path),
        length,
        step,
        normalize,
        changes,
        classes={"state": [*STATES.values()]},
        name=NONEEG_HR.name,
        citation=NONEEG_HR.citation,
    )


def noneeg_heart_rate(path: str | os.PathLike[str] | None = None) -> list[HeartRateSeries]:
    """Read the heart rate of 20 people, with the eight parts of each.

    Between parts, the clock of the source jumps or steps back. The times here count the samples
    instead, one second each, and every part begins after a gap.

    Parameters
    ----------
    path : path, optional
        As :func:`load_noneeg_hr`, whose errors this function raises too.

    Examples
    --------
    >>> from dt4ecg.datasets import noneeg_heart_rate
    >>> len(noneeg_heart_rate())  # doctest: +SKIP
    20
    """
    rows = csv_rows(locate(NONEEG_HR, path) / NONEEG_HR.marker, ("subject", "state", "hr_bpm"))
    return [
        _series(subject, [*own]) for subject, own in groupby(rows, key=lambda row: row["subject"])
    ]


def _series(subject: str, rows: list[Row]) -> HeartRateSeries:
    parts, follows = [], np.ones(len(rows), bool)
    start = 0
    for state, samples in groupby(rows, key=lambda row: row["state"]):
        stop = start + len([*samples])
        kind = STATES.get(state.split("_")[0])
        if kind is None:
            raise ValueError(
                f"{rows[start].place}: state must begin with one of {', '.join(STATES)}, got "
                f"{state!r}; download the set again"
            )
        parts.append(Part(start, stop, {"state": kind}, rest=kind == "relaxed"))
        follows[start] = False
        start = stop
    rate = np.array([row.number("hr_bpm") for row in rows])
    return HeartRateSeries(np.arange(float(len(rows))), rate, follows, subject, parts)


NONEEG_HR = DatasetInfo(
    name="noneeg-hr",
    title="Heart rate of 20 people through relaxation and stress (Non-EEG data set, PhysioNet)",
    subjects=20,
    activities=tuple(STATES.values()),
    sampling_rate=1.0,
    mains_frequency=60.0,
    citation=(
        "J. Birjandtalab, D. Cogan, M. B. Pouyan, M. Nourani, A non-EEG biosignals dataset for "
        f"assessment and visualization of neurological status, IEEE SiPS, 2016; {PHYSIONET}"
    ),
    licence="ODC-BY 1.0",
    folder="noneeg_hr",
    marker="hr_spo2.csv",
)
