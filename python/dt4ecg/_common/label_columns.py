"""Labels of several tasks as one array with a column per task."""

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np

from dt4ecg._common.arrays import refuse_mask
from dt4ecg._common.labels import label_array


def as_columns(y: Any, tasks: Sequence[str]) -> np.ndarray:
    """Return labels as an array (n, tasks) of numbers or objects.

    Parameters
    ----------
    y : array-like (n, tasks), or (n,) with a single task
        A data frame of pandas or polars has its columns taken by the names of the tasks, in any
        order. Columns without names, such as 0 and 1, are taken by position.
    tasks : sequence of str

    Raises
    ------
    ValueError
        If y has another shape or other columns, or holds infinite numbers.
    TypeError
        If y is a masked array.

    Examples
    --------
    >>> import pandas as pd
    >>> from dt4ecg._common.label_columns import as_columns
    >>> frame = pd.DataFrame({"activity": ["rest", "run"], "identity": ["Ann", "Bo"]})
    >>> as_columns(frame, ("identity", "activity")).tolist()
    [['Ann', 'rest'], ['Bo', 'run']]
    """
    if y is None:
        raise ValueError("DT4ECGClassifier: requires y to be passed, but the target y is None")
    refuse_mask("DT4ECGClassifier", y, "y.filled(missing_label)")
    labels = _of_frame(y, tasks) if _is_frame(y) else label_array(y)
    if labels.dtype.kind not in "OUS":
        from sklearn.utils.validation import check_array

        labels = check_array(
            labels, ensure_2d=False, dtype=None, input_name="y", ensure_all_finite="allow-nan"
        )
    if labels.ndim == 1 and len(tasks) == 1:
        labels = labels[:, None]
    if labels.ndim != 2 or labels.shape[1] != len(tasks):
        raise ValueError(
            f"DT4ECGClassifier: y must have one column per task ({', '.join(tasks)}), got the "
            f"shape {labels.shape}; name y's columns with tasks=(...)"
        )
    return labels


def side_by_side(columns: Sequence[np.ndarray]) -> np.ndarray:
    """Return columns (n,) as one array (n, columns); text next to numbers becomes objects."""
    if len({column.dtype.kind for column in columns}) == 1:
        return np.stack(columns, axis=1)
    found = np.empty((len(columns[0]), len(columns)), object)
    for index, column in enumerate(columns):
        found[:, index] = column
    return found


def _is_frame(y: Any) -> bool:
    return hasattr(y, "columns") and hasattr(y, "shape")


def _of_frame(y: Any, tasks: Sequence[str]) -> np.ndarray:
    """Return the columns of a data frame in the order of the tasks."""
    names = list(y.columns)
    if not _are_positions(names):
        _require_tasks(names, tasks)
        names = list(tasks)
    return side_by_side([label_array(y[name].to_list()) for name in names])


def _are_positions(names: Sequence[Any]) -> bool:
    """Return whether a frame was made without names: pandas counts, polars names column_0."""
    return names == [f"column_{i}" for i in range(len(names))] or (
        all(isinstance(name, numbers.Integral) for name in names) and len(set(names)) == len(names)
    )


def _require_tasks(names: Sequence[Any], tasks: Sequence[str]) -> None:
    lacking = [task for task in tasks if task not in names]
    others = [name for name in names if name not in tasks]
    if lacking or len(names) != len(tasks):
        found = ", ".join(map(repr, names))
        wrong = [f"it lacks {', '.join(map(repr, lacking))}"] if lacking else []
        wrong += [f"it also has {', '.join(map(repr, others))}"] if others else []
        raise ValueError(
            f"DT4ECGClassifier: the columns of y must be the tasks ({', '.join(tasks)}), got "
            f"{found}: {' and '.join(wrong) or 'a name occurs twice'}; select the columns by name, "
            "or pass y.to_numpy() to take them by position"
        )
