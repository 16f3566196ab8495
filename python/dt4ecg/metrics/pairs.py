"""Checks of scores of pairs, and the bootstrap over people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.nested import as_array
from dt4ecg._common.numbers import integer, real

Numbers = NDArray[np.float64]


def as_scores(operation: str, scores: ArrayLike, dimensions: int = 1) -> Numbers:
    """Return finite scores as float64.

    Raises
    ------
    ValueError
        If there are none, they have other dimensions, are not numbers, or are NaN or infinite.

    Examples
    --------
    >>> from dt4ecg.metrics.pairs import as_scores
    >>> as_scores("curves", [1, 0.5])
    array([1. , 0.5])
    """
    values = as_array(f"{operation}: scores", scores)
    if values.ndim != dimensions or not values.size or values.dtype.kind not in "fiu":
        raise ValueError(
            f"{operation}: scores must be real numbers in {dimensions} dimension"
            f"{'s' if dimensions > 1 else ''}, at least one, got {values.dtype} of shape "
            f"{values.shape}"
        )
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise ValueError(
            f"{operation}: {bad} of {values.size} scores are NaN or infinite; leave out the "
            "signals that could not be compared, and report how many they are"
        )
    return values.astype(np.float64)


def as_pairs(
    operation: str, scores: ArrayLike, same: ArrayLike
) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return finite scores, and whether each pair is of one person.

    Raises
    ------
    ValueError
        If the shapes differ, `same` has values other than true and false, or only one of them.

    Examples
    --------
    >>> from dt4ecg.metrics.pairs import as_pairs
    >>> as_pairs("curves", [1, 0.5], [1, 0])[1]
    array([ True, False])
    """
    checked, kinds = as_scores(operation, scores), as_array(f"{operation}: same", same)
    if kinds.shape != checked.shape:
        raise ValueError(
            f"{operation}: needs one entry of same for each score, got shapes {kinds.shape} and "
            f"{checked.shape}"
        )
    if kinds.dtype.kind not in "biuf" or not np.isin(kinds, (0, 1)).all():
        raise ValueError(f"{operation}: same must hold true or false, got {kinds.dtype}")
    kinds = kinds.astype(bool)
    if kinds.all() or not kinds.any():
        kind = "one person" if kinds[0] else "different people"
        raise ValueError(
            f"{operation}: all {len(kinds)} pairs are of {kind}; error rates need pairs of one "
            "person and pairs of different people"
        )
    return checked, kinds


def require_rate(operation: str, name: str, value: Any) -> float:
    """Return a rate from 0 to 1 as a float.

    Raises
    ------
    ValueError
        If it is another value.

    Examples
    --------
    >>> from dt4ecg.metrics.pairs import require_rate
    >>> require_rate("curves", "far", 0.01)
    0.01
    """
    found = real(value)
    if not 0 <= found <= 1:
        raise ValueError(f"{operation}: {name} must be a number from 0 to 1, got {value!r}")
    return found


def resampled_people(
    operation: str, n_people: int, n_resamples: int, seed: int
) -> Iterator[NDArray[np.int64]]:
    """Yield how often each person occurs in each sample of people with replacement.

    Raises
    ------
    ValueError
        If the number of resamples or the seed is not a legal integer.

    Examples
    --------
    >>> from dt4ecg.metrics.pairs import resampled_people
    >>> [int(counts.sum()) for counts in resampled_people("curves", 4, 2, seed=0)]
    [4, 4]
    """
    n_resamples = integer(operation, "n_resamples", n_resamples, 1, 10**6)
    generator = np.random.default_rng(integer(operation, "seed", seed, 0))
    for _ in range(n_resamples):
        drawn = generator.integers(n_people, size=n_people)
        yield np.bincount(drawn, minlength=n_people)


def pair_weights(
    counts: NDArray[np.int64], sides: NDArray[np.int64], same: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return how often each pair occurs if each person occurs `counts` times.

    A pair of different people occurs once for each copy of one with each copy of the other. A pair
    of one person occurs once for each copy.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.pairs import pair_weights
    >>> sides = np.array([[0, 0], [0, 1]])
    >>> pair_weights(np.array([2, 3]), sides, np.array([True, False]))
    array([2, 6])
    """
    first, second = counts[sides[:, 0]], counts[sides[:, 1]]
    return np.where(same, first, first * second)


class RankedPairs:
    """Pairs in the order of their scores, so that weighted error rates need no second sort.

    Parameters
    ----------
    scores : ndarray of shape (pairs,)
    same : ndarray of bool of shape (pairs,)

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.pairs import RankedPairs
    >>> ranked = RankedPairs(np.array([0.9, 0.1]), np.array([True, False]))
    >>> ranked.rates(np.array([1, 1]))
    (array([1., 0., 0.]), array([0., 0., 1.]))
    """

    def __init__(self, scores: Numbers, same: NDArray[np.bool_]) -> None:
        self._order = np.argsort(scores)[::-1]
        ordered = scores[self._order]
        self._last_of_ties = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
        self._same = same[self._order]

    def rates(self, weights: NDArray[np.int64]) -> tuple[Numbers, Numbers] | None:
        """Return false accept and false reject rates at ascending thresholds.

        None if the weights leave no pair of one of the two kinds.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.metrics.pairs import RankedPairs
        >>> RankedPairs(np.array([0.9, 0.1]), np.array([True, False])).rates(np.array([1, 0]))
        """
        ordered = weights[self._order]
        ends = self._last_of_ties
        accepted = np.cumsum(np.where(self._same, ordered, 0))[ends]
        falsely = np.cumsum(np.where(self._same, 0, ordered))[ends]
        if not accepted[-1] or not falsely[-1]:
            return None
        far = np.concatenate([[0.0], falsely / falsely[-1]])[::-1]
        frr = 1 - np.concatenate([[0.0], accepted / accepted[-1]])[::-1]
        return far, frr


def percentile_interval(
    statistics: Iterator[Numbers], confidence: float
) -> list[tuple[float, float]] | None:
    """Return the percentile interval of each statistic over resamples; None if there are none.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.pairs import percentile_interval
    >>> percentile_interval((np.array([k]) for k in range(101)), 0.9)
    [(5.0, 95.0)]
    """
    values = np.array(list(statistics))
    if not len(values):
        return None
    tail = (1 - confidence) / 2
    low, high = np.quantile(values, (tail, 1 - tail), axis=0).round(12)
    return list(zip(low.tolist(), high.tolist(), strict=True))
