"""Protocol ``random``: the test part is a random sample of the segments, as in the paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.protocols.base import (
    TEST,
    TRAIN,
    VALIDATION,
    Parts,
    Protocol,
    held_out_counts,
    parts_of_folds,
    random_folds,
)

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


def _cut(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> Parts:
    n_test, n_validation = held_out_counts(len(data), test_size, validation_size)
    order = rng.permutation(len(data))
    parts = np.full(len(data), TRAIN)
    parts[order[:n_test]] = TEST
    parts[order[n_test : n_test + n_validation]] = VALIDATION
    return parts


def _rotate(data: SegmentSet, n_folds: int | None, rng: np.random.Generator) -> Iterator[Parts]:
    return parts_of_folds(random_folds(len(data), n_folds or 5, rng, "segments"))


RANDOM = Protocol("random", "segments at random, as in the paper", _cut, _rotate)
