"""A split, a protocol, and what the protocols share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet

# Of a segment: starts are sample counts over a measured rate, so that equal times differ a little.
_SAME_TIME = 1e-3


@dataclass(frozen=True, eq=False)
class Split:
    """Segments of each part, as index arrays into the set; guard segments are in none.

    Attributes
    ----------
    train, validation, test : (n,) int64, ascending
    protocol : str
    seed : int
    scored_tasks : tuple of str
        Tasks for which the test part says something: identity is not scored on people nobody has
        seen, nor a task without labels.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    protocol: str
    seed: int
    scored_tasks: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"Split({self.protocol}, seed {self.seed}: {len(self.train)} train, "
            f"{len(self.validation)} validation, {len(self.test)} test; "
            f"scores {' and '.join(self.scored_tasks)})"
        )


@dataclass(frozen=True)
class Protocol:
    """One entry of the table: what it holds out and how.

    ``cut`` and ``rotate`` give each segment a part: 0 train, 1 validation, 2 test, -1 guard.
    """

    name: str
    holds_out: str
    cut: Callable[[SegmentSet, float, float, np.random.Generator], np.ndarray]
    rotate: Callable[[SegmentSet, int | None, np.random.Generator], Iterator[np.ndarray]]
    not_scored: tuple[str, ...] = field(default=())


TRAIN, VALIDATION, TEST, GUARD = 0, 1, 2, -1


def counts(n: int, test_size: float, validation_size: float) -> tuple[int, int]:
    """How many of n units each size takes: rounded, at least one if asked for at all."""
    n_test = max(1, round(test_size * n))
    return n_test, max(1, round(validation_size * n)) if validation_size else 0


def deal(n: int, n_folds: int, rng: np.random.Generator, units: str) -> np.ndarray:
    """Fold of each of n units, in random order, sizes equal to one."""
    if n_folds > n:
        raise ValueError(f"folds: {n_folds} folds need as many {units}, got {n}")
    return rng.permutation(np.arange(n) % n_folds)


def test_each(fold_of: np.ndarray) -> Iterator[np.ndarray]:
    for fold in range(fold_of.max() + 1):
        yield np.where(fold_of == fold, TEST, TRAIN)


def near_others(
    data: SegmentSet, segments: np.ndarray, others: np.ndarray, reach: float = 1.0
) -> np.ndarray:
    """Which of ``segments`` have one of ``others``, all of one recording, within reach x length.

    Reach 0 asks for overlap.
    """
    if not len(others):
        return np.zeros(len(segments), dtype=bool)
    start = data.meta["start"]
    seconds = float(data.meta["stop"][others[0]] - start[others[0]])
    theirs = np.sort(start[others])
    after = np.searchsorted(theirs, start[segments])
    distance = np.minimum(
        np.abs(start[segments] - theirs[np.maximum(after - 1, 0)]),
        np.abs(start[segments] - theirs[np.minimum(after, len(theirs) - 1)]),
    )
    return distance < (1 + reach - _SAME_TIME) * seconds
