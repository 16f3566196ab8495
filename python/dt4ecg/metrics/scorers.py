"""Scorers of single tasks for scikit-learn's model selection."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dt4ecg._common.labels import UNKNOWN, is_among, is_unknown, marker_of


def _accuracy(truth: Any, predicted: Any, weight: Any) -> float:
    from sklearn.metrics import accuracy_score

    return float(accuracy_score(truth, predicted, sample_weight=weight))


def _macro_f1(truth: Any, predicted: Any, weight: Any) -> float:
    from sklearn.metrics import f1_score

    return float(
        f1_score(truth, predicted, average="macro", sample_weight=weight, zero_division=0.0)
    )


def _balanced_accuracy(truth: Any, predicted: Any, weight: Any) -> float:
    """Return the mean recall of the true classes; scikit-learn's own function warns of others."""
    from sklearn.metrics import recall_score

    return float(
        recall_score(
            truth,
            predicted,
            labels=np.unique(truth),
            average="macro",
            sample_weight=weight,
            zero_division=0.0,
        )
    )


_METRICS: dict[str, Callable[[Any, Any, Any], float]] = {
    "accuracy": _accuracy,
    "f1_macro": _macro_f1,
    "balanced_accuracy": _balanced_accuracy,
}


@dataclass(frozen=True)
class TaskScorer:
    """A scorer of one task, called as ``scorer(estimator, X, y)``.

    Attributes
    ----------
    task : str
    metric : {"accuracy", "f1_macro", "balanced_accuracy"}
    tasks : tuple of str
        All tasks of the estimator, in the order of its outputs.
    missing_label : label or None
        Marks an unknown label in y, in addition to None, NaN, NA and texts such as ``"?"``.

    See Also
    --------
    scorers : Makes the scorers of all tasks.

    Examples
    --------
    >>> from dt4ecg.metrics import scorers
    >>> scorers(("identity", "activity"))["activity_accuracy"].task
    'activity'
    """

    task: str
    metric: str
    tasks: tuple[str, ...]
    missing_label: Any = UNKNOWN

    def __call__(self, estimator: Any, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the score; NaN, with a warning, if no label of y was trained."""
        from sklearn.exceptions import UndefinedMetricWarning

        from dt4ecg._common.label_columns import as_columns  # loads torch and scikit-learn

        column = self.tasks.index(self.task)
        labels = as_columns(y, self.tasks)
        predicted = np.asarray(estimator.predict(X)).reshape(labels.shape)[:, column]
        truth = labels[:, column]
        several = estimator.classes_ if len(self.tasks) > 1 else [estimator.classes_]
        scored = ~is_unknown(truth, self.missing_label) & is_among(truth, several[column])
        if not scored.any():
            warnings.warn(
                f"{self.metric}: no label of {self.task} in y was trained, so the score is NaN",
                UndefinedMetricWarning,
                stacklevel=2,
            )
            return float("nan")
        weight = None if sample_weight is None else np.asarray(sample_weight)[scored]
        # Labels that come as objects are texts or numbers here.
        truth, predicted = np.array(truth[scored].tolist()), np.array(predicted[scored].tolist())
        return _METRICS[self.metric](truth, predicted, weight)


def scorers(tasks: Any, missing_label: Any = UNKNOWN) -> dict[str, TaskScorer]:
    """Return scikit-learn scorers of each task.

    Parameters
    ----------
    tasks : DT4ECGClassifier or sequence of str
        A classifier, whose `tasks` and `missing_label` are taken, or the names of the tasks.
    missing_label : default -1
        Marks an unknown label in y, in addition to None, NaN, NA and texts such as ``"?"``.

    Returns
    -------
    scorers : dict of str to TaskScorer
        ``TASK_accuracy``, ``TASK_f1_macro`` and ``TASK_balanced_accuracy`` for each task. The
        dictionary is the ``scoring`` of :func:`sklearn.model_selection.cross_validate` and
        ``GridSearchCV``, and so is each of its values.

    Raises
    ------
    ValueError
        If there is no task, or two tasks have one name.

    Notes
    -----
    A row whose label is unknown, or was not among the training labels of the fold, is not scored.

    See Also
    --------
    report : Scores with confidence intervals.

    Examples
    --------
    >>> import dt4ecg
    >>> from sklearn.model_selection import cross_validate
    >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=30)
    >>> data = dt4ecg.datasets.from_recordings(recordings)
    >>> classifier = dt4ecg.DT4ECGClassifier(epochs=1)
    >>> found = cross_validate(
    ...     classifier,
    ...     data.X,
    ...     data.labels,
    ...     groups=data,
    ...     cv=dt4ecg.protocols.BlockedKFold(2),
    ...     scoring=dt4ecg.metrics.scorers(classifier),
    ... )
    >>> sorted(key for key in found if key.startswith("test_activity"))
    ['test_activity_accuracy', 'test_activity_balanced_accuracy', 'test_activity_f1_macro']
    """
    if hasattr(tasks, "predict"):
        tasks, missing_label = tasks.tasks, tasks.missing_label
    names: Sequence[str] = (tasks,) if isinstance(tasks, str) else tuple(tasks)
    if not names or len(set(names)) != len(names):
        raise ValueError(
            f"scorers: takes a classifier or different names of tasks, got {tasks!r}; pass, for "
            "example, ('identity', 'activity')"
        )
    marker = marker_of(missing_label)
    return {
        f"{task}_{metric}": TaskScorer(task, metric, tuple(names), marker)
        for task in names
        for metric in _METRICS
    }
