"""Plain arrays as the fields of a segment set."""

from __future__ import annotations

import numbers
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.defaults import TASKS, names_of_columns
from dt4ecg._common.labels import UNKNOWN, is_unknown, label_array, warn_of_marks

_OPERATION = "from_arrays"


def segments(X: Any) -> NDArray[np.float32]:
    """Return segments (n, T) or (n, leads, T) as finite float32 of shape (n, leads, T)."""
    from dt4ecg._common.arrays import require_finite, to_numpy  # loads torch

    samples = to_numpy(_OPERATION, X)
    if samples.ndim == 2:
        samples = samples[:, None]
    if samples.ndim != 3:
        raise ValueError(
            f"{_OPERATION}: X must have shape (n, T) or (n, leads, T), got {samples.shape}"
        )
    if samples.shape[1] > samples.shape[2]:
        raise ValueError(
            f"{_OPERATION}: X of shape {samples.shape} has more leads than samples; its axes are "
            "(n, leads, T), so swap the last two"
        )
    with np.errstate(over="ignore"):  # what is too large becomes infinite and is refused
        samples = samples.astype(np.float32, copy=False)
    require_finite(_OPERATION, samples)
    return samples


def encoded(
    y: Any,
    n: int,
    tasks: Sequence[str] | None,
    classes: Mapping[str, Sequence[str]] | None,
) -> tuple[NDArray[np.int64], dict[str, list[str]]]:
    """Return the class indexes (n, tasks) of labels in any form, and the class names by task.

    Raises
    ------
    ValueError
        If the labels do not fit the segments, the tasks or the classes.
    """
    columns = _columns(y, tasks)
    codes = np.full((n, len(columns)), UNKNOWN, dtype=np.int64)
    names = {}
    for i, (task, labels) in enumerate(columns.items()):
        if labels.ndim != 1:
            raise ValueError(
                f"{_OPERATION}: labels of {task} must have shape (n,), got {labels.shape}"
            )
        if len(labels) != n:
            raise ValueError(
                f"{_OPERATION}: y has {len(labels)} labels of {task}, but X has {n} segments"
            )
        given = None if classes is None else classes.get(task)
        codes[:, i], names[task] = encode(_OPERATION, task, labels, given)
    if classes is not None and not set(classes) <= set(names):
        raise ValueError(
            f"{_OPERATION}: classes names the tasks {sorted(classes)}, but y has {sorted(names)}"
        )
    return codes, names


def encode(
    operation: str, task: str, labels: NDArray[Any], classes: Sequence[str] | None
) -> tuple[NDArray[np.int64], list[str]]:
    """Return the class index of each label of a task, and the names of the classes.

    Parameters
    ----------
    operation, task : str
        For the error text.
    labels : array of object, shape (n,)
        Names, or whole numbers: indexes into ``classes`` if these are given, else names as well.
    classes : sequence of str, optional
        Names of the classes. By default the labels that occur, sorted.

    Raises
    ------
    ValueError
        If labels are neither texts nor whole numbers, or mix them, or are not among the classes.

    Warns
    -----
    UserWarning
        If a text marks an unknown label, or a class looks like a mark that became text.
    """
    unknown = is_unknown(labels)
    warn_of_marks(operation, task, labels.tolist(), stacklevel=6)
    known = labels[~unknown].tolist()
    values = [value for label in known if (value := _whole(label)) is not None]
    if len(values) == len(known):
        known_codes, names = _encode_numbers(operation, task, values, classes)
    elif all(isinstance(label, str) for label in known):
        known_codes, names = _encode_names(operation, task, known, classes)
    else:
        kinds = {type(label): label for label in known}.values()
        raise ValueError(
            f"{operation}: labels of {task} must be texts or whole numbers, and not both, got "
            f"{' and '.join(map(repr, kinds))}"
        )
    codes = np.full(len(labels), UNKNOWN, dtype=np.int64)
    codes[~unknown] = known_codes
    return codes, names


def _encode_numbers(
    operation: str, task: str, values: list[int], classes: Sequence[str] | None
) -> tuple[list[int], list[str]]:
    found = sorted(set(values))
    if classes is None:
        index_of = {value: i for i, value in enumerate(found)}
        return [index_of[value] for value in values], [str(value) for value in found]
    if found and not 0 <= found[0] <= found[-1] < len(classes):
        raise ValueError(
            f"{operation}: {task} codes must lie in 0 to {len(classes) - 1}, the indexes of its "
            f"classes, or be {UNKNOWN} where unknown, got {found[0]} to {found[-1]}"
        )
    return values, list(classes)


def _encode_names(
    operation: str, task: str, labels: list[str], classes: Sequence[str] | None
) -> tuple[list[int], list[str]]:
    found = sorted(set(labels))
    names = found if classes is None else list(classes)
    if other := sorted(set(found) - set(names)):
        raise ValueError(f"{operation}: {task} labels {other} are not among {names}")
    index_of = {name: i for i, name in enumerate(names)}
    return [index_of[label] for label in labels], names


def texts(name: str, values: Any, n: int) -> NDArray[np.str_]:
    """Return one text for each segment, empty where it is unknown.

    ``values`` has one for each segment, or is a single text for all. None: all are unknown.
    """
    if values is None or isinstance(values, str):
        return np.full(n, values or "")
    column = _one_for_each(name, values, n)
    column[is_unknown(column, None)] = ""
    return np.array([_text(value) for value in column.tolist()], dtype=str)


def recordings(
    groups: Any, subject: NDArray[np.str_], session: NDArray[np.str_]
) -> tuple[NDArray[np.int64], NDArray[np.str_]]:
    """Return the index and the name of each segment's recording.

    Whole numbers stay as they are; other groups are numbered in the order of their first segment.
    Without groups, a recording is a pair of subject and session.
    """
    if groups is None:
        pairs = zip(subject.tolist(), session.tolist(), strict=True)
        names = [" ".join(filter(None, pair)) for pair in pairs]
    else:
        column = _one_for_each("groups", groups, len(subject))
        if is_unknown(column, None).any():
            raise ValueError(f"{_OPERATION}: groups must name the recording of every segment")
        names = [_text(value) for value in column.tolist()]
        whole = [index for value in column.tolist() if (index := _whole(value)) is not None]
        if len(whole) == len(names):
            return np.array(whole, dtype=np.int64), np.array(names, dtype=str)
    number_of: dict[str, int] = {}
    order = [number_of.setdefault(name, len(number_of)) for name in names]
    return np.array(order, dtype=np.int64), np.array(names, dtype=str)


def times(start: Any, seconds: float, n: int) -> dict[str, NDArray[np.float64]]:
    """Return the columns ``start`` and ``stop`` in seconds; NaN without start times."""
    if start is None:
        begin = np.full(n, np.nan)
    else:
        begin = np.asarray(start)
        if begin.shape != (n,) or begin.dtype.kind not in "iuf" or not np.isfinite(begin).all():
            raise ValueError(
                f"{_OPERATION}: start must be {n} numbers, the seconds from the start of its "
                f"recording to each segment, got {begin.dtype} of shape {begin.shape}"
            )
    begin = begin.astype(np.float64)
    return {"start": begin, "stop": begin + seconds}


def named_columns(values: Any) -> dict[str, Any] | None:
    """Return the columns of a data frame or mapping by their names; None for anything else."""
    if isinstance(values, Mapping) or hasattr(values, "columns"):
        return {str(name): values[name] for name in getattr(values, "columns", values)}
    return None


def _columns(y: Any, tasks: Sequence[str] | None) -> dict[str, NDArray[np.object_]]:
    """Return the labels of each task: of a frame or mapping by name, else by position."""
    if isinstance(tasks, str):
        raise TypeError(f"{_OPERATION}: tasks must be a sequence of names, such as ({tasks!r},)")
    if y is None:
        return {}
    if (named := named_columns(y)) is not None:
        if tasks is None:
            tasks = [name for name in TASKS if name in named]
            tasks += [name for name in named if name not in TASKS]
        if missing := [name for name in tasks if name not in named]:
            raise ValueError(f"{_OPERATION}: y has the columns {[*named]}, but not {missing}")
        return {name: _as_objects(named[name]) for name in tasks}
    labels = _as_objects(y)
    if labels.ndim == 1:
        labels = labels[:, None]
    if labels.ndim != 2:
        raise ValueError(f"{_OPERATION}: y must have shape (n,) or (n, tasks), got {labels.shape}")
    tasks = names_of_columns(labels.shape[1]) if tasks is None else tasks
    if len(tasks) != labels.shape[1]:
        raise ValueError(
            f"{_OPERATION}: y has {labels.shape[1]} columns, but tasks names {len(tasks)}: "
            f"{', '.join(tasks)}"
        )
    return dict(zip(tasks, labels.T, strict=True))


def _one_for_each(name: str, values: Any, n: int) -> NDArray[np.object_]:
    column = _as_objects(values)
    if column.shape != (n,):
        raise ValueError(
            f"{_OPERATION}: {name} must have one value for each of the {n} segments, got the shape "
            f"{column.shape}"
        )
    return column


def _as_objects(values: Any) -> NDArray[np.object_]:
    """Return a new array in which numbers next to text stay numbers; masked values are None."""
    if isinstance(values, np.ma.MaskedArray):
        known = np.array(values.data, dtype=object)
        known[np.ma.getmaskarray(values)] = None
        return known
    return np.array(label_array(values), dtype=object)


def _whole(value: Any) -> int | None:
    """Return a whole number as an int, also if NaN in its column has turned it into a float."""
    if isinstance(value, numbers.Integral) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    return None


def _text(value: Any) -> str:
    whole = _whole(value)
    return str(value if whole is None else whole)
