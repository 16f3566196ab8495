"""Scores of one model, and the difference between two models on the same segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dt4ecg.metrics import mcnemar, wilson_interval
from dt4ecg.metrics.bootstrap import CONFIDENCE, central_interval, resampled_means
from dt4ecg.paper.run.result import Result


@dataclass(frozen=True)
class Summary:
    """Scores of one model on one task over its seeds, as fractions from 0 to 1.

    Attributes
    ----------
    correct, n : int
        Correct and tested segments, pooled over the seeds.
    interval : tuple of float
        Wilson interval (95 %) of the accuracy for the number of distinct segments.
    mean : float
        Mean accuracy of the seeds.
    deviation : float or None
        Sample standard deviation of the accuracy over the seeds; None for a single seed.
    precision, recall, f1, f1_macro : float
        Means over the seeds.
    """

    correct: int
    n: int
    interval: tuple[float, float]
    mean: float
    deviation: float | None
    precision: float
    recall: float
    f1: float
    f1_macro: float

    @property
    def accuracy(self) -> float:
        """Return the pooled accuracy."""
        return self.correct / self.n


def summarize(results: Sequence[Result], task: str) -> Summary | None:
    """Return the scores of one model on one task over its seeds.

    Parameters
    ----------
    results : sequence of Result
        Results of the model, one per seed.
    task : str
        Name of the task.

    Returns
    -------
    Summary or None
        None if no result scores the task.
    """
    scored = [result for result in results if result.scores.get(task)]
    if not scored:
        return None
    scores = [result.scores[task] for result in scored]
    distinct = len(
        {
            segment
            for result in scored
            for segment, label in zip(result.test, result.truth[task], strict=True)
            if label >= 0
        }
    )
    correct, n = (sum(score[name] for score in scores) for name in ("correct", "n"))
    accuracies = [score["accuracy"] for score in scores]
    return Summary(
        correct=correct,
        n=n,
        # Several seeds test the same segments, which does not make the estimate more certain.
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
    """Accuracy of a first model less that of a second one on the same segments, as fractions.

    Attributes
    ----------
    difference : float
        Difference of the accuracies.
    interval : tuple of float
        95 % interval of the difference by a bootstrap over recordings and seeds.
    among : int
        Number of comparisons that the claim is judged by.
    corrected : tuple of float
        Interval with a confidence of 1 - 0.05 / among (Bonferroni), so that all ``among`` intervals
        together have a confidence of at least 95 %.
    without_error : tuple of float
        95 % interval of the difference if the first model had made no error.
    only_first, only_second : int
        Segments on which only one model was right.
    p : float
        p value of McNemar's exact test. Each segment counts once, with the first seed that tests
        it.
    seeds, recordings : int
        Number of seeds and of tested recordings.
    """

    difference: float
    interval: tuple[float, float]
    among: int
    corrected: tuple[float, float]
    without_error: tuple[float, float]
    only_first: int
    only_second: int
    p: float
    seeds: int
    recordings: int


def compare(
    first: Sequence[Result], second: Sequence[Result], task: str, among: int = 1
) -> Comparison | None:
    """Compare two models on one task, seed by seed.

    Parameters
    ----------
    first, second : sequence of Result
        Results of each model, one per seed.
    task : str
        Name of the task.
    among : int, default 1
        Number of comparisons that the claim is judged by, including this one.

    Returns
    -------
    Comparison or None
        None unless both models have the same number of seeds and score the task.

    Raises
    ------
    ValueError
        A pair of results was tested on different segments.
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
    _, once = np.unique(test, return_index=True)  # the first seed that tests each segment
    only_first, only_second, p = mcnemar(a[once], b[once])
    difference = a.astype(float) - b
    means = resampled_means(recording, difference, run_of)
    return Comparison(
        difference=float(difference.mean()),
        interval=central_interval(means, CONFIDENCE),
        among=among,
        corrected=central_interval(means, 1 - (1 - CONFIDENCE) / among),
        without_error=central_interval(resampled_means(recording, 1.0 - b, run_of), CONFIDENCE),
        only_first=only_first,
        only_second=only_second,
        p=p,
        seeds=len(first),
        recordings=len(np.unique(recording)),
    )
