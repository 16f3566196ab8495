"""Read MATLAB files."""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.limits import MAX_LEADS, MAX_SAMPLES
from dt4ecg.io.contents import FileContents
from dt4ecg.io.named_arrays import from_named_arrays

_NUMBERS = ("double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64")
_HDF5 = b"\x89HDF"


def read(path: Path) -> FileContents:
    """Read the only matrix of samples, and the sampling rate if a number such as ``fs`` states it.

    Leads are the rows or the columns, whichever are fewer.

    Raises
    ------
    ValueError
        If the file is damaged, too large, of version 7.3, or does not hold exactly one matrix.
    """
    from scipy import io

    with open(path, "rb") as file:
        start = file.read(1024)
    if _HDF5 in start:
        raise ValueError("MATLAB files of version 7.3 are not read; save the file with '-v7'")
    try:
        names = [name for name, shape, kind in io.whosmat(str(path)) if _is_signal(shape, kind)]
        stored = io.loadmat(str(path), variable_names=names)
        arrays = {name: _leads_first(np.asarray(stored[name])) for name in names}
    except Exception as error:  # scipy passes on every error of its parser
        raise ValueError(f"not a sound MATLAB file ({error})") from error
    return from_named_arrays(arrays)


def _is_signal(shape: tuple[int, ...], kind: str) -> bool:
    if kind not in _NUMBERS or len(shape) != 2 or 0 in shape:
        return False
    if prod(shape) > MAX_SAMPLES:
        raise ValueError(f"a matrix of shape {shape} has more than {MAX_SAMPLES} samples")
    return True


def _leads_first(matrix: NDArray[Any]) -> NDArray[Any]:
    columns_are_leads = matrix.shape[1] <= MAX_LEADS and matrix.shape[1] < matrix.shape[0]
    return np.ascontiguousarray(matrix.T if columns_are_leads else matrix)
