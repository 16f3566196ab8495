"""Labels of clean and tampered segments."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.labels import is_unknown
from dt4ecg._common.nested import as_array


def two_labels(y: ArrayLike, n: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the two labels in ascending order, and 0 or 1 for each of n segments.

    Raises
    ------
    ValueError
        If there is another number of labels, or one is unknown, NaN or infinite.
    TypeError
        If the labels are of several types, or neither numbers nor texts.

    Examples
    --------
    >>> from dt4ecg.biometrics.tamper.labels import two_labels
    >>> two_labels(["real", "fake", "real"], 3)
    (array(['fake', 'real'], dtype='<U4'), array([1, 0, 1]))
    """
    labels = as_array("fit: y", y)
    if labels.shape != (n,):
        raise ValueError(
            f"fit: y must have one label for each of the {n} segments, got the shape {labels.shape}"
        )
    if labels.dtype.kind == "O":
        labels = _of_one_type(labels)
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise ValueError("fit: y has labels that are NaN or infinite; leave these segments out")
    classes, indices = np.unique(labels, return_inverse=True)
    if len(classes) != 2:
        raise ValueError(
            f"fit: y must have two labels, clean and tampered, got {len(classes)}; "
            "fit_on makes tampered segments from clean ones"
        )
    return classes, indices


def _of_one_type(labels: NDArray[Any]) -> NDArray[Any]:
    """Return an array of objects as an array of numbers, texts, or True and False."""
    values = labels.tolist()
    if unknown := int(is_unknown(labels, None).sum()):
        raise ValueError(
            f"fit: y is unknown for {unknown} of {len(values)} segments; leave these out"
        )
    if {_kind(value) for value in values} not in ({"bool"}, {"number"}, {"text"}):
        types = ", ".join(sorted({type(value).__name__ for value in values}))
        raise TypeError(
            "fit: y must have labels of one type, numbers, texts, or True and False, got objects "
            f"of {types}; convert them, for example with y.astype(str)"
        )
    return np.array(values)


def _kind(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "bool"
    if isinstance(value, numbers.Real):
        return "number"
    return "text" if isinstance(value, str) else "other"
