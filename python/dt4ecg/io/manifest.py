"""Read the recordings that a ``manifest.csv`` lists."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from dt4ecg._common.limits import MAX_MAINS_FREQUENCY
from dt4ecg.io.excluded import parts_of
from dt4ecg.io.formats.wfdb import signal_files
from dt4ecg.io.leads import Leads
from dt4ecg.io.manifest_rows import OPTIONAL, REQUIRED, read_rows
from dt4ecg.io.rates import MAX_SAMPLING_RATE
from dt4ecg.io.read import described, read
from dt4ecg.io.recording import Interval, Recording

MANIFEST = "manifest.csv"
_LONGER = 1.0  # seconds by which an interval may exceed its recording, for rounded times


class Manifest(NamedTuple):
    """The usable recordings by the line that lists them first, and what is wrong on other lines."""

    recordings: dict[int, Recording]
    problems: dict[int, str]


class _Row(NamedTuple):
    """The cells of a row; ``start`` and ``stop`` are None if it is about the whole recording."""

    line: int
    path: Path
    cells: dict[str, str]
    start: float | None
    stop: float | None

    @property
    def is_interval(self) -> bool:
        return self.start is not None or self.stop is not None


class Reading(NamedTuple):
    """How to read the rows that do not say it themselves; see :func:`dt4ecg.read`."""

    mains_frequency: float
    sampling_rate: float | None = None
    leads: Leads | None = None


def read_manifest(manifest: Path, reading: Reading) -> Manifest:
    """Read every recording that a manifest lists.

    Parameters
    ----------
    manifest : Path
        A CSV file; see :func:`dt4ecg.datasets.load_recordings` for its columns.
    reading : Reading
        Values for rows that state none.

    Raises
    ------
    FileNotFoundError
        If there is no manifest.
    ValueError
        If the file is not a manifest. A bad row is not an error; see ``Manifest.problems``.
    """
    rows_of_file: dict[Path, list[_Row]] = {}
    problems: dict[int, str] = {}
    for line, cells in read_rows(manifest).items():
        try:
            row = _check_row(line, cells, manifest.parent)
            _check_repeated(row, rows_of_file.setdefault(row.path, []))
            rows_of_file[row.path].append(row)
        except (ValueError, OSError) as error:
            problems[line] = str(error)
    recordings: dict[int, Recording] = {}
    for rows in rows_of_file.values():
        if not rows:
            continue
        line = rows[0].line
        try:
            recordings[line] = _read_recording(rows, reading)
        except (ValueError, OSError) as error:
            problems[line] = str(error)
    return Manifest(recordings, problems)


def _check_row(line: int, cells: dict[str, str] | str, folder: Path) -> _Row:
    if isinstance(cells, str):
        raise ValueError(cells)
    if not cells["file"]:
        raise ValueError("file is empty")
    path = described(_path_inside(folder, cells["file"].replace("\\", "/")))
    if path.suffix.lower() == ".hea" and path.is_file():
        for file in signal_files(path.with_suffix("")):
            _path_inside(folder, str(file))
    start, stop = (_seconds(cells, column) for column in ("start", "stop"))
    if stop is not None and stop <= (start or 0.0):
        raise ValueError(f"stop must be after start, got {cells['start']!r} and {cells['stop']!r}")
    return _Row(line, path, cells, start, stop)


def _check_repeated(row: _Row, others: Sequence[_Row]) -> None:
    """Check that rows about one file are about its parts, and agree in all else."""
    if not others:
        return
    first = others[0]
    if not (row.is_interval and first.is_interval):
        raise ValueError(
            f"{row.cells['file']} is listed already, on line {first.line}; give both rows start "
            "and stop if they are about parts of it"
        )
    for column in row.cells:
        differs = row.cells[column] != first.cells[column]
        if differs and column in REQUIRED + OPTIONAL and column not in _MAY_DIFFER:
            raise ValueError(
                f"{column} is {row.cells[column]!r}, but {first.cells[column]!r} for the same file "
                f"on line {first.line}"
            )
    for other in others:
        if (row.start or 0.0) < (other.stop or math.inf) and (other.start or 0.0) < (
            row.stop or math.inf
        ):
            raise ValueError(f"start to stop overlaps with line {other.line} of the same file")


_MAY_DIFFER = ("file", "activity", "start", "stop")  # between rows about one file


def _read_recording(rows: Sequence[_Row], reading: Reading) -> Recording:
    cells = rows[0].cells
    is_whole = not rows[0].is_interval
    rate = _number(cells, "sampling_rate", MAX_SAMPLING_RATE)
    gaps = cells.get("gaps", "").split()
    if not all(gap.isdigit() for gap in gaps):
        raise ValueError(f"gaps must be sample numbers separated by spaces, got {cells['gaps']!r}")
    leads = cells.get("lead")
    recording = read(
        rows[0].path,
        rate or reading.sampling_rate,
        leads=[lead.strip() for lead in leads.split("|")] if leads else reading.leads,
        gaps=[int(gap) for gap in gaps],
        exclude=parts_of(cells.get("exclude", "")),
        # The events of a file count only if the manifest states no activity.
        activities=None if is_whole and not cells["activity"] else {},
        subject=cells["subject"] or None,
        activity=cells["activity"] or None if is_whole else None,
        session=cells.get("session") or None,
        name=cells["file"],
        mains_frequency=_number(cells, "mains_frequency", MAX_MAINS_FREQUENCY)
        or reading.mains_frequency,
    )
    if rate is not None:
        recording = replace(recording, rate_source="manifest")
    known = REQUIRED + OPTIONAL
    return replace(
        recording,
        labels=recording.labels if is_whole else _intervals(rows, recording.seconds),
        extra={column: cell for column, cell in cells.items() if column not in known},
    )


def _intervals(rows: Sequence[_Row], seconds: float) -> tuple[Interval, ...]:
    """Return the activities of the parts of a recording; parts without an activity have none."""
    intervals = []
    for row in sorted(rows, key=lambda row: row.start or 0.0):
        start, stop = row.start or 0.0, seconds if row.stop is None else row.stop
        if start >= seconds or stop > seconds + _LONGER:
            raise ValueError(
                f"{row.cells['file']}: line {row.line} is about {start:g} to {stop:g} s, but the "
                f"recording has {seconds:.3f} s; start and stop are seconds of stored samples"
            )
        if row.cells["activity"]:
            stop = min(stop, seconds)
            intervals.append(Interval(start, stop, "activity", row.cells["activity"]))
    return tuple(intervals)


def _path_inside(folder: Path, file: str) -> Path:
    """Return the path of a file, which must be in the folder.

    Manifests and WFDB headers may come from anyone. They must not make us read other files.
    """
    root = folder.resolve()
    try:
        path = (root / file).resolve()
    except (RuntimeError, ValueError) as error:  # a link to itself; a null character
        raise ValueError(f"{file!r} is not the path of a file ({error})") from None
    if not path.is_relative_to(root):
        raise ValueError(f"{file} lies outside the manifest's folder")
    return path


def _number(cells: Mapping[str, str], column: str, largest: float) -> float | None:
    """Return the number of Hz in a cell, or None if it is empty or the column is missing."""
    if not cells.get(column):
        return None
    value = _float(cells[column])
    if not 0 < value <= largest:
        raise ValueError(f"{column} must be a number in (0, {largest:g}] Hz, got {cells[column]!r}")
    return value


def _seconds(cells: Mapping[str, str], column: str) -> float | None:
    """Return the seconds in a cell, or None if it is empty or the column is missing."""
    if not cells.get(column):
        return None
    value = _float(cells[column])
    if not 0 <= value < math.inf:
        raise ValueError(f"{column} must be a number of seconds from 0, got {cells[column]!r}")
    return value


def _float(cell: str) -> float:
    try:
        return float(cell.replace(",", "."))  # decimal commas
    except ValueError:
        return math.nan
