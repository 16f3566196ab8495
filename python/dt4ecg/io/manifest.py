"""Read the recordings that a ``manifest.csv`` lists."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from dt4ecg._common.limits import MAX_MAINS_FREQUENCY
from dt4ecg.io.formats.wfdb import signal_files
from dt4ecg.io.read import read
from dt4ecg.io.recording import Recording

MANIFEST = "manifest.csv"
REQUIRED = ("file", "sampling_rate", "subject", "activity")
OPTIONAL = ("session", "gaps", "mains_frequency")
MAX_BYTES = 64 * 2**20
MAX_SAMPLING_RATE = 100_000.0  # Hz


class Manifest(NamedTuple):
    """The usable recordings by the line that lists them, and the reason for each other line."""

    recordings: dict[int, Recording]
    problems: dict[int, str]


class _Row(NamedTuple):
    path: Path
    cells: dict[str, str]


def read_manifest(manifest: Path, mains_frequency: float) -> Manifest:
    """Read every recording that a manifest lists.

    Parameters
    ----------
    manifest : Path
        A CSV file; see :func:`dt4ecg.datasets.load_recordings` for its columns.
    mains_frequency : float
        Mains frequency in Hz of rows that state none.

    Raises
    ------
    FileNotFoundError
        If there is no manifest.
    ValueError
        If the file is not a manifest. A bad row is not an error; see ``Manifest.problems``.
    """
    rows = _read_rows(manifest)
    recordings: dict[int, Recording] = {}
    problems: dict[int, str] = {}
    line_of_file: dict[Path, int] = {}
    for line, cells in rows.items():
        try:
            row = _check_row(cells, manifest.parent)
            if row.path in line_of_file:
                raise ValueError(
                    f"{row.cells['file']} is listed already, on line {line_of_file[row.path]}"
                )
            line_of_file[row.path] = line
            recordings[line] = _read_recording(row, mains_frequency)
        except (ValueError, OSError) as error:
            problems[line] = str(error)
    return Manifest(recordings, problems)


def _read_rows(manifest: Path) -> dict[int, dict[str | None, str]]:
    """Return the cells of each row, by the line on which it ends."""
    if not manifest.is_file():
        raise FileNotFoundError(
            f"load_recordings: no manifest at {manifest}; it is a CSV file with the columns "
            f"{', '.join(REQUIRED)} and optionally {', '.join(OPTIONAL)}"
        )
    size = manifest.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(
            f"{manifest}: {size} bytes are too many for a manifest; at most {MAX_BYTES}"
        )
    try:
        with open(manifest, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, skipinitialspace=True, strict=True)
            columns = [column.strip() for column in reader.fieldnames or ()]
            _check_columns(manifest, columns)
            reader.fieldnames = columns
            rows = {}
            for row in reader:
                rows[reader.line_num] = row
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{manifest}: not a CSV file in UTF-8 ({error})") from error
    if not rows:
        raise ValueError(f"{manifest}: lists no recordings")
    return rows


def _check_columns(manifest: Path, columns: list[str]) -> None:
    problems = [f"missing {column}" for column in REQUIRED if column not in columns]
    problems += [f"unknown {name!r}" for name in columns if name not in (*REQUIRED, *OPTIONAL)]
    problems += [f"{name} twice" for name in sorted({c for c in columns if columns.count(c) > 1})]
    if problems:
        raise ValueError(
            f"{manifest}: columns: {', '.join(problems)}; needs {', '.join(REQUIRED)}, "
            f"may have {', '.join(OPTIONAL)}"
        )


def _check_row(row: Mapping[str | None, str], folder: Path) -> _Row:
    if None in row or None in row.values():
        raise ValueError("the row has more or fewer cells than the header")
    cells = {str(column): cell.strip() for column, cell in row.items()}
    for column in ("file", "subject"):
        if not cells[column]:
            raise ValueError(f"{column} is empty")
    path = _path_inside(folder, cells["file"])
    if path.suffix.lower() == ".hea" and path.is_file():
        for file in signal_files(path.with_suffix("")):
            _path_inside(folder, str(file))
    return _Row(path, cells)


def _read_recording(row: _Row, default_mains_frequency: float) -> Recording:
    cells = row.cells
    rate = _rate(cells) if cells["sampling_rate"] else None
    mains = (
        _number(cells, "mains_frequency", MAX_MAINS_FREQUENCY)
        if cells.get("mains_frequency")
        else default_mains_frequency
    )
    gaps = cells.get("gaps", "").split()
    if not all(gap.isdigit() for gap in gaps):
        raise ValueError(f"gaps must be sample numbers separated by spaces, got {cells['gaps']!r}")
    recording = read(
        row.path,
        rate,
        gaps=[int(gap) for gap in gaps],
        subject=cells["subject"],
        activity=cells["activity"] or None,
        session=cells.get("session") or None,
        name=cells["file"],
        mains_frequency=mains,
    )
    return recording if rate is None else replace(recording, rate_source="manifest")


def _rate(cells: Mapping[str, str]) -> float:
    return _number(cells, "sampling_rate", MAX_SAMPLING_RATE)


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


def _number(cells: Mapping[str, str], column: str, largest: float) -> float:
    try:
        value = float(cells[column])
    except ValueError:
        value = math.nan
    if not 0 < value <= largest:
        raise ValueError(f"{column} must be a number in (0, {largest:g}] Hz, got {cells[column]!r}")
    return value
