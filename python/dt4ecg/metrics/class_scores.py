"""Scores of each class, from a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.tables import Columns

CLASS_COLUMNS = ("class", "n", "predicted", "correct", "precision", "recall", "f1")


def class_scores(confusion: NDArray[np.int64], classes: Sequence[str]) -> Columns:
    """Return counts, precision, recall and F1 of each class; a ratio of nothing is 0.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.class_scores import class_scores
    >>> class_scores(np.array([[2, 1], [0, 1]]), ["rest", "run"])["recall"].round(3).tolist()
    [0.667, 1.0]
    """
    n, predicted, correct = confusion.sum(axis=1), confusion.sum(axis=0), np.diag(confusion)
    ratios = (_ratio(correct, predicted), _ratio(correct, n), _ratio(2 * correct, n + predicted))
    return dict(zip(CLASS_COLUMNS, (classes, n, predicted, correct, *ratios), strict=True))


def _ratio(part: NDArray[Any], whole: NDArray[Any]) -> NDArray[np.float64]:
    ratio = np.zeros(len(whole))
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio
