"""The marks of an unknown label, and texts that may be meant as one."""

from __future__ import annotations

import numbers
import sys
import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.missing import is_missing_text

UNKNOWN = -1
"""Marks an unknown label, both among class indices and among label names.

Class indices are the columns of ``SegmentSet.y``; label names are ``SegmentSet.labels``, an object
array of strings in which unknown labels are this integer. The C++ core uses the same value.
"""


def label_array(labels: Any) -> NDArray[Any]:
    """Return labels as an array in which numbers next to text stay numbers.

    Examples
    --------
    >>> from dt4ecg._common.labels import label_array
    >>> label_array(["Ann", 3]).tolist()
    ['Ann', 3]
    """
    if hasattr(labels, "detach"):  # a tensor
        labels = labels.numpy(force=True)
    try:
        array = np.asarray(labels)
    except ValueError:  # rows of different lengths
        return np.array(labels, dtype=object)
    if array.dtype.kind in "US" and not hasattr(labels, "dtype"):
        return np.array(labels, dtype=object)
    return array


def is_unknown(labels: NDArray[Any], marker: Any = UNKNOWN) -> NDArray[np.bool_]:
    """Return which labels are unknown.

    None, NaN, NaT, ``pandas.NA`` and ``MISSING_TEXTS``, such as the empty text, ``"?"`` and
    ``"n/a"``, mark an unknown label, and so does ``marker``.

    Parameters
    ----------
    labels : array of any shape and dtype
    marker : default -1
        A further mark; None for no further one.

    Returns
    -------
    array of bool
        The shape is that of ``labels``.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg._common.labels import is_unknown
    >>> is_unknown(np.array(["rest", "?", None, np.nan, -1, 0], dtype=object)).tolist()
    [False, True, True, True, True, False]
    """
    found = [_is_missing(label) or _equal(label, marker) for label in labels.ravel().tolist()]
    return np.array(found, dtype=bool).reshape(labels.shape)


def marker_of(missing_label: Any) -> Any:
    """Return the mark of an unknown label for :func:`is_unknown`; None for NaN, NaT and NA.

    Examples
    --------
    >>> from dt4ecg._common.labels import marker_of
    >>> marker_of(-1), marker_of(float("nan")), marker_of("")
    (-1, None, '')
    """
    if isinstance(missing_label, str):
        return missing_label
    return None if _is_missing(missing_label) else missing_label


def is_among(labels: NDArray[Any], classes: Iterable[Any]) -> NDArray[np.bool_]:
    """Return which labels (n,) are classes.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg._common.labels import is_among
    >>> is_among(np.array(["Ann", "Cy"]), ["Ann", "Bo"]).tolist()
    [True, False]
    """
    known = set(np.asarray(classes).tolist())
    return np.array([label in known for label in labels.tolist()], dtype=bool)


def warn_of_marks(
    operation: str, task: str, labels: Iterable[Any], marker: Any = UNKNOWN, stacklevel: int = 2
) -> None:
    """Warn of texts that :func:`is_unknown` takes for marks, and of marks that it takes for names.

    ``np.array(["rest", -1])`` holds the text ``"-1"``, which is a name. The empty text and
    ``marker`` give no warning.

    Parameters
    ----------
    operation, task : str
    labels : iterable of labels
    marker : default -1
    stacklevel : int, default=2
        As in :func:`warnings.warn`.

    Examples
    --------
    >>> import warnings
    >>> from dt4ecg._common.labels import warn_of_marks
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     warn_of_marks("fit", "activity", ["rest", "none", "-1"])
    >>> print(caught[0].message)
    fit: activity has labels 'none', which mean that the label is unknown; rename a class ...
    >>> print(caught[1].message)
    fit: activity has the class '-1', which looks like an unknown label ...
    """
    texts = {label for label in labels if isinstance(label, str)}
    marks = sorted(text for text in texts if text and text != marker and is_missing_text(text))
    if marks:
        warnings.warn(
            f"{operation}: {task} has labels {', '.join(map(repr, marks))}, which mean that the "
            "label is unknown; rename a class of that name, or pass None to be sure",
            UserWarning,
            stacklevel,
        )
    numeral = isinstance(marker, numbers.Real)
    numerals = {str(marker), str(float(marker)), f"{float(marker):g}"} if numeral else set()
    for name in sorted(texts & numerals):
        warnings.warn(
            f"{operation}: {task} has the class {name!r}, which looks like an unknown label that "
            "NumPy turned into text; pass a list of rows, or an array with dtype=object",
            UserWarning,
            stacklevel,
        )


def _is_missing(label: Any) -> bool:
    pandas = sys.modules.get("pandas")  # only code that has imported pandas can hold its marks
    if label is None or (pandas is not None and label is pandas.NA):
        return True
    if isinstance(label, str):
        return is_missing_text(label)
    return bool(label != label)  # NaN and NaT differ from themselves


def _equal(label: Any, marker: Any) -> bool:
    return marker is not None and bool(label == marker)
