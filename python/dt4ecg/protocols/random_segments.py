"""Protocol random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.protocols.base import TEST, TRAIN, VALIDATION, Protocol, counts, deal, test_each

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


def _cut_random(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> np.ndarray:
    n_test, n_validation = counts(len(data), test_size, validation_size)
    order = rng.permutation(len(data))
    parts = np.full(len(data), TRAIN)
    parts[order[:n_test]] = TEST
    parts[order[n_test : n_test + n_validation]] = VALIDATION
    return parts


def _rotate_random(
    data: SegmentSet, n_folds: int | None, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    return test_each(deal(len(data), n_folds or 5, rng, "segments"))


RANDOM = Protocol("random", "segments at random, as in the paper", _cut_random, _rotate_random)
