"""Read the lines of samples of a text file, in blocks, so that memory and time stay bounded."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TextIO

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.limits import MAX_SAMPLES
from dt4ecg._common.text import shortened
from dt4ecg.io.columns import Column, Kind
from dt4ecg.io.text.cells import bare, describe, number, seconds
from dt4ecg.io.text.layout import Layout

_BLOCK = 2**18  # characters; a block with a lost sample is read line by line
MAX_LINE = 2**20  # characters
_QUOTED_COMMA = re.compile(r'"([^",\n]*),([^",\n]*)"')


@dataclass(frozen=True)
class Table:
    """The numbers of a text file, and what lies between them.

    Attributes
    ----------
    values : array, shape (columns, T)
        NaN for lost samples; times are in seconds; a column of text is NaN throughout.
    restarts : list of int
        Indexes of the samples before which a header is repeated.
    comments : list of (int, str)
        Texts after ``#``, by the index of their sample.
    """

    values: NDArray[np.float64]
    restarts: list[int]
    comments: list[tuple[int, str]]


def blocks(first: str, file: TextIO) -> Iterator[str]:
    """Return a text and the rest of a file in blocks of whole lines.

    Raises
    ------
    ValueError
        If a line is longer than ``MAX_LINE``.
    """
    rest = first
    while True:
        text = file.read(_BLOCK)
        block, mark, rest = (rest + text).rpartition("\n")
        if mark:
            yield block + mark
        if len(rest) > MAX_LINE:
            raise ValueError(f"a line has more than {MAX_LINE} characters; write lines of samples")
        if not text:
            break
    if rest:
        yield rest


@dataclass
class TableReader:
    """Read blocks of lines into columns.

    Parameters
    ----------
    layout : Layout
    columns : sequence of Column
    line : int
        Number of the first line, from 1, for messages.
    is_header : callable
        Whether a line repeats a line of the header.
    blank_lines_are_samples : bool, default True
        False if the line ends are doubled, so that every second line is blank.
    """

    layout: Layout
    columns: Sequence[Column]
    line: int
    is_header: Callable[[str], bool]
    blank_lines_are_samples: bool = True
    _found: list[NDArray[np.float64]] = field(default_factory=list)
    _n_rows: int = 0
    _n_blank: int = 0  # since the last sample; those at the end of the file are not samples
    _restarts: list[int] = field(default_factory=list)
    _comments: list[tuple[int, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        numbers = not any(column.kind in (Kind.TIMES, Kind.TEXT) for column in self.columns)
        self._plain = numbers and self.layout.decimal == "."

    def read(self, blocks: Iterator[str]) -> Table:
        """Read all blocks.

        Raises
        ------
        ValueError
            If a cell is not a number, lines differ in their number of cells, or there are too many.
            The text gives the line.
        """
        for block in blocks:
            rows = self._parse_fast(block)
            if rows is None:
                self._add(self._parse_lines(block))
            else:
                self._add_blank_lines()
                self._add(rows)
            self.line += block.count("\n")
        values = np.concatenate(self._found) if self._found else np.empty((0, len(self.columns)))
        return Table(np.ascontiguousarray(values.T), self._restarts, self._comments)

    def _add(self, rows: NDArray[np.float64]) -> None:
        self._n_rows += len(rows)
        if self._n_rows * len(self.columns) > MAX_SAMPLES:
            raise ValueError(f"more than {MAX_SAMPLES} samples; split the recording")
        self._found.append(rows)

    def _add_blank_lines(self) -> None:
        self._add(np.full((self._n_blank, len(self.columns)), np.nan))
        self._n_blank = 0

    def _parse_fast(self, block: str) -> NDArray[np.float64] | None:
        """Return the rows of a block without comments, blank lines and lost samples, or None."""
        n_lines = block.count("\n") + (not block.endswith("\n"))
        n_columns, mark = len(self.columns), self.layout.delimiter
        if self.layout.decimal == ",":
            if "." in block:
                return None
            quoted = self.layout.delimiter == ","
            block = _QUOTED_COMMA.sub(r"\1.\2", block) if quoted else block.replace(",", ".")
        block = block.replace('"', "")
        if not block.strip():
            return None
        n_marks = block.count(mark) if mark else n_lines * (n_columns - 1)
        if n_marks not in (n_lines * (n_columns - 1), n_lines * n_columns):
            return None
        converters: dict[int | str, Callable[[str], float]] = {
            i: _seconds_or_nan if column.kind is Kind.TIMES else _nan
            for i, column in enumerate(self.columns)
            if column.kind in (Kind.TIMES, Kind.TEXT)
        }
        try:
            rows: NDArray[np.float64] = np.loadtxt(
                io.StringIO(block),
                delimiter=mark,
                ndmin=2,
                comments=None,
                usecols=list(range(n_columns)) if mark else None,
                converters=converters or None,
            )
        except ValueError:
            return None
        return rows if rows.shape == (n_lines, n_columns) else None

    def _parse_lines(self, block: str) -> NDArray[np.float64]:
        rows: list[list[float]] = []
        lost = [math.nan] * len(self.columns)
        for offset, line in enumerate(block.removesuffix("\n").split("\n")):
            values = self._plain_numbers(line)
            if values is None:
                text, mark, comment = line.partition("#")
                if not text.strip() and not mark:
                    self._n_blank += self.blank_lines_are_samples
                    continue
                index = self._n_rows + len(rows) + (self._n_blank if text.strip() else 0)
                if self.is_header(line):
                    if self._restarts[-1:] != [index]:
                        self._restarts.append(index)
                    continue
                if mark:
                    self._comments.append((index, comment))
                if not text.strip():
                    continue
                values = self._parse_line(text, self.line + offset)
            rows += [lost] * self._n_blank
            self._n_blank = 0
            rows.append(values)
        return np.array(rows, dtype=np.float64).reshape(-1, len(self.columns))

    def _plain_numbers(self, line: str) -> list[float] | None:
        """Return the numbers of a line if each cell is one, as most are."""
        if not self._plain or "_" in line:  # Python takes 1_000 for a number
            return None
        try:
            values = [float(cell) for cell in line.split(self.layout.delimiter)]
        except ValueError:
            return None
        return values if len(values) == len(self.columns) else None

    def _parse_line(self, text: str, line: int) -> list[float]:
        n_columns = len(self.columns)
        alone = n_columns == 1 and self.layout.delimiter is None  # "0.5 mV" is one bad cell
        cells = [text] if alone else self.layout.split(text)
        if len(cells) == n_columns + 1 and not cells[-1].strip():
            cells.pop()
        if len(cells) != n_columns:
            comma = "" if self.layout.delimiter != "," else ", and without decimal commas"
            raise ValueError(
                f"line {line} has {len(cells)} cells, where others have {n_columns}: "
                f"{shortened(text.strip(), 60)!r}; write one number per lead on every line{comma}"
            )
        return [
            self._value(cell, column, line)
            for cell, column in zip(cells, self.columns, strict=True)
        ]

    def _value(self, cell: str, column: Column, line: int) -> float:
        if column.kind is Kind.TEXT:
            return math.nan
        value = number(cell, self.layout.decimal)
        if value is None and column.kind is Kind.TIMES:
            value = seconds(cell)
        if value is None:
            if column.lenient:
                return math.nan
            raise ValueError(
                f"line {line}: {shortened(bare(cell), 40)!r} is not a number but looks like "
                f"{describe(cell)}"
            )
        return value


def _seconds_or_nan(cell: str) -> float:
    value = seconds(cell)
    if value is None:
        value = number(cell)
    if value is None:
        raise ValueError(cell)  # the block is read line by line, for a better text
    return value


def _nan(cell: str) -> float:
    return math.nan
