"""Protocol ``subject``: the test part holds all segments of some subjects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.protocols.base import (
    TEST,
    TRAIN,
    VALIDATION,
    Indices,
    Parts,
    Protocol,
    held_out_counts,
    parts_of_folds,
    random_folds,
    require_names,
)

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


def _cut(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> Parts:
    subject, n_subjects = _subjects(data)
    n_test, n_validation = held_out_counts(n_subjects, test_size, validation_size)
    place = rng.permutation(n_subjects)[subject]
    return np.where(
        place < n_test, TEST, np.where(place < n_test + n_validation, VALIDATION, TRAIN)
    )


def _rotate(data: SegmentSet, n_folds: int | None, rng: np.random.Generator) -> Iterator[Parts]:
    subject, n_subjects = _subjects(data)
    fold_of = random_folds(n_subjects, n_folds or min(5, n_subjects), rng, "subjects")
    return parts_of_folds(fold_of[subject])


def _subjects(data: SegmentSet) -> tuple[Indices, int]:
    """Return the index of each segment's subject, and the number of subjects."""
    require_names(data, "subject", "subject", "blocked")
    names, subject = np.unique(data.meta["subject"], return_inverse=True)
    if len(names) < 2:
        raise ValueError(
            "subject: the set has one subject, but at least two are needed; use blocked"
        )
    return subject, len(names)


SUBJECT = Protocol("subject", "people", _cut, _rotate, not_scored=("identity",))
