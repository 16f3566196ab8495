"""Columns of names, such as the person or the session of each segment."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.missing import is_missing_text
from dt4ecg._common.nested import as_array
from dt4ecg._common.wording import counted


def is_unknown(name: object) -> bool:
    """Return whether a label marks an unknown name: -1, None, NaN or a text such as "?".

    Examples
    --------
    >>> from dt4ecg._common.names import is_unknown
    >>> is_unknown(-1), is_unknown(None), is_unknown("Ann")
    (True, True, False)
    """
    return str(name) == "-1" or is_missing_text(str(name))


def known_names(
    operation: str, column: str, values: ArrayLike, n: int | None = None, row: str = "segment"
) -> NDArray[np.str_]:
    """Return one text for each of n segments, or of another kind of row.

    Raises
    ------
    ValueError
        If there is another number of them, or one is unknown.

    Examples
    --------
    >>> from dt4ecg._common.names import known_names
    >>> known_names("splice", "subject", ["Cy", 4], 2).tolist()
    ['Cy', '4']
    """
    found = as_array(f"{operation}: {column}", values)
    if found.ndim != 1 or not len(found) or (n is not None and len(found) != n):
        wanted = row if n is None else f"of the {counted(n, row)}"
        raise ValueError(
            f"{operation}: {column} must have one entry for each {wanted}, got the shape "
            f"{found.shape}"
        )
    unknown = sum(map(is_unknown, found.tolist()))
    if unknown:
        raise ValueError(
            f"{operation}: {column} is unknown for {unknown} of {counted(len(found), row)}; "
            "leave these out"
        )
    return np.array([str(value) for value in found.tolist()])
