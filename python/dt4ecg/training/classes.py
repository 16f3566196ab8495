"""Labels of several tasks as class indices, and class indices as labels."""

import numbers
from collections.abc import Collection, Sequence, Sized
from typing import Any

import numpy as np
import torch
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array

from dt4ecg._common.arrays import refuse_mask
from dt4ecg._common.labels import UNKNOWN


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


def as_columns(y: Any, tasks: Sequence[str]) -> np.ndarray:
    """Return labels as an array (n, tasks) of numbers or objects.

    Parameters
    ----------
    y : array-like (n, tasks), or (n,) with a single task
    tasks : sequence of str

    Raises
    ------
    ValueError
        If y has another shape, or holds NaN.
    TypeError
        If y is a masked array.
    """
    if y is None:
        raise ValueError("DT4ECGClassifier: requires y to be passed, but the target y is None")
    labels = _as_array(y)
    if labels.dtype.kind not in "OUS":
        labels = check_array(labels, ensure_2d=False, dtype=None, input_name="y")
    if labels.ndim == 1 and len(tasks) == 1:
        labels = labels[:, None]
    if labels.ndim != 2 or labels.shape[1] != len(tasks):
        raise ValueError(
            f"DT4ECGClassifier: y must have one column per task ({', '.join(tasks)}), got the "
            f"shape {labels.shape}; name y's columns with tasks=(...)"
        )
    return labels


def is_missing(column: np.ndarray, missing_label: Any) -> np.ndarray:
    """Return where a column (n,) holds the label that marks an unknown one."""
    if missing_label is None:
        return np.zeros(len(column), bool)
    return np.array([label == missing_label for label in column.tolist()], bool)


def learn_classes(
    y: np.ndarray, tasks: Sequence[str], missing_label: Any
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Find the classes of each task.

    Parameters
    ----------
    y : array (n, tasks)
        From :func:`as_columns`.
    tasks : sequence of str
    missing_label : label or None

    Returns
    -------
    indices : int64 array (n, tasks)
        Class index of each label, `UNKNOWN` where the label is unknown.
    classes : list of arrays
        The different labels of each task, sorted.

    Raises
    ------
    ValueError
        If a task has no label, labels of several kinds, or numbers that are not classes.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training.classes import learn_classes
    >>> y = np.array([["Bo", "rest"], ["Ann", ""]], dtype=object)
    >>> indices, classes = learn_classes(y, ("identity", "activity"), missing_label="")
    >>> indices.tolist()
    [[1, 0], [0, -1]]
    >>> [of_task.tolist() for of_task in classes]
    [['Ann', 'Bo'], ['rest']]
    """
    indices = np.full(y.shape, UNKNOWN, np.int64)
    classes = []
    for task, name in enumerate(tasks):
        known = ~is_missing(y[:, task], missing_label)
        if not known.any():
            raise ValueError(f"fit: no row of y has a label for {name}; leave that task out")
        labels = y[known, task].tolist()
        _require_one_kind(name, labels)
        column = np.array(labels)
        check_classification_targets(column)
        found, indices[known, task] = np.unique(column, return_inverse=True)
        classes.append(found)
    return indices, classes


def class_indices(y: np.ndarray, classes: Sequence[np.ndarray], missing_label: Any) -> np.ndarray:
    """Return class indices (n, tasks), `UNKNOWN` for labels that are unknown or not a class."""
    indices = np.full(y.shape, UNKNOWN, np.int64)
    for task, known in enumerate(classes):
        index_of = {label: index for index, label in enumerate(known.tolist())}
        missing = is_missing(y[:, task], missing_label)
        indices[:, task] = [
            UNKNOWN if absent else index_of.get(label, UNKNOWN)
            for label, absent in zip(y[:, task].tolist(), missing, strict=True)
        ]
    return indices


def side_by_side(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return columns (n,) as one array (n, columns); text next to numbers becomes objects."""
    if len({column.dtype.kind for column in columns}) == 1:
        return np.stack(columns, axis=1)
    found = np.empty((len(columns[0]), len(columns)), object)
    for index, column in enumerate(columns):
        found[:, index] = column
    return found


def _as_array(y: Any) -> np.ndarray:
    """Return labels as an array in which numbers next to text stay numbers."""
    refuse_mask("DT4ECGClassifier", y, "y.filled(missing_label)")
    if isinstance(y, torch.Tensor):
        tensor: np.ndarray = y.numpy(force=True)
        return tensor
    array = np.asarray(y)
    if array.dtype.kind in "US" and not hasattr(y, "dtype"):
        return np.array(y, dtype=object)
    return array


def _require_one_kind(task: str, labels: list[Any]) -> None:
    text = next((label for label in labels if isinstance(label, str)), None)
    number = next((label for label in labels if isinstance(label, numbers.Number)), None)
    if text is not None and number is not None:
        raise ValueError(
            f"fit: labels of {task} mix text and numbers, such as {text!r} and {number!r}; use one "
            "kind, and missing_label for unknown labels"
        )
