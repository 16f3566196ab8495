"""Nested sequences as arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def as_array(operation: str, x: Any) -> NDArray[Any]:
    """Return a nested sequence as an array.

    Raises
    ------
    ValueError
        If its rows have different lengths.

    Examples
    --------
    >>> from dt4ecg._common.nested import as_array
    >>> as_array("fit", [[1, 2], [3, 4]]).shape
    (2, 2)
    """
    try:
        return np.asarray(x)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        lengths = [len(row) if hasattr(row, "__len__") else 1 for row in x]
        least, most = min(lengths), max(lengths)
        found = "" if least == most else f", got rows of {least} to {most} entries"
        raise ValueError(
            f"{operation}: all rows must have the same length{found}; cut or pad them first"
        ) from error
