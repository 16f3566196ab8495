"""Rows of a CSV file of a data set, with errors that name the file and the line."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path


class Row(dict[str, str]):
    """The cells of one line by column, and the place of the line."""

    def __init__(self, cells: dict[str, str], place: str) -> None:
        super().__init__(cells)
        self.place = place

    def number(self, column: str) -> float:
        """Return the finite number of a column."""
        try:
            value = float(self[column])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(
                f"{self.place}: {column} must be a number, got {self[column]!r}; download the set "
                "again"
            )
        return value


def csv_rows(path: Path, columns: Sequence[str]) -> list[Row]:
    """Return the rows of a file.

    Raises
    ------
    ValueError
        If a column is missing, a line is too short, or the file is not text.
    """
    try:
        with open(path, encoding="ascii", newline="") as file:
            lines = [*csv.reader(file)]
    except (csv.Error, UnicodeError) as error:
        raise ValueError(
            f"{path.name}: not a text table ({error}); download the set again"
        ) from None
    head = lines[0] if lines else []
    if missing := [column for column in columns if column not in head]:
        raise ValueError(
            f"{path.name}: it has no column {', '.join(missing)}; download the set again"
        )
    rows = []
    for number, cells in enumerate(lines[1:], 2):
        if len(cells) != len(head):
            raise ValueError(
                f"{path.name}, line {number}: it has {len(cells)} cells, and the header has "
                f"{len(head)}; download the set again"
            )
        rows.append(Row(dict(zip(head, cells, strict=True)), f"{path.name}, line {number}"))
    return rows
