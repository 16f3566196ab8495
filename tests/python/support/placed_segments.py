"""A segment set whose start times, recordings and labels a test chooses itself."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dt4ecg.datasets import SegmentSet


def placed_segments(
    start: Sequence[float],
    groups: Sequence[int] | None = None,
    subject: Sequence[str] | None = None,
    session: Sequence[str] | None = None,
    activity: Sequence[str] | None = None,
    seconds: float = 3.0,
) -> SegmentSet:
    """Return one segment per start time in s, by default of one person at rest in one recording."""
    n = len(start)
    columns = {
        "subject": np.array(subject or ["a"] * n),
        "activity": np.array(activity or ["rest"] * n),
        "session": np.array(session or [""] * n),
    }
    labels = [_indices(columns[name]) for name in ("subject", "activity")]
    begin = np.array(start, dtype=float)
    return SegmentSet(
        X=np.zeros((n, 1, 4), dtype=np.float32),
        y=np.stack([index for index, _ in labels], axis=1),
        groups=np.array(groups or [0] * n),
        classes=dict(zip(("identity", "activity"), (names for _, names in labels), strict=True)),
        meta={**columns, "start": begin, "stop": begin + seconds},
    )


def _indices(column: np.ndarray) -> tuple[np.ndarray, list[str]]:
    """Return the class of each segment, -1 for an empty name, and the names of the classes."""
    names = sorted(set(column.tolist()) - {""})
    return np.array([names.index(name) if name else -1 for name in column.tolist()]), names
