"""Small sets whose every segment is known, for tests that are not about filters."""

from __future__ import annotations

import functools
import operator
from itertools import pairwise, product
from pathlib import Path

import numpy as np

from dt4ecg.datasets import Recording, SegmentSet, from_recordings, simulate_cohort
from dt4ecg.signal import Dropped, Segmented, segment_quality

FOLDER_RATE = 250  # Hz


def write_folder(path: Path) -> Path:
    """Write a folder for ``--data``: two simulated people, two activities, 30 seconds each."""
    rows = ["file,sampling_rate,subject,activity"]
    recordings = simulate_cohort(
        subjects=2, activities=("rest", "exercise"), seconds=30, sampling_rate=FOLDER_RATE
    )
    for i, recording in enumerate(recordings):
        np.save(path / f"{i}.npy", recording.samples[0])
        rows.append(f"{i}.npy,{FOLDER_RATE},{recording.subject},{recording.activity}")
    (path / "manifest.csv").write_text("\n".join(rows) + "\n")
    return path


class Windows:
    """A preprocessor that only cuts, so that a segment's samples show where it came from."""

    def __init__(self, segment_seconds: float = 3.0, overlap: float = 0.0):
        self.segment_seconds = segment_seconds
        self.overlap = overlap

    def transform(self, x, sampling_rate, gaps):
        if not np.isfinite(x).all():
            raise ValueError("transform: a sample is not finite, the first at 0")
        x = np.atleast_2d(x)
        length = round(self.segment_seconds * sampling_rate)
        hop = round(length * (1 - self.overlap))
        pieces = [
            list(range(begin, end - length + 1, hop))
            for begin, end in pairwise([0, *gaps, x.shape[1]])
        ]
        starts = np.array(functools.reduce(operator.iadd, pieces, []), dtype=int)
        cut = [x[:, start : start + length] for start in starts]
        inside = {sample for start in starts for sample in range(start, start + length)}
        segments = np.array(cut, dtype=np.float32).reshape(-1, len(x), length)
        return Segmented(
            segments,
            starts / sampling_rate,
            Dropped((x.shape[1] - len(inside)) / sampling_rate, pieces.count([])),
            repairs=None,
            quality=segment_quality(segments, sampling_rate),
        )

    def transform_each(self, records):
        results = []
        for record in records:
            try:
                results.append(self.transform(record.samples, record.sampling_rate, record.gaps))
            except ValueError as error:
                results.append(error)
        return results


def cohort(
    subjects: int = 4,
    activities: tuple[str, ...] = ("rest", "run"),
    sessions: tuple[str | None, ...] = ("e1", "e2", "e3"),
    segments: int = 10,
    overlap: float = 0.0,
    rate: float = 20.0,
) -> SegmentSet:
    """Return one recording for each subject, activity and session, each with this many segments."""
    preprocessor = Windows(3.0, overlap)
    seconds = 3.0 + (segments - 1) * 3.0 * (1 - overlap)
    recordings = [
        Recording(
            samples=np.arange(round(seconds * rate), dtype=np.float32),
            sampling_rate=rate,
            subject=f"{subject:02d}",
            activity=activity,
            session=session,
            name=f"{subject:02d}_{activity}_{session}",
        )
        for subject, activity, session in product(range(subjects), activities, sessions)
    ]
    return from_recordings(recordings, preprocessor, name="test cohort")
