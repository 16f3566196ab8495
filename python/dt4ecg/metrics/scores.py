"""Accuracy, precision, recall, F1 and confusion matrix of each task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.defaults import names_of_columns
from dt4ecg._common.labels import UNKNOWN, is_among, is_unknown, marker_of
from dt4ecg._common.tables import frame, html_table
from dt4ecg._common.wording import counted
from dt4ecg.metrics.class_scores import CLASS_COLUMNS, class_scores
from dt4ecg.metrics.statistics import wilson_interval

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False)
class TaskReport:
    """Scores of one task over its labelled segments, each from 0 to 1.

    Attributes
    ----------
    n : int
        Number of segments with a known label that was trained.
    correct : int
        Number of these that are predicted correctly.
    interval : (float, float)
        95 % Wilson interval of the accuracy, see :func:`wilson_interval`.
    precision, recall, f1 : float
        Means over the classes, weighted by the number of segments of each class, as in the paper.
        The weighted recall equals the accuracy. A class without predictions has precision 0.
    precision_macro, recall_macro, f1_macro : float
        Means over the classes with equal weights. A class that occurs neither in the labels nor
        in the predictions has no part.
    confusion : ndarray of shape (classes, classes), int64
        Counts; rows are the true classes, columns the predicted ones.
    classes : list of str
        Names of the classes, in the order of the rows of ``confusion``. The accuracy of a task
        with one class says nothing, and its text has the words "one class".

    See Also
    --------
    report : Makes the scores of all tasks.

    Examples
    --------
    >>> from dt4ecg.metrics import report
    >>> scores = report([0, 0, 0, 1], [0, 0, 1, 1], classes=["rest", "run"])["label"]
    >>> print(scores)
    0.750 (3/4, 95 % CI 0.301-0.954)
    >>> scores.confusion
    array([[2, 1],
           [0, 1]])
    """

    n: int
    correct: int
    interval: tuple[float, float]
    precision: float
    recall: float
    f1: float
    precision_macro: float
    recall_macro: float
    f1_macro: float
    confusion: NDArray[np.int64]
    classes: list[str]

    @property
    def accuracy(self) -> float:
        """Fraction of the labelled segments that are predicted correctly."""
        return self.correct / self.n

    def to_dict(self) -> dict[str, Any]:
        """Return all scores as plain numbers and lists, for JSON.

        Examples
        --------
        >>> from dt4ecg import metrics
        >>> true, predicted = [["anna"], ["ben"]], [["anna"], ["anna"]]
        >>> found = metrics.report(true, predicted, {"who": ["anna", "ben"]})
        >>> found.tasks["who"].to_dict()["confusion"]
        [[1, 0], [1, 0]]
        """
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

    def to_frame(self) -> pandas.DataFrame:
        """Return counts, precision, recall and F1 of each class as a data frame.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> from dt4ecg.metrics import report
        >>> scores = report([0, 0, 0, 1], [0, 0, 1, 1], classes=["rest", "run"])["label"]
        >>> scores.to_frame()[["n", "predicted", "correct", "precision"]]
               n  predicted  correct  precision
        class
        rest   3          2        2        1.0
        run    1          2        1        0.5
        """
        return frame(class_scores(self.confusion, self.classes)).set_index("class")

    def _repr_html_(self) -> str:
        return html_table(str(self), class_scores(self.confusion, self.classes))

    def __str__(self) -> str:
        low, high = self.interval
        one_class = ", one class" if len(self.classes) == 1 else ""
        return (
            f"{self.accuracy:.3f} ({self.correct}/{self.n}, 95 % CI {low:.3f}-{high:.3f}"
            f"{one_class})"
        )


@dataclass(frozen=True, eq=False)
class Report:
    """Scores of all tasks.

    ``report[task]`` is the :class:`TaskReport` of a task, and ``print(report)`` shows a table.

    Attributes
    ----------
    tasks : dict of str to TaskReport or None
        Scores by task; None for a task without segments to score.
    untrained : dict of str to (int, int)
        For each task with segments whose label was never trained: their number, and the number of
        labelled segments. They are not scored, since no prediction of them can be right.

    See Also
    --------
    report : Makes this report.

    Examples
    --------
    >>> from dt4ecg.metrics import report
    >>> scores = report([[0, 1], [1, -1], [0, 0]], [[0, 0], [1, 1], [0, 0]])
    >>> scores["identity"].accuracy, scores["activity"].n
    (1.0, 2)
    >>> print(scores)
    task      accuracy                          precision     recall         F1   macro F1
    --------------------------------------------------------------------------------------
    identity  1.000 (3/3, 95 % CI 0.439-1.000)      1.000      1.000      1.000      1.000
    activity  0.500 (1/2, 95 % CI 0.095-0.905)      0.250      0.500      0.333      0.333
    """

    tasks: dict[str, TaskReport | None]
    untrained: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __getitem__(self, task: str) -> TaskReport | None:
        return self.tasks[task]

    def to_dict(self) -> dict[str, Any]:
        """Return all scores as plain numbers and lists, for JSON; None for an unscored task.

        Examples
        --------
        >>> from dt4ecg import metrics
        >>> true, predicted = [["anna"], ["ben"]], [["anna"], ["anna"]]
        >>> found = metrics.report(true, predicted, {"who": ["anna", "ben"]})
        >>> found.to_dict()["who"]["accuracy"]
        0.5
        """
        return {task: scores and scores.to_dict() for task, scores in self.tasks.items()}

    @property
    def notes(self) -> list[str]:
        """Sentences about scores that say little; ``print(report)`` shows them below the table."""
        found = [
            f"{task} of {count} of {labelled} rows was never trained: they are not scored"
            for task, (count, labelled) in self.untrained.items()
        ]
        for task, scores in self.tasks.items():
            if scores and not scores.confusion[:, scores.confusion.any(axis=1)].any():
                found.append(f"{task}: no true class was ever predicted; was one of them trained?")
        return found

    def to_frame(self) -> pandas.DataFrame:
        """Return the scores of each class of all tasks as a data frame.

        The index is the pair of task and class. A task that is not scored has no row.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> from dt4ecg.metrics import report
        >>> report([[0, 1], [1, -1]], [[0, 0], [1, 1]]).to_frame()["correct"]
        task      class
        identity  0        1
                  1        1
        activity  0        0
                  1        0
        Name: correct, dtype: int64
        """
        scored = {task: scores for task, scores in self.tasks.items() if scores}
        parts = [class_scores(scores.confusion, scores.classes) for scores in scored.values()]
        tasks = [task for task, scores in scored.items() for _ in scores.classes]
        columns = {name: [v for part in parts for v in part[name]] for name in CLASS_COLUMNS}
        return frame({"task": tasks, **columns}).set_index(["task", "class"])

    def _repr_html_(self) -> str:
        rows = self.tasks.values()
        names = {"precision": "precision", "recall": "recall", "F1": "f1", "macro F1": "f1_macro"}
        table = html_table(
            "Scores",
            {
                "task": [*self.tasks],
                "accuracy": [str(scores or "not scored") for scores in rows],
                **{
                    name: [getattr(scores, attribute, None) for scores in rows]
                    for name, attribute in names.items()
                },
            },
        )
        return table + html_table("Notes", {"note": self.notes}) if self.notes else table

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
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join(lines)


def report(
    y_true: Any,
    y_pred: Any,
    classes: Mapping[str, Sequence[Any]] | Sequence[Any] | None = None,
    missing_label: Any = UNKNOWN,
    trained: Mapping[str, Any] | None = None,
) -> Report:
    """Score predictions: accuracy with its interval, precision, recall, F1, confusion matrix.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,) or (n, tasks)
        True and predicted labels. Integers are indices into the class names, unless the class
        names are integers too. Labels of another type are the class names themselves.
    classes : dict of str to sequence, or sequence, optional
        Names of the classes of each task, in the order of the label columns; for one task also
        its class names alone. By default the classes are the labels that occur. The tasks are then
        called ``identity`` and ``activity`` for two columns, and ``label`` for one.
    missing_label : default -1
        True label of segments that do not count in a task. None, NaN, NA and texts such as
        ``"?"`` never count.
    trained : dict of str to sequence, optional
        The labels that the model of each task was trained on, such as
        ``classifier.classes_by_task``. A segment with another label is not scored, but counted and
        mentioned. By default every label is taken as trained.

    Returns
    -------
    Report
        The scores of each task; None for a task without segments to score.

    Raises
    ------
    ValueError
        If the shapes differ, if there are no segments, if ``classes`` names another number of
        tasks, or if a label is not a class.

    See Also
    --------
    dt4ecg.plots.confusion_matrix : Draws a task's confusion matrix.

    Notes
    -----
    Precision, recall and F1 are those of
    :func:`sklearn.metrics.precision_recall_fscore_support` with ``zero_division=0``.

    Examples
    --------
    >>> from dt4ecg.metrics import report
    >>> scores = report(
    ...     y_true=[["ann", "rest"], ["bob", "run"], ["bob", "run"]],
    ...     y_pred=[["ann", "rest"], ["bob", "run"], ["ann", "run"]],
    ...     classes={"identity": ["ann", "bob"], "activity": ["rest", "run"]},
    ... )
    >>> print(scores["identity"])
    0.667 (2/3, 95 % CI 0.208-0.939)
    >>> scores["identity"].confusion.tolist()
    [[1, 0], [1, 1]]

    A person who was not in the training part cannot be recognised:

    >>> scores = report(["ann", "cy"], ["ann", "bob"], trained={"label": ["ann", "bob"]})
    >>> print(*scores.notes)
    label of 1 of 2 rows was never trained: they are not scored
    """
    truth, predicted = np.asarray(y_true), np.asarray(y_pred)
    if truth.shape != predicted.shape or truth.ndim not in (1, 2) or not truth.size:
        raise ValueError(
            "report: y_true and y_pred must have one shape (n,) or (n, tasks) with n > 0, got "
            f"{truth.shape} and {predicted.shape}"
        )
    truth, predicted = truth.reshape(len(truth), -1), predicted.reshape(len(truth), -1)
    names = _names_by_task(classes, truth.shape[1])
    tasks, untrained = {}, {}
    for i, task in enumerate(names):
        known = ~is_unknown(truth[:, i], marker_of(missing_label))
        scored = known.copy()
        if trained is not None and task in trained:
            scored &= is_among(truth[:, i], trained[task])
        if (known & ~scored).any():
            untrained[task] = (int((known & ~scored).sum()), int(known.sum()))
        tasks[task] = _score(task, truth[scored, i], predicted[scored, i], names[task])
    return Report(tasks, untrained)


def _names_by_task(classes: Any, n_tasks: int) -> dict[str, list[Any] | None]:
    """Return the class names of each task in the order of the columns; None where not given."""
    names: dict[str, list[Any] | None]
    if isinstance(classes, Mapping):
        names = {task: list(of_task) for task, of_task in classes.items()}
    elif classes is not None:
        names = {"label": list(classes)}
    else:
        names = dict.fromkeys(names_of_columns(n_tasks))
    if len(names) != n_tasks:
        raise ValueError(
            f"report: classes name {counted(len(names), 'task')}, but the labels have {n_tasks}; "
            "give one entry for each column of the labels"
        )
    return names


def _score(
    task: str,
    truth: NDArray[Any],
    predicted: NDArray[Any],
    names: list[Any] | None,
) -> TaskReport | None:
    from sklearn.metrics import precision_recall_fscore_support

    truth, predicted = _plain(truth), _plain(predicted)
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
                f"are not among its {counted(len(names), 'class', 'classes')}"
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


def _plain(labels: NDArray[Any]) -> NDArray[Any]:
    """Turn objects, such as ``SegmentSet.labels``, into texts or numbers, and codes into integers.

    NumPy and pandas store integers next to None or NaN as objects or floats.
    """
    if labels.dtype == object and len({isinstance(label, str) for label in labels}) == 1:
        labels = np.array(labels.tolist())
    if labels.dtype.kind == "f" and np.array_equal(labels, labels.round()):
        labels = labels.astype(np.int64)
    return labels


def _confusion(truth: NDArray[Any], predicted: NDArray[Any], labels: NDArray[Any]) -> NDArray[Any]:
    """Return counts by true and predicted label.

    scikit-learn's ``confusion_matrix`` warns if only one class occurs.
    """
    order = np.argsort(labels)
    rows, columns = (
        order[np.searchsorted(labels, part, sorter=order)] for part in (truth, predicted)
    )
    counts = np.zeros((len(labels), len(labels)), dtype=np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts
