"""Find out how a text file separates columns and writes decimals."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from dt4ecg.io.text.cells import bare, number, seconds

DELIMITERS = (";", "\t", ",", None)  # in the order in which they are tried; None: spaces
_DECLARED = re.compile(r'"?sep=(\\t|.)"?\s*', re.IGNORECASE)
_INTEGERS = re.compile(r"\s*([+-]?)(\d*)(?:,(\d+))?\s*")
_ENOUGH_LINES = 20  # to take a second part of one digit for a decimal
_LEADING_ZERO = re.compile(r"[+-]?0\d+")


class Layout(NamedTuple):
    """The character between cells, None for any number of spaces, and the decimal mark."""

    delimiter: str | None
    decimal: str = "."

    def split(self, line: str) -> list[str]:
        """Return the cells of a line. Delimiters in double quotes do not separate."""
        if '"' not in line:
            return line.split(self.delimiter)
        mark = self.delimiter or " "
        try:
            return next(csv.reader([line], delimiter=mark, skipinitialspace=True), [])
        except csv.Error:  # a null character, or a very long cell
            return [line]

    def cells(self, line: str) -> list[str]:
        """Return the cells of a line of samples without comment and without a last empty cell."""
        cells = self.split(line.partition("#")[0])
        return cells[:-1] if len(cells) > 1 and not cells[-1].strip() else cells


def declared_delimiter(line: str) -> str | None:
    r"""Return the delimiter of a line such as ``sep=;``, as spreadsheets read and write it."""
    match = _DECLARED.fullmatch(line)
    return match[1].replace("\\t", "\t") if match else None


def find_layout(lines: Sequence[str], declared: str | None = None) -> Layout:
    """Return the layout in which most lines of samples hold numbers only.

    Parameters
    ----------
    lines : sequence of str
        Lines of samples, in part or all.
    declared : str, optional
        The delimiter that the file declares.

    Raises
    ------
    ValueError
        If one mark separates columns and the parts of numbers.
    """
    candidates = [
        Layout(delimiter, decimal)
        for delimiter in ([declared] if declared else DELIMITERS)
        if delimiter is None or sum(delimiter in line for line in lines) * 2 >= len(lines)
        for decimal in ".,"
        if (delimiter, decimal) != (",", ",") or any('"' in line for line in lines)
    ]
    best = max(candidates, key=lambda layout: _fit(layout, lines))
    if best == Layout(",") and _commas_are_decimal(lines):
        return Layout(None, ",")
    if best.decimal == "." and best.delimiter in (",", None):
        _refuse_two_meanings(lines, best)
    return best


def _fit(layout: Layout, lines: Sequence[str]) -> tuple[int, int]:
    """Return the number of lines of numbers and times, and the number of such cells."""
    n_lines, n_cells = 0, 0
    for line in lines:
        known = [
            number(cell, layout.decimal) is not None or seconds(cell) is not None
            for cell in layout.cells(line)
        ]
        n_lines += all(known)
        n_cells += sum(known)
    return n_lines, n_cells


def _commas_are_decimal(lines: Sequence[str]) -> bool:
    """Return whether ``-79,9`` in lines of at most one comma is one number, not two.

    It is one number if the parts cannot be two integers, because one is -0 or has a leading zero,
    or if no second part has more than one digit, which is too coarse for a lead.
    """
    parts = [match.groups() for line in lines if (match := _INTEGERS.fullmatch(line))]
    decimals = [part for part in parts if part[2] is not None]
    if len(parts) < len(lines) or len(decimals) < 0.8 * len(lines):
        return False
    if any((sign == "-" and whole == "0") or whole == "" for sign, whole, _ in decimals):
        return True
    if any(len(second) > 1 and second[0] == "0" for _, _, second in decimals):
        return True
    return len(decimals) >= _ENOUGH_LINES and all(len(second) == 1 for _, _, second in decimals)


def _refuse_two_meanings(lines: Sequence[str], layout: Layout) -> None:
    """Refuse numbers that the delimiter cuts in two: integers have no leading zeros.

    The first part of a number may have them, as names such as 007 in the first column have.
    """
    rows = [[bare(cell) for cell in layout.split(line)] for line in lines]
    if any("." in cell for row in rows for cell in row):
        return
    for cell in (cell for row in rows for cell in row[1:]):
        if _LEADING_ZERO.fullmatch(cell):
            mark = "decimal commas" if layout.delimiter else "spaces between thousands"
            raise ValueError(
                f"{mark} in a file whose columns the same mark separates: {cell!r} is not an "
                "integer; separate the columns by semicolons, and write numbers with decimal points"
            )
