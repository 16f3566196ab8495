"""Read samples from a text file: one line per sample, one column per lead."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg.io.contents import FileContents, Signal

DELIMITERS = (";", "\t", ",")  # tried in this order; without any of them, spaces delimit


def read(path: Path) -> FileContents:
    """Read the columns of a CSV or text file, with or without a header line.

    Raises
    ------
    ValueError
        If there are no samples, a cell is not a number or lines differ in their number of cells.
    """
    with open(path, encoding="utf-8-sig") as file:
        first = file.readline()
        delimiter = next((mark for mark in DELIMITERS if mark in first), None)
        header = not all(_is_number(cell) for cell in first.split(delimiter))
        lines: Iterator[str] = file if header else chain([first], file)
        start = next((line for line in lines if line.strip()), None)
        if start is None:
            raise ValueError("no samples")
        try:
            rows: NDArray[Any] = np.loadtxt(
                chain([start], lines), delimiter=delimiter, ndmin=2, comments=None
            )
        except ValueError as error:
            below = " (counted below the header)" if header else ""
            comma = ", and decimal points" if "," in start and delimiter != "," else ""
            raise ValueError(
                f"{error}{below}; use one number per lead on every line, nan for a lost one{comma}"
            ) from error
    names = [cell.strip() for cell in first.split(delimiter)] if header else []
    if len(names) != rows.shape[1]:
        names = [""] * rows.shape[1]
    return FileContents(
        tuple(Signal(column, name) for column, name in zip(rows.T, names, strict=True))
    )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
