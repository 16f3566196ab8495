"""What the numbers can bear: intervals, paired tests, and a bootstrap over recordings.

Segments of one recording resemble each other. Wilson's interval and McNemar's test take them for
independent and are therefore too sure; the bootstrap draws whole recordings, and the seeds of the
trainings with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dt4ecg.metrics import wilson_interval
from dt4ecg.paper.run.results import Result

RESAMPLES = 20_000  # other draws move an end by about a fiftieth of its distance
CONFIDENCE = 0.95


def mcnemar(a: np.ndarray, b: np.ndarray) -> tuple[int, int, float]:
    """Exact paired test of two models on the same segments (McNemar, Psychometrika 12:153, 1947).

    Parameters
    ----------
    a, b : (n,) bool
        Whether each model was right.

    Returns
    -------
    Segments that only a, and only b had right, and the two-sided binomial p value; 1 where the
    models never differ.
    """
    from scipy.stats import binomtest

    a, b = np.asarray(a, bool), np.asarray(b, bool)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"mcnemar: needs two arrays of one shape (n,), got {a.shape}, {b.shape}")
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    differ = only_a + only_b
    return only_a, only_b, float(binomtest(only_a, differ).pvalue) if differ else 1.0


def holm(p: Sequence[float]) -> list[float]:
    """P values adjusted for their number (Holm, Scand J Stat 6:65, 1979), in the order given."""
    adjusted, largest = [0.0] * len(p), 0.0
    for rank, index in enumerate(np.argsort(p, kind="stable").tolist()):
        largest = max(largest, min(1.0, (len(p) - rank) * p[index]))
        adjusted[index] = largest
    return adjusted


def bootstrap_over(
    groups: np.ndarray,
    values: np.ndarray,
    runs: np.ndarray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """Percentile interval (95 %) of the mean of values (n,) when whole groups (n,) are drawn.

    With `runs` (n,), the training that a value comes from, those are drawn as well, independently
    of the groups: what differs from one training to the next is in the interval.

    Raises
    ------
    ValueError
        No values, or shapes that differ.
    """
    return _interval(_means(groups, values, runs, resamples, seed), CONFIDENCE)


def _interval(means: np.ndarray, confidence: float) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def _means(
    groups: np.ndarray,
    values: np.ndarray,
    runs: np.ndarray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> np.ndarray:
    """Of each resample, as :func:`bootstrap_over` draws them."""
    groups, values = np.asarray(groups), np.asarray(values, float)
    runs = np.zeros(groups.shape, int) if runs is None else np.asarray(runs)
    if groups.shape != values.shape or runs.shape != values.shape or not values.size:
        raise ValueError(
            "bootstrap_over: needs as many groups, and runs, as values, at least one, got "
            f"{groups.shape}, {runs.shape} and {values.shape}"
        )
    (names, group), (run_names, run) = (np.unique(x, return_inverse=True) for x in (groups, runs))
    sums, sizes = np.zeros((2, len(names), len(run_names)))
    np.add.at(sums, (group, run), values)
    np.add.at(sizes, (group, run), 1)
    drawn = _draws(len(names), resamples, seed)
    drawn_runs = _draws(len(run_names), resamples, seed + 1)
    total, count = (((drawn @ table) * drawn_runs).sum(1) for table in (sums, sizes))
    tested = count > 0  # none, where the runs drawn do not test the groups drawn
    return total[tested] / count[tested]


@lru_cache(maxsize=4)
def _draws(n: int, resamples: int, seed: int) -> np.ndarray:
    """How often each of n groups is drawn: (resamples, n)."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)


@dataclass(frozen=True)
class Summary:
    """One model on one task over its seeds; shares from 0 to 1."""

    correct: int
    n: int
    interval: tuple[float, float]  # Wilson, as of the distinct segments
    mean: float
    deviation: float | None  # between seeds; None with a single one
    precision: float  # means over seeds
    recall: float
    f1: float
    f1_macro: float

    @property
    def accuracy(self) -> float:
        return self.correct / self.n


def summarize(results: Sequence[Result], task: str) -> Summary | None:
    """Pool a model's seeds on one task; None if there is none that scores it."""
    scored = [result for result in results if result.scores.get(task)]
    if not scored:
        return None
    scores = [result.scores[task] for result in scored]
    distinct = len(
        {i for one in scored for i, c in zip(one.test, one.truth[task], strict=True) if c >= 0}
    )
    correct, n = (sum(score[name] for score in scores) for name in ("correct", "n"))
    accuracies = [score["accuracy"] for score in scores]
    return Summary(
        correct=correct,
        n=n,
        # Seeds test the same segments again: that makes no more of them.
        interval=wilson_interval(distinct * correct / n, distinct),
        mean=float(np.mean(accuracies)),
        deviation=float(np.std(accuracies, ddof=1)) if len(scores) > 1 else None,
        **{
            name: float(np.mean([score[name] for score in scores]))
            for name in ("precision", "recall", "f1", "f1_macro")
        },
    )


@dataclass(frozen=True)
class Comparison:
    """Accuracy of a model less that of another on the same segments, as shares."""

    difference: float
    interval: tuple[float, float]  # bootstrap over recordings and seeds
    among: int  # comparisons of a claim
    corrected: tuple[float, float]  # the interval that all of them together lie in (Bonferroni)
    without_error: tuple[float, float]  # the same, had the first model been right throughout
    only_first: int
    only_second: int
    p: float  # McNemar; each segment counts once, with the first seed that tests it
    seeds: int
    recordings: int


def compare(
    first: Sequence[Result], second: Sequence[Result], task: str, among: int = 1
) -> Comparison | None:
    """Compare two models, seed by seed; None unless both have the same seeds and score the task.

    ``among`` is the number of comparisons that a claim is judged by, this one included.

    Raises
    ------
    ValueError
        If a pair was tested on different segments.
    """
    if len(first) != len(second) or not first:
        return None
    if not all(task in result.predicted for result in (*first, *second)):
        return None
    right_first, right_second, recordings, tests, runs = [], [], [], [], []
    for run, (one, other) in enumerate(zip(first, second, strict=True)):
        if one.test != other.test or one.truth[task] != other.truth[task]:
            raise ValueError("compare: the models were tested on different segments")
        truth = np.array(one.truth[task])
        known = truth >= 0
        right_first.append((np.array(one.predicted[task]) == truth)[known])
        right_second.append((np.array(other.predicted[task]) == truth)[known])
        recordings.append(np.array(one.recordings)[known])
        tests.append(np.array(one.test)[known])
        runs.append(np.full(known.sum(), run))
    a, b, recording, test, run_of = map(
        np.concatenate, (right_first, right_second, recordings, tests, runs)
    )
    _, once = np.unique(test, return_index=True)  # of equal ones the first
    only_first, only_second, p = mcnemar(a[once], b[once])
    difference = a.astype(float) - b
    means = _means(recording, difference, run_of)
    return Comparison(
        difference=float(difference.mean()),
        interval=_interval(means, CONFIDENCE),
        among=among,
        corrected=_interval(means, 1 - (1 - CONFIDENCE) / among),
        without_error=bootstrap_over(recording, 1.0 - b, run_of),
        only_first=only_first,
        only_second=only_second,
        p=p,
        seeds=len(first),
        recordings=len(np.unique(recording)),
    )
