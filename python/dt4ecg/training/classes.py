"""Labels of several tasks as class indices, and class indices as labels."""

import numbers
import warnings
from collections.abc import Collection, Sequence, Sized
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from dt4ecg._common.labels import UNKNOWN, is_among, is_unknown, warn_of_marks
from dt4ecg.training.class_names import warn_of_doubtful_names


def task_names(tasks: Any) -> tuple[str, ...]:
    """Return the names of the tasks; raise ValueError unless they are different texts."""
    several = isinstance(tasks, Collection) and not isinstance(tasks, str)
    names = tuple(tasks) if several else ()
    texts = {name for name in names if isinstance(name, str)}
    if not names or len(texts) != len(names):
        raise ValueError(
            "DT4ECGClassifier: tasks must be a sequence of different names, such as "
            f"('identity',), got {tasks!r}"
        )
    return names


def require_equal_lengths(operation: str, X: Sized, y: Sized) -> None:
    """Raise ValueError unless there is one row of labels per segment."""
    if len(X) != len(y):
        raise ValueError(
            f"{operation}: X and y have inconsistent numbers of samples: {len(X)} and {len(y)}"
        )


def learn_classes(
    y: np.ndarray, tasks: Sequence[str], missing_label: Any
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Find the classes of each task.

    Parameters
    ----------
    y : array (n, tasks)
        From :func:`dt4ecg._common.label_columns.as_columns`.
    tasks : sequence of str
    missing_label : label or None
        Marks an unknown label, in addition to None, NaN, NA and texts such as ``"?"``.

    Returns
    -------
    indices : int64 array (n, tasks)
        Class index of each label, `UNKNOWN` where the label is unknown.
    classes : list of arrays
        The different labels of each task, sorted.

    Raises
    ------
    ValueError
        If a task has no label, labels of several kinds, texts that end with a null character, or
        numbers that are not classes.

    Warns
    -----
    UserWarning
        If texts mark unknown labels or look so, or names differ only in case or in spaces.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training.classes import learn_classes
    >>> y = np.array([["Bo", "rest"], ["Ann", ""]], dtype=object)
    >>> indices, classes = learn_classes(y, ("identity", "activity"), missing_label=-1)
    >>> indices.tolist()
    [[1, 0], [0, -1]]
    >>> [of_task.tolist() for of_task in classes]
    [['Ann', 'Bo'], ['rest']]
    """
    indices = np.full(y.shape, UNKNOWN, np.int64)
    classes = []
    for task, name in enumerate(tasks):
        known = ~is_unknown(y[:, task], missing_label)
        if not known.any():
            raise ValueError(f"fit: no row of y has a label for {name}; leave that task out")
        labels = y[known, task].tolist()
        _require_one_kind(name, labels)
        warn_of_marks("fit", name, y[:, task].tolist(), missing_label, stacklevel=5)  # fit's caller
        warn_of_doubtful_names(name, labels, stacklevel=5)
        column = np.array(labels)
        check_classification_targets(column)
        found, indices[known, task] = np.unique(column, return_inverse=True)
        classes.append(found)
    return indices, classes


def warn_of_single_classes(
    classes: Sequence[np.ndarray], tasks: Sequence[str], stacklevel: int = 2
) -> None:
    """Warn of tasks that have one class, so that every prediction of them is right."""
    for task, found in zip(tasks, classes, strict=True):
        if len(found) == 1:
            warnings.warn(
                f"fit: {task} has one class, {found[0].item()!r}: it has nothing to learn, and its "
                "accuracy says nothing; add segments of another class, or leave the task out",
                UserWarning,
                stacklevel,
            )


def warn_of_untrained(
    y: np.ndarray,
    classes: Sequence[np.ndarray],
    tasks: Sequence[str],
    missing_label: Any,
    stacklevel: int = 2,
) -> None:
    """Warn of validation labels (n, tasks) that training does not contain."""
    for column, (task, trained) in enumerate(zip(tasks, classes, strict=True)):
        known = ~is_unknown(y[:, column], missing_label)
        new = known & ~is_among(y[:, column], trained)
        if new.any():
            warnings.warn(
                f"fit: validation_data: {task} of {new.sum()} of {known.sum()} rows is not among "
                "the labels of y; these rows are not scored for that task",
                UserWarning,
                stacklevel,
            )


def class_indices(y: np.ndarray, classes: Sequence[np.ndarray], missing_label: Any) -> np.ndarray:
    """Return class indices (n, tasks), `UNKNOWN` for labels that are unknown or not a class."""
    indices = np.full(y.shape, UNKNOWN, np.int64)
    for task, known in enumerate(classes):
        index_of = {label: index for index, label in enumerate(known.tolist())}
        missing = is_unknown(y[:, task], missing_label)
        indices[:, task] = [
            UNKNOWN if absent else index_of.get(label, UNKNOWN)
            for label, absent in zip(y[:, task].tolist(), missing, strict=True)
        ]
    return indices


def _require_one_kind(task: str, labels: list[Any]) -> None:
    if any(isinstance(label, str) and label.endswith("\0") for label in labels):
        raise ValueError(
            f"fit: a label of {task} ends with a null character, which NumPy does not store; "
            "remove it"
        )
    text = next((label for label in labels if isinstance(label, str)), None)
    number = next((label for label in labels if isinstance(label, numbers.Number)), None)
    if text is not None and number is not None:
        raise ValueError(
            f"fit: labels of {task} mix text and numbers, such as {text!r} and {number!r}; use one "
            "kind, and missing_label for unknown labels"
        )
