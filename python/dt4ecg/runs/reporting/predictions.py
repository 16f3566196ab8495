"""The labels and predictions of the test part that a report is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.protocols import Split


@dataclass(frozen=True, eq=False)
class ScoredTask:
    """Scored segments of one task: those with a known label that the model was trained on.

    Attributes
    ----------
    rows : int array (n,)
        Indices of the segments in the set.
    true, predicted : array of str (n,)
    confidence : array (n,)
        Probability of the predicted label.
    classes : list of str
        Labels of the data, then those that only the model knows.
    untrained : int
        Number of labelled test segments whose label the model was not trained on.
    """

    rows: NDArray[np.int64]
    true: NDArray[np.str_]
    predicted: NDArray[np.str_]
    confidence: NDArray[np.float64]
    classes: list[str]
    untrained: int

    @property
    def right(self) -> NDArray[np.bool_]:
        """Whether each prediction is right, shape (n,)."""
        return np.asarray(self.true == self.predicted)


def predict(classifier: DT4ECGClassifier, data: SegmentSet, split: Split) -> dict[str, ScoredTask]:
    """Predict the test part; a task without segments to score has no entry.

    Raises
    ------
    ValueError
        If model and data have no common task, the split is of a larger set, or the segments do not
        fit the model.
    """
    tasks = [task for task in classifier.tasks if task in data.tasks]
    if not tasks:
        raise ValueError(
            f"report: the model and the data have no task in common; the model has "
            f"{', '.join(classifier.tasks)}, the data have {', '.join(data.tasks)}"
        )
    test = split.test
    if not len(test) or test.max() >= len(data):
        raise ValueError(
            f"report: the test part needs at least one segment and belongs to a set of at least "
            f"{test.max() + 1 if len(test) else 1}, but this set has {len(data)}; pass the split "
            "of these data"
        )
    probabilities = classifier.predict_proba(data.X[test])
    of_task = [probabilities] if isinstance(probabilities, np.ndarray) else list(probabilities)
    found = {}
    for task in tasks:
        if task not in split.scored_tasks:
            continue
        trained = _names(classifier.classes_by_task[task], data.classes[task])
        proba = of_task[list(classifier.tasks).index(task)]
        labels = data.y[test, data.tasks.index(task)]
        names = np.array([*data.classes[task], ""])
        known = labels >= 0
        scored = known & np.isin(names[labels], trained)
        best = proba[scored].argmax(axis=1)
        if scored.any():
            found[task] = ScoredTask(
                rows=test[scored],
                true=names[labels[scored]],
                predicted=np.array(trained)[best],
                confidence=proba[scored].max(axis=1).astype(float),
                classes=[*data.classes[task], *(n for n in trained if n not in names)],
                untrained=int((known & ~scored).sum()),
            )
    return found


def _names(trained: NDArray[np.generic], classes: Sequence[str]) -> list[str]:
    """Return the names of the labels that a model was trained on, which may be indices."""
    names = [str(label) for label in trained]
    if set(names) <= set(classes):  # numbers such as ratings can be names
        return names
    if trained.dtype.kind in "iu" and len(trained) and trained.max() < len(classes):
        return [classes[int(label)] for label in trained]
    return names
