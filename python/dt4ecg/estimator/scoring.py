"""The score of a classifier: the mean of its tasks' accuracies over rows that can be scored."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.exceptions import UndefinedMetricWarning

from dt4ecg._common.labels import is_among, is_unknown


def mean_accuracy(
    labels: np.ndarray,
    predicted: np.ndarray,
    classes: Mapping[str, np.ndarray],
    missing_label: Any,
    weight: np.ndarray,
    stacklevel: int = 3,
) -> float:
    """Return the mean of the tasks' accuracies.

    Parameters
    ----------
    labels, predicted : array (n, tasks)
    classes : dict of str to array
        The labels that each task was trained on. A row with another label is not scored for the
        task, since no prediction of it can be right.
    missing_label : label or None
    weight : array (n,)
    stacklevel : int, default=3
        As in :func:`warnings.warn`: by default the caller of the function that calls this one.

    Returns
    -------
    score : float
        NaN if no row has a label that was trained. A task with one class has a part only if all
        tasks that can be scored have one class.

    Raises
    ------
    ValueError
        If no row has both a label and a weight above 0.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.estimator.scoring import mean_accuracy
    >>> labels, predicted = np.array([["Ann"], ["Bo"]]), np.array([["Ann"], ["Ann"]])
    >>> mean_accuracy(labels, predicted, {"who": np.array(["Ann", "Bo"])}, -1, np.ones(2))
    0.5
    """
    accuracies: dict[str, float] = {}
    untrained = []
    labelled = 0
    for column, (task, trained) in enumerate(classes.items()):
        known = ~is_unknown(labels[:, column], missing_label) & (weight > 0)
        scored = known & is_among(labels[:, column], trained)
        labelled += int(known.sum())
        if (known & ~scored).any():
            untrained.append(f"{task} of {(known & ~scored).sum()} of {known.sum()} rows")
        if scored.any():
            right = predicted[scored, column] == labels[scored, column]
            accuracies[task] = float(np.average(right, weights=weight[scored]))
    if not labelled:
        raise ValueError("score: no row of y has a label for any task, and a weight above 0")
    if untrained:
        warnings.warn(
            f"score: {' and '.join(untrained)} was never trained; these rows are not scored for "
            "that task. Use folds that train every class, or classifiers of the other tasks",
            UserWarning,
            stacklevel,
        )
    if not accuracies:
        warnings.warn(
            "score: no label of y was trained, so the score is NaN",
            UndefinedMetricWarning,
            stacklevel,
        )
        return float("nan")
    several = [accuracy for task, accuracy in accuracies.items() if len(classes[task]) > 1]
    return float(np.mean(several or list(accuracies.values())))
