"""Find the first line of samples, and the kind of each column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from dt4ecg._common.text import shortened
from dt4ecg.io.columns import Kind
from dt4ecg.io.text.cells import bare, is_missing, number, seconds
from dt4ecg.io.text.header import COMMENT
from dt4ecg.io.text.layout import Layout

_SNIFFED_LINES = 300
_FAR = 20  # times the range of the samples: a number this far away is not a sample
_ENOUGH_LINES = 50  # to know the range of the samples


class Body(NamedTuple):
    """The index of the first line of samples, and the kind of each column."""

    first: int
    kinds: list[Kind]


def sample_lines(lines: Sequence[str]) -> list[str]:
    """Return the last of some lines without comments and blank lines; most of them hold samples."""
    filled = [line for line in lines if line.strip() and not COMMENT.match(line)]
    return [line.partition("#")[0] for line in filled[-_SNIFFED_LINES:]][len(filled) > 3 :]


def find_body(lines: Sequence[str], layout: Layout) -> Body:
    """Find the samples below a header of any length.

    Raises
    ------
    ValueError
        If no line holds samples.
    """
    samples = [layout.cells(line) for line in sample_lines(lines)]
    # The last lines decide on the number of cells, since a header may hold numbers.
    n_cells = Counter(map(len, samples)).most_common(1)[0][0] if samples else 0
    samples = [cells for cells in samples if len(cells) == n_cells]
    # A short file has lines of names and units among its last lines.
    samples = samples[next((i for i, row in enumerate(samples) if _has_value(row, layout)), 0) :]
    kinds = [_kind([row[column] for row in samples], layout) for column in range(n_cells)]
    first = next(
        (i for i, line in enumerate(lines) if _are_samples(line, layout, kinds)), len(lines)
    )
    if first == len(lines):
        raise ValueError("no samples: no line holds a number")
    while first and _is_lost(layout.split(lines[first - 1]), n_cells):
        first -= 1
    _refuse_other_samples(lines[:first], layout, n_cells)
    return Body(first, kinds)


def is_header_of_numbers(rows: Sequence[str], layout: Layout) -> bool:
    """Return whether the first of some lines of samples is a header, such as the 0 of pandas.

    It is a header if it counts the columns from 0 and does not look like the samples below, or if
    it holds integers that are more than 20 times the range of the samples away from them.
    """
    table = [layout.cells(row) for row in rows[:_SNIFFED_LINES] if row.strip()]
    cells = [bare(cell) for cell in table[0]]
    numbers = [[number(cell, layout.decimal) for cell in row] for row in table[1:]]
    others = np.array(
        [row for row in numbers if len(row) == len(cells) and None not in row], dtype=np.float64
    )
    if len(others) < 2 or not all(cell.isdecimal() for cell in cells if cell):
        return False
    has_index = cells[0] == "" and len(cells) > 1  # the rows are numbered, without a name
    if has_index:
        cells, others = cells[1:], others[:, 1:]
    if not all(cells):
        return False
    complete = np.isfinite(others).all(axis=0)
    first, others = np.array(cells, dtype=np.float64)[complete], others[:, complete]
    low, high = others.min(axis=0), others.max(axis=0)
    distance = np.maximum(low - first, first - high)
    if cells == [str(i) for i in range(len(cells))]:
        steps = np.abs(np.diff(others, axis=0)).max(axis=0)
        fractions = len(cells) > 1 and bool(np.any(np.all(others % 1 != 0, axis=0)))
        return has_index or fractions or bool(np.any(distance > steps))
    known = len(others) >= _ENOUGH_LINES and bool(np.all(complete)) and bool(np.all(high > low))
    return known and bool(np.all(distance > _FAR * (high - low)))


def _refuse_other_samples(header: Sequence[str], layout: Layout, n_cells: int) -> None:
    """Refuse samples of another number of columns, which would be lost as lines of a header."""
    for line in header:
        cells = [] if COMMENT.match(line) else layout.cells(line)
        numbers = [number(cell, layout.decimal) for cell in cells if not is_missing(cell)]
        if len(cells) not in (1, n_cells) and len(numbers) > 1 and None not in numbers:
            raise ValueError(
                f"a line of numbers above the samples has {len(cells)} cells, the last lines have "
                f"{n_cells}: {shortened(line.strip(), 60)!r}; write one number per lead on every "
                "line, or remove the line"
            )


def _has_value(cells: Sequence[str], layout: Layout) -> bool:
    return any(
        not is_missing(cell)
        and (number(cell, layout.decimal) is not None or seconds(cell) is not None)
        for cell in cells
    )


def _kind(cells: Sequence[str], layout: Layout) -> Kind:
    filled = [cell for cell in cells if not is_missing(cell)]
    if not filled:
        return Kind.NUMBERS if any(map(bare, cells)) or not cells else Kind.EMPTY
    if all(bare(cell)[:1].isalpha() for cell in filled):
        return Kind.TEXT
    if all(number(cell, layout.decimal) is None and seconds(cell) is not None for cell in filled):
        return Kind.TIMES
    return Kind.NUMBERS


def _are_samples(line: str, layout: Layout, kinds: Sequence[Kind]) -> bool:
    """Return whether a line has a number or a time in each column, and at least one number."""
    if COMMENT.match(line):
        return False
    cells = layout.cells(line)
    if len(cells) != len(kinds):
        return False
    found = False
    for cell, kind in zip(cells, kinds, strict=True):
        value = number(cell, layout.decimal)
        if kind in (Kind.NUMBERS, Kind.EMPTY) and value is None:
            return False
        if kind is Kind.TIMES and value is None and seconds(cell) is None:
            return False
        found = found or (kind is Kind.NUMBERS and not is_missing(cell))
    return found


def _is_lost(cells: Sequence[str], n_cells: int) -> bool:
    """Return whether the cells mark one lost sample of every column."""
    return len(cells) == n_cells and any(map(bare, cells)) and all(map(is_missing, cells))
