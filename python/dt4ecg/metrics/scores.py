"""How often each task was right, and how sure that number is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dt4ecg._common.defaults import TASKS
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.metrics.statistics import wilson_interval


@dataclass(frozen=True, eq=False)
class TaskReport:
    """Scores of one task over its labelled segments, each from 0 to 1.

    ``precision``, ``recall`` and ``f1`` weight the classes by their number of segments, as the
    paper's do (its recall equals its accuracy); the ``_macro`` ones weight all classes equally.
    """

    n: int
    correct: int
    interval: tuple[float, float]  # Wilson, 95 %
    precision: float
    recall: float
    f1: float
    precision_macro: float
    recall_macro: float
    f1_macro: float
    confusion: np.ndarray  # (classes, classes) counts, rows are the truth
    classes: list[str]

    @property
    def accuracy(self) -> float:
        return self.correct / self.n

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, for JSON."""
        return {
            "accuracy": self.accuracy,
            "correct": self.correct,
            "n": self.n,
            "interval": list(self.interval),
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "precision_macro": self.precision_macro,
            "recall_macro": self.recall_macro,
            "f1_macro": self.f1_macro,
            "confusion": self.confusion.tolist(),
            "classes": self.classes,
        }

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.accuracy:.3f} ({self.correct}/{self.n}, 95 % CI {low:.3f}-{high:.3f})"


@dataclass(frozen=True, eq=False)
class Report:
    """Scores by task; None for a task without a labelled segment."""

    tasks: dict[str, TaskReport | None]

    def __getitem__(self, task: str) -> TaskReport | None:
        return self.tasks[task]

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers and lists, for JSON; null for a task that is not scored."""
        return {task: scores and scores.to_dict() for task, scores in self.tasks.items()}

    def __str__(self) -> str:
        width = max(len("task"), *map(len, self.tasks))
        accuracies = {task: str(scores or "not scored") for task, scores in self.tasks.items()}
        accuracy_width = max(map(len, accuracies.values()))
        names = ("precision", "recall", "F1", "macro F1")
        header = f"{'task':<{width}}  {'accuracy':<{accuracy_width}}  " + "  ".join(
            f"{name:>9}" for name in names
        )
        lines = [header.rstrip(), "-" * len(header)]
        for task, scores in self.tasks.items():
            line = f"{task:<{width}}  {accuracies[task]:<{accuracy_width}}  "
            if scores:
                values = (scores.precision, scores.recall, scores.f1, scores.f1_macro)
                line += "  ".join(f"{value:9.3f}" for value in values)
            lines.append(line.rstrip())
        return "\n".join(lines)


def report(
    y_true: Any,
    y_pred: Any,
    classes: Mapping[str, Sequence[Any]] | Sequence[Any] | None = None,
    missing_label: Any = UNKNOWN,
) -> Report:
    """Accuracy with its interval, precision, recall, F1 and confusion matrix of each task.

    Parameters
    ----------
    y_true, y_pred : (n,) or (n, tasks) array
        Integer labels index ``classes`` unless the class names are integers too; labels of another
        kind are the class names themselves.
    classes : dict of task to class names, or class names of the one task, optional
        Names and order of the classes, and of the tasks; default: the labels that occur, and
        identity and activity where there are two columns.
    missing_label : optional
        Segments with this true label do not count in their task; None counts every segment.

    Raises
    ------
    ValueError
        Shapes that differ, no segments, or a label outside ``classes``.
    """
    truth, predicted = np.asarray(y_true), np.asarray(y_pred)
    if truth.shape != predicted.shape or truth.ndim not in (1, 2) or not truth.size:
        raise ValueError(
            "report: y_true and y_pred must have one shape (n,) or (n, tasks) with n > 0, got "
            f"{truth.shape} and {predicted.shape}"
        )
    truth, predicted = truth.reshape(len(truth), -1), predicted.reshape(len(truth), -1)
    names = _names_by_task(classes, truth.shape[1])
    return Report(
        {
            task: _score(task, truth[:, i], predicted[:, i], names[task], missing_label)
            for i, task in enumerate(names)
        }
    )


def _names_by_task(classes: Any, n_tasks: int) -> dict[str, list[Any] | None]:
    if isinstance(classes, Mapping):
        names: dict[str, list[Any] | None] = {task: list(of) for task, of in classes.items()}
    elif classes is not None:
        names = {"label": list(classes)}
    else:
        default = {1: ("label",), 2: TASKS}
        names = dict.fromkeys(default.get(n_tasks, [f"task {i}" for i in range(n_tasks)]))
    if len(names) != n_tasks:
        raise ValueError(f"report: classes name {len(names)} tasks, the labels have {n_tasks}")
    return names


def _score(
    task: str, truth: np.ndarray, predicted: np.ndarray, names: list[Any] | None, missing_label: Any
) -> TaskReport | None:
    from sklearn.metrics import precision_recall_fscore_support

    labelled = slice(None) if missing_label is None else truth != missing_label
    truth, predicted = _as_text(truth[labelled]), _as_text(predicted[labelled])
    if not len(truth):
        return None
    found = np.union1d(truth, predicted)
    if names is None:
        labels, names = found, found.tolist()
    else:
        labels = np.asarray(names)
        if found.dtype.kind in "iu" and labels.dtype.kind not in "iu":
            labels = np.arange(len(names))
        if not np.isin(found, labels).all():
            raise ValueError(
                f"report: {task} has the labels {found[~np.isin(found, labels)].tolist()}, which "
                f"are none of its {len(names)} classes"
            )
    correct = int((truth == predicted).sum())
    weighted, macro = (
        precision_recall_fscore_support(truth, predicted, average=average, zero_division=0.0)[:3]
        for average in ("weighted", "macro")
    )
    return TaskReport(
        n=len(truth),
        correct=correct,
        interval=wilson_interval(correct, len(truth)),
        precision=float(weighted[0]),
        recall=float(weighted[1]),
        f1=float(weighted[2]),
        precision_macro=float(macro[0]),
        recall_macro=float(macro[1]),
        f1_macro=float(macro[2]),
        confusion=_confusion(truth, predicted, labels),
        classes=[str(name) for name in names],
    )


def _as_text(labels: np.ndarray) -> np.ndarray:
    """Labels as an array of strings if all are strings, as those of ``SegmentSet.labels`` are."""
    if labels.dtype == object and all(isinstance(label, str) for label in labels):
        return labels.astype(str)
    return labels


def _confusion(truth: np.ndarray, predicted: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Counts by true and predicted label; scikit-learn's warns where there is one class."""
    order = np.argsort(labels)
    rows, columns = (
        order[np.searchsorted(labels, part, sorter=order)] for part in (truth, predicted)
    )
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts
