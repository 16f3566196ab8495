"""Protocol subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.protocols.base import TEST, TRAIN, VALIDATION, Protocol, counts, deal, test_each

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


def _cut_subject(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> np.ndarray:
    subject, n_subjects = _subjects(data)
    n_test, n_validation = counts(n_subjects, test_size, validation_size)
    place = rng.permutation(n_subjects)[subject]
    return np.where(
        place < n_test, TEST, np.where(place < n_test + n_validation, VALIDATION, TRAIN)
    )


def _rotate_subject(
    data: SegmentSet, n_folds: int | None, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    subject, n_subjects = _subjects(data)
    return test_each(deal(n_subjects, n_folds or min(5, n_subjects), rng, "subjects")[subject])


def _subjects(data: SegmentSet) -> tuple[np.ndarray, int]:
    names, subject = np.unique(data.meta["subject"], return_inverse=True)
    if len(names) < 2:
        raise ValueError("subject: the set has one subject, so nobody to hold out; use blocked")
    return subject, len(names)


SUBJECT = Protocol("subject", "people", _cut_subject, _rotate_subject, not_scored=("identity",))
