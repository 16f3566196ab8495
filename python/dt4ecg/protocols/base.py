"""The result of a protocol, its entry in the table, and the steps that protocols share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.tables import frame, html_facts

if TYPE_CHECKING:
    import pandas

    from dt4ecg.datasets import SegmentSet

Indices = NDArray[np.int64]
Parts = NDArray[np.int64]  # (n,), the part of each segment: one of the numbers below

# A guard segment is in no part: it separates training from test.
TRAIN, VALIDATION, TEST, GUARD = 0, 1, 2, -1
_NAMES_OF_PARTS = ("train", "validation", "test")

# Fraction of a segment's length. Start times are sample counts divided by a measured sampling
# rate, so times that should be equal differ slightly.
SAME_TIME = 1e-3


@dataclass(frozen=True, eq=False)
class Split:
    """A segment set divided into parts, each an array of indices into the set.

    Guard segments (protocol ``blocked``) are in none of the parts.

    Attributes
    ----------
    train, validation, test : ndarray of shape (n_part,), int64
        Indices of the segments of each part, in ascending order. ``validation`` may be empty.
    protocol : str
        Name of the protocol that made the split.
    seed : int
        Seed of the split.
    scored_tasks : tuple of str
        Tasks that the test part can answer. Identity is not scored on subjects without training
        segments, and a task without labels in the test part is not scored.

    See Also
    --------
    split : Divide a set once.
    leak_report : Measure what the test part shares with the training part.

    Examples
    --------
    >>> from dt4ecg import datasets, protocols
    >>> recordings = datasets.simulate_cohort(subjects=2, seconds=30, seed=0)
    >>> data = datasets.from_recordings(recordings)
    >>> divided = protocols.split(data, "blocked")
    >>> divided
    Split(blocked, seed 0: 36 train, 0 validation, 18 test; scores identity and activity)
    >>> data[divided.train].X.shape
    (36, 1, 300)
    """

    train: Indices
    validation: Indices
    test: Indices
    protocol: str
    seed: int
    scored_tasks: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"Split({self.protocol}, seed {self.seed}: {len(self.train)} train, "
            f"{len(self.validation)} validation, {len(self.test)} test; "
            f"scores {' and '.join(self.scored_tasks) or 'no task'})"
        )

    def _repr_html_(self) -> str:
        parts = {name: len(getattr(self, name)) for name in _NAMES_OF_PARTS}
        facts = {"seed": self.seed, "scored tasks": ", ".join(self.scored_tasks) or "none"}
        return html_facts(f"Split by the protocol {self.protocol}", parts | facts)

    def to_frame(self) -> pandas.DataFrame:
        """Return the part of each segment as a data frame.

        The index is that of the segment in the set. Guard segments are in no part and left out.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> from dt4ecg import datasets, protocols
        >>> data = datasets.from_recordings(datasets.simulate_cohort(subjects=2, seconds=12))
        >>> protocols.split(data, "blocked").to_frame()["part"].value_counts().to_dict()
        {'train': 12, 'test': 6}
        """
        parts = {name: getattr(self, name).tolist() for name in _NAMES_OF_PARTS}
        part_of = {index: name for name, indices in parts.items() for index in indices}
        segments = sorted(part_of)
        columns = {"segment": segments, "part": [part_of[segment] for segment in segments]}
        return frame(columns).set_index("segment")


@dataclass(frozen=True)
class Protocol:
    """A protocol as an entry of the table :data:`PROTOCOLS`.

    Parameters
    ----------
    name : str
        Name for :func:`split`, :func:`folds` and the command line.
    holds_out : str
        The unit that is held out for the test, in one line.
    cut : callable
        ``cut(data, test_size, validation_size, generator)`` returns the part of each segment for
        one split: 0 train, 1 validation, 2 test, -1 guard.
    rotate : callable
        ``rotate(data, n_folds, generator)`` yields the parts of each fold. ``n_folds`` is None if
        the protocol should choose the number.
    not_scored : tuple of str, default ()
        Tasks that the test part cannot answer.

    Examples
    --------
    >>> from dt4ecg.protocols import PROTOCOLS
    >>> PROTOCOLS["blocked"].holds_out
    'a stretch of each recording'
    >>> PROTOCOLS["subject"].not_scored
    ('identity',)
    """

    name: str
    holds_out: str
    cut: Callable[[SegmentSet, float, float, np.random.Generator], Parts]
    rotate: Callable[[SegmentSet, int | None, np.random.Generator], Iterator[Parts]]
    not_scored: tuple[str, ...] = ()


def require_names(data: SegmentSet, protocol: str, column: str, instead: str) -> None:
    """Raise ValueError if a segment has no ``column`` (subject or session)."""
    unnamed = int((data.meta[column] == "").sum())
    if unnamed:
        raise ValueError(
            f"{protocol}: {unnamed} of {len(data)} segments have no {column}; "
            f"name the {column} of every recording, or use {instead}"
        )


def held_out_counts(n: int, test_size: float, validation_size: float) -> tuple[int, int]:
    """Return how many of ``n`` units are for test and validation.

    Sizes are rounded to the nearest number of units. A size above 0 gives at least one unit.
    """
    n_test = max(1, round(test_size * n))
    return n_test, max(1, round(validation_size * n)) if validation_size else 0


def random_folds(n: int, n_folds: int, rng: np.random.Generator, units: str) -> Indices:
    """Return the fold of each of ``n`` units at random; fold sizes differ by at most one."""
    if n_folds > n:
        raise ValueError(f"folds: {n_folds} folds need as many {units}, got {n}")
    return rng.permutation(np.arange(n) % n_folds)


def parts_of_folds(fold_of: Indices) -> Iterator[Parts]:
    """Yield the part of each segment for each fold; segments of fold -1 are always in training."""
    for fold in range(fold_of.max() + 1):
        yield np.where(fold_of == fold, TEST, TRAIN)


def near_others(
    data: SegmentSet, segments: Indices, others: Indices, reach: float = 1.0
) -> NDArray[np.bool_]:
    """Return which of ``segments`` have one of ``others`` near them in time.

    All segments must be from one recording, and stop in the order in which they start. Two segments
    are near each other if the gap between them is shorter than ``reach`` segment lengths; with a
    reach of 0 they overlap.
    """
    if not len(others):
        return np.zeros(len(segments), dtype=bool)
    start, stop = data.meta["start"], data.meta["stop"]
    others = others[np.argsort(start[others])]
    following = np.searchsorted(start[others], start[segments])
    closest = np.full(len(segments), np.inf)
    for index in (np.maximum(following - 1, 0), np.minimum(following, len(others) - 1)):
        other = others[index]
        gap = np.maximum(start[segments], start[other]) - np.minimum(stop[segments], stop[other])
        closest = np.minimum(closest, gap)
    near: NDArray[np.bool_] = closest < (reach - SAME_TIME) * (stop - start)[segments]
    return near
