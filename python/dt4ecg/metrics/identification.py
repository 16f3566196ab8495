"""The rate of finding the right person among all enrolled ones, and no one for strangers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.names import known_names
from dt4ecg.metrics.pairs import (
    Numbers,
    as_scores,
    percentile_interval,
    require_rate,
    resampled_people,
)


@dataclass(frozen=True)
class IdentificationRate:
    """Detection and identification rate at a false positive identification rate, rank 1.

    Attributes
    ----------
    rate : float
        Fraction of the probes of enrolled people whose own name has the largest score of all, and
        a score of at least the threshold.
    interval : (float, float)
        95 % bootstrap interval over people. It is (0, 1) if no sample has probes of both kinds.
    correct, n_enrolled : int
        Number of these probes, and number of all probes of enrolled people.
    false_positives, n_strangers : int
        Number of probes of strangers that get a name, and number of all probes of strangers.
    threshold : float
        The lowest score that gets a name.

    See Also
    --------
    identification_rate : Makes this result.

    Examples
    --------
    >>> from dt4ecg.metrics import identification_rate
    >>> found = identification_rate([[0.9, 0.2], [0.4, 0.3]], ["Ann", "Bo"], ["Ann", "Cy"], fpir=0)
    >>> found.correct, found.n_enrolled, found.false_positives
    (1, 1, 0)
    """

    rate: float
    interval: tuple[float, float]
    correct: int
    n_enrolled: int
    false_positives: int
    n_strangers: int
    threshold: float

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers for JSON.

        Examples
        --------
        >>> from dt4ecg.metrics import identification_rate
        >>> found = identification_rate([[0.9], [0.4]], ["Ann"], ["Ann", "Cy"], fpir=0)
        >>> found.to_dict()["rate"]
        1.0
        """
        return {**self.__dict__, "interval": list(self.interval)}

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.rate:.3f} ({self.correct}/{self.n_enrolled}, 95 % CI {low:.3f}-{high:.3f}), "
            f"{self.false_positives} of {self.n_strangers} strangers get a name"
        )


def identification_rate(
    scores: ArrayLike,
    enrolled: ArrayLike,
    subject: ArrayLike,
    fpir: float = 0.01,
    n_resamples: int = 1000,
    seed: int = 0,
) -> IdentificationRate:
    """Return how often enrolled people are found while strangers get no name (open set, rank 1).

    Parameters
    ----------
    scores : array-like of shape (probes, templates)
        Similarity of each probe with each template; larger means more similar.
    enrolled : array-like of shape (templates,)
        The person of each template. Templates of one person count by their largest score.
    subject : array-like of shape (probes,)
        The person of each probe. Those who are not enrolled are strangers.
    fpir : float, default 0.01
        Largest fraction of the strangers' probes that may get a name. The threshold is the lowest
        largest score of a stranger that keeps it.
    n_resamples, seed : int, default 1000 and 0
        Number and seed of the bootstrap samples, which draw people with replacement.

    Returns
    -------
    IdentificationRate
        The rate with its counts and its interval.

    Raises
    ------
    ValueError
        If scores are not finite, the shapes differ, `fpir` is not from 0 to 1, a person is unknown
        (-1, None, NaN), or there are no probes of enrolled people or of strangers.

    Notes
    -----
    A probe whose own name shares the largest score with another name is not identified. The
    threshold is set on the strangers of this very test, as usual for this rate; that of a working
    system must come from other people. In a bootstrap sample, the people who were not drawn are
    not enrolled.

    References
    ----------
    P. Grother, M. Ngan, NIST Interagency Report 8009, 2014, section 2.

    Examples
    --------
    >>> from dt4ecg.metrics import identification_rate
    >>> scores = [[0.9, 0.2], [0.1, 0.7], [0.8, 0.6], [0.4, 0.3]]
    >>> found = identification_rate(scores, ["Ann", "Bo"], ["Ann", "Bo", "Bo", "Cy"], fpir=0)
    >>> found.correct, found.n_enrolled
    (2, 3)
    """
    limit = require_rate("identification_rate", "fpir", fpir)
    matrix = as_scores("identification_rate", scores, dimensions=2)
    names = known_names("identification_rate", "enrolled", enrolled, row="template")
    who = known_names("identification_rate", "subject", subject, row="probe")
    if matrix.shape != (*who.shape, *names.shape):
        raise ValueError(
            "identification_rate: scores must have the shape (probes, templates) of subject and "
            f"enrolled, {(*who.shape, *names.shape)}, got {matrix.shape}"
        )
    people, of_template = np.unique(names, return_inverse=True)
    best = np.full((len(matrix), len(people)), -np.inf)
    np.maximum.at(best.T, of_template, matrix.T)
    everyone, person = np.unique(np.concatenate([people, who]), return_inverse=True)
    column, person = person[: len(people)], person[len(people) :]
    mates = np.isin(person, column)
    if mates.all() or not mates.any():
        missing = "strangers" if mates.all() else "enrolled people"
        raise ValueError(
            f"identification_rate: there are no probes of {missing}; the rate needs probes of "
            "enrolled people and of strangers"
        )

    def measured(counts: NDArray[np.int64]) -> tuple[float, float, int, int] | None:
        return _measured(best, column, person, mates, counts, limit)

    point = measured(np.ones(len(everyone), dtype=np.int64))
    assert point is not None  # both kinds of probes exist
    rate, threshold, correct, false_positives = point
    draws = resampled_people("identification_rate", len(everyone), n_resamples, seed)
    intervals = percentile_interval(_rates(map(measured, draws)), 0.95)
    return IdentificationRate(
        rate=rate,
        interval=(0.0, 1.0) if intervals is None else intervals[0],
        correct=correct,
        n_enrolled=int(mates.sum()),
        false_positives=false_positives,
        n_strangers=int((~mates).sum()),
        threshold=threshold,
    )


def _rates(found: Iterator[tuple[float, float, int, int] | None]) -> Iterator[Numbers]:
    for values in found:
        if values is not None:
            yield np.array(values[:1])


def _measured(
    best: Numbers,
    column: NDArray[np.int64],
    person: NDArray[np.int64],
    mates: NDArray[np.bool_],
    counts: NDArray[np.int64],
    fpir: float,
) -> tuple[float, float, int, int] | None:
    """Return rate, threshold, correct probes and false positives, with people counted by weight."""
    present = counts[column] > 0
    weights = counts[person]
    of_mates, of_strangers = weights[mates].sum(), weights[~mates].sum()
    if not of_mates or not of_strangers:
        return None
    visible = np.where(present, best, -np.inf)
    threshold = _threshold(visible[~mates].max(axis=1), weights[~mates], fpir)
    own = column[None, :] == person[mates][:, None]
    of_own = np.where(own, visible[mates], -np.inf).max(axis=1)
    of_others = np.where(own, -np.inf, visible[mates]).max(axis=1)
    correct = (of_own > of_others) & (of_own >= threshold)
    false_positives = visible[~mates].max(axis=1) >= threshold
    hits = int(weights[mates][correct].sum())
    return hits / int(of_mates), threshold, hits, int(weights[~mates][false_positives].sum())


def _threshold(largest: Numbers, weights: NDArray[np.int64], fpir: float) -> float:
    """Return the lowest of the strangers' largest scores that at most this fraction reaches."""
    kept = weights > 0
    order = np.argsort(largest[kept])[::-1]
    scores, reached = largest[kept][order], np.cumsum(weights[kept][order])
    last_of_ties = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    legal = last_of_ties[reached[last_of_ties] / reached[-1] <= fpir]
    return float(scores[legal[-1]]) if len(legal) else float(np.nextafter(scores[0], np.inf))
