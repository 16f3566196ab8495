"""Protocol ``blocked``: the test part is a stretch of time of each recording."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.protocols.base import (
    GUARD,
    TEST,
    TRAIN,
    VALIDATION,
    Indices,
    Parts,
    Protocol,
    held_out_counts,
    near_others,
)

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


def _cut(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> Parts:
    """Hold out the end of each recording, with a guard of a segment's length before each part."""
    parts = np.full(len(data), TRAIN)
    for recording in _recordings(data):
        n_test, n_validation = held_out_counts(len(recording), test_size, validation_size)
        before, test = np.split(recording, [len(recording) - n_test])
        before = before[~near_others(data, before, test)]
        train, validation = np.split(before, [max(len(before) - n_validation, 0)])
        train = train[~near_others(data, train, validation)]
        if len(train):
            parts[recording] = GUARD
            parts[train], parts[validation], parts[test] = TRAIN, VALIDATION, TEST
    return parts


def _rotate(data: SegmentSet, n_folds: int | None, rng: np.random.Generator) -> Iterator[Parts]:
    """Divide each recording into consecutive stretches, one for each fold."""
    n_folds = n_folds or 5
    for fold in range(n_folds):
        parts = np.full(len(data), TRAIN)
        for recording in _recordings(data):
            test = recording[np.arange(len(recording)) * n_folds // len(recording) == fold]
            guard = recording[near_others(data, recording, test)]
            if len(guard) < len(recording):
                parts[guard], parts[test] = GUARD, TEST
        yield parts


def _recordings(data: SegmentSet) -> list[Indices]:
    """Return the segments of each recording in the order of time."""
    unknown = int(np.isnan(data.meta["start"]).sum())
    if unknown:
        raise ValueError(
            f"blocked: {unknown} of {len(data)} segments have no start time; give start= to "
            "SegmentSet.from_arrays, or use session or subject"
        )
    order = np.lexsort((data.meta["start"], data.groups))
    _, firsts = np.unique(data.groups[order], return_index=True)
    return np.split(order, firsts[1:])


BLOCKED = Protocol("blocked", "a stretch of each recording", _cut, _rotate)
