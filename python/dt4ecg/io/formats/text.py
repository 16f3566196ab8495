"""Read a text file: lines of samples below a header, as recorders and programs write them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from dt4ecg._common.files import require_regular_file
from dt4ecg._common.text import shortened
from dt4ecg.io.columns import Column, Kind
from dt4ecg.io.contents import FILE_HEADER, Event, FileContents, Signal
from dt4ecg.io.leads import is_ecg_name, is_other_quantity
from dt4ecg.io.rates import MAX_SAMPLING_RATE
from dt4ecg.io.text.body import find_body, is_header_of_numbers, sample_lines
from dt4ecg.io.text.dialects import find_dialect, is_labchart, require_interval
from dt4ecg.io.text.encoding import open_text
from dt4ecg.io.text.header import Header, read_header
from dt4ecg.io.text.layout import Layout, declared_delimiter, find_layout
from dt4ecg.io.text.table import MAX_LINE, Table, TableReader, blocks
from dt4ecg.io.time_column import best_clock, rate_of

_HEAD = 2**17  # characters that are read to find out how the file is written
_MAX_COLUMNS = 1024


class _Head(NamedTuple):
    """The first lines of a file, what they say, and the number of lines above the samples."""

    lines: list[str]
    layout: Layout
    columns: list[Column]
    header: Header
    first: int


def read(path: Path) -> FileContents:
    """Read the columns of a CSV or text file; see :mod:`dt4ecg.io.text` for what is understood.

    A JSON file with the same name gives the names of the columns and the sampling rate, as in BIDS.

    Raises
    ------
    ValueError
        If there are no samples, a cell is not a number, or lines differ in their number of cells.
        The text gives the line, what the cell looks like, and how to correct it.
    """
    sidecar = _sidecar(path)
    with open_text(path) as file:
        text = file.read(_HEAD) + file.readline(MAX_LINE)
        head = _read_head(text.split("\n"), sidecar)
        header_lines = {
            line.strip() for line in head.lines[: head.first] if re.search(r"[^\W\d]", line)
        }

        def is_header(line: str) -> bool:
            require_interval(line, head.header.sampling_rate)
            return line.strip() in header_lines or is_labchart(line)

        reader = TableReader(
            head.layout,
            head.columns,
            head.first + 1,
            is_header,
            not _double_spaced(head.lines[head.first :]),
        )
        start = sum(len(line) + 1 for line in head.lines[: head.first])
        table = reader.read(blocks(text[start:], file))
    return _contents(head, table)


def _read_head(lines: list[str], sidecar: Header | None) -> _Head:
    header = find_dialect(lines) or Header()
    first = header.n_lines or 0
    declared = declared_delimiter(lines[0])
    samples = sample_lines(lines[first:] if first else lines[declared is not None :])
    layout = find_layout(samples, declared)
    body = find_body(lines[first:], layout)
    first += body.first
    kinds = body.kinds
    if len(kinds) > _MAX_COLUMNS:
        raise ValueError(
            f"{len(kinds)} columns; leads are columns and samples are lines, so transpose the table"
        )
    if header.n_lines is None and sidecar is None:
        if is_header_of_numbers(lines[first:], layout):
            first += 1
        if _has_empty_last_column(lines, first, layout, len(kinds)):
            kinds = [*kinds, Kind.EMPTY]
        header = read_header(lines[declared is not None : first], layout, len(kinds))
    if sidecar is not None:
        header = sidecar
    header = _fitted(header, len(kinds))
    columns = [
        Column(kind, _may_hold_anything(kind, name))
        for kind, name in zip(kinds, header.names, strict=True)
    ]
    return _Head(lines, layout, columns, header, first)


def _may_hold_anything(kind: Kind, name: str) -> bool:
    """Return whether cells of a column that are not numbers are remarks, not errors."""
    if is_ecg_name(name):
        return False
    return kind is Kind.EMPTY or (bool(name) and is_other_quantity(Signal(np.empty(0), name)))


def _has_empty_last_column(lines: list[str], first: int, layout: Layout, n_cells: int) -> bool:
    """Return whether a last column has a name, although it is empty on most lines."""
    if first == 0 or layout.delimiter is None:
        return False
    above = layout.split(lines[first - 1])
    return len(above) == n_cells + 1 and bool(above[-1].strip())


def _fitted(header: Header, n_cells: int) -> Header:
    """Return a header without names that do not fit; a program may leave out its time column."""
    if len(header.names) == n_cells:
        return header
    if len(header.names) == n_cells + 1 and header.names[0] == "time":
        return replace(header, names=header.names[1:], units=header.units[1:])
    units = header.units if len(header.units) == n_cells else ()
    return replace(header, names=("",) * n_cells, units=units)


def _double_spaced(lines: list[str]) -> bool:
    """Return whether every second line is blank, as after two conversions of line ends."""
    some = lines[:100]
    return len(some) >= 20 and all(
        bool(line.strip()) == (i % 2 == 0) for i, line in enumerate(some)
    )


def _contents(head: _Head, table: Table) -> FileContents:
    header, n_samples = head.header, table.values.shape[1]
    if n_samples == 0:
        raise ValueError("no samples below the header")
    n_columns = len(head.columns)
    units = header.units if len(header.units) == n_columns else ("",) * n_columns
    timing = best_clock(table.values, head.columns, header.names, units)
    rate, source, doubts = rate_of(timing, header.sampling_rate, FILE_HEADER)
    notes = [*header.notes, *doubts]
    gaps = tuple(sorted({*timing.clock.gaps, *(i for i in table.restarts if 0 < i < n_samples)}))
    signals = []
    for i, column in enumerate(head.columns):
        if column.kind is Kind.TEXT:
            name = f" ({shortened(header.names[i], 40)})" if header.names[i] else ""
            notes.append(f"left out: column {i}{name} holds text")
        else:
            signals.append(Signal(table.values[i], header.names[i], units[i], rate, source, gaps))
    events: tuple[Event, ...] = ()
    if rate is not None and is_labchart(head.lines[0]):
        events = tuple(
            Event(index / rate, re.sub(r"^[*\d]+ ", "", text.strip()))
            for index, text in table.comments
        )
    return FileContents(tuple(signals), events, header.start_time, tuple(notes))


def _sidecar(path: Path) -> Header | None:
    """Return the facts of a BIDS file such as ``sub-1_physio.json`` next to the recording."""
    match = re.fullmatch(r"(.+)\.tsv(?:\.gz)?", path.name, re.IGNORECASE)
    if match is None:
        return None
    file = path.with_name(f"{match[1]}.json")
    try:
        require_regular_file(file)
    except OSError:
        return None
    if file.resolve().parent != path.resolve().parent:
        raise ValueError(f"{file.name} is a link to another folder; copy the file")
    with open_text(file) as text:
        try:
            facts = json.loads(text.read(MAX_LINE))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{file.name} is not JSON: {error}") from None
    if not isinstance(facts, dict):
        raise ValueError(f"{file.name} does not hold a JSON object")
    return _bids_header(facts, file.name)


def _bids_header(facts: dict[str, Any], name: str) -> Header:
    rate, columns = facts.get("SamplingFrequency"), facts.get("Columns", [])
    if (
        isinstance(rate, bool)
        or not isinstance(rate, (int, float))
        or not 0 < rate <= MAX_SAMPLING_RATE
    ):
        raise ValueError(
            f"{name}: SamplingFrequency must be a number in (0, {MAX_SAMPLING_RATE:g}] Hz, "
            f"got {rate!r}"
        )
    if not isinstance(columns, list):
        raise ValueError(f"{name}: Columns must be a list of names, got {columns!r}")
    names = tuple(map(str, columns))
    details = [facts.get(column) for column in names]
    units = tuple(str(d.get("Units", "")) if isinstance(d, dict) else "" for d in details)
    start = facts.get("StartTime")
    known = isinstance(start, (int, float)) and start != 0
    notes = (f"the first sample is at {start:g} s of the run (StartTime)",) if known else ()
    return Header(names, units, float(rate), notes=notes)
