"""Scores of one task in a report, with an interval that draws whole people or recordings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg import metrics
from dt4ecg.metrics.bootstrap import CONFIDENCE

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.metrics import TaskReport
    from dt4ecg.runs.reporting.predictions import ScoredTask


@dataclass(frozen=True, eq=False)
class TaskScores:
    """Scores of one task over the test part.

    Attributes
    ----------
    scores : TaskReport
        Accuracy with Wilson's interval, precision, recall, F1 and confusion matrix.
    interval : (float, float) or None
        95 % interval of the accuracy by a bootstrap over ``unit``; None with one of them only. If
        all of them have the same accuracy, Wilson's interval of their number.
    unit : {"people", "recordings"}
        The groups that the bootstrap draws.
    n_units : int
        Number of groups in the test part.
    chance : float
        Accuracy of the most frequent label of the test part.
    untrained : int
        Labelled test segments that are not scored, since their label was never trained.
    """

    scores: TaskReport
    interval: tuple[float, float] | None
    unit: str
    n_units: int
    chance: float
    untrained: int


def score(data: SegmentSet, task: str, found: ScoredTask) -> TaskScores:
    """Return the scores of one task."""
    scores = metrics.report(found.true, found.predicted, {task: found.classes})[task]
    assert scores is not None  # there is at least one scored segment
    subjects = data.meta["subject"][found.rows]
    unit = "people" if (subjects != "").all() else "recordings"
    groups = subjects if unit == "people" else data.groups[found.rows]
    n_units = len(np.unique(groups))
    return TaskScores(
        scores=scores,
        interval=_interval(found, groups, n_units),
        unit=unit,
        n_units=n_units,
        chance=float(np.unique(found.true, return_counts=True)[1].max() / len(found.true)),
        untrained=found.untrained,
    )


def _interval(found: ScoredTask, groups: np.ndarray, n_units: int) -> tuple[float, float] | None:
    right = found.right
    if n_units < 2:
        return None
    rates = {float(right[groups == group].mean()) for group in np.unique(groups)}
    if len(rates) == 1:
        # No sample of the groups differs then, but the next group may. Wilson's interval of the
        # groups says how little a few groups of one rate prove, such as those without an error.
        return metrics.wilson_interval(rates.pop() * n_units, n_units, CONFIDENCE)
    return metrics.bootstrap_interval(right, groups)
