"""Read the rows of a manifest, whatever program saved it."""

from __future__ import annotations

import csv
import difflib
import io
import warnings
from pathlib import Path

from dt4ecg._common.missing import is_missing_text
from dt4ecg._common.text import shortened
from dt4ecg.io.text.encoding import open_text
from dt4ecg.io.text.layout import DELIMITERS, declared_delimiter

REQUIRED = ("file", "subject", "activity")
OPTIONAL = (
    "sampling_rate",
    "session",
    "lead",
    "start",
    "stop",
    "exclude",
    "gaps",
    "mains_frequency",
)
MAX_BYTES = 64 * 2**20


def read_rows(manifest: Path) -> dict[int, dict[str, str] | str]:
    """Return the cells of each row by column, or the reason why it has none, by its last line.

    The delimiter is that of the header. Missing values become the empty text.

    Raises
    ------
    FileNotFoundError
        If there is no manifest.
    ValueError
        If the file is not a table with the columns ``REQUIRED``, or has no rows.
    """
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
        with open_text(manifest) as file:
            rows = _parse(manifest, file.read())
    except (ValueError, csv.Error) as error:
        if str(error).startswith(str(manifest)):
            raise
        raise ValueError(f"{manifest}: not a CSV file ({error})") from error
    if not rows:
        raise ValueError(f"{manifest}: lists no recordings")
    return rows


def _parse(manifest: Path, text: str) -> dict[int, dict[str, str] | str]:
    first, _, below = text.partition("\n")
    declared = declared_delimiter(first)
    n_skipped = 1 if declared else 0
    delimiter = declared or _delimiter(first)
    lines = io.StringIO(below if declared else text)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    columns = [_column(cell) for cell in next(reader, [])]
    while columns and not columns[-1]:  # a trailing delimiter
        columns.pop()
    _check_columns(manifest, columns)
    rows: dict[int, dict[str, str] | str] = {}
    for cells in reader:
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        line = reader.line_num + n_skipped
        while len(cells) > len(columns) and not cells[-1]:
            cells.pop()
        if len(cells) != len(columns):
            rows[line] = (
                f"the row has {len(cells)} cells, where the header has {len(columns)}: put texts "
                "that contain the delimiter in double quotes"
            )
            continue
        known = ["" if is_missing_text(cell) else cell for cell in cells]
        rows[line] = dict(zip(columns, known, strict=True))
    return rows


def _delimiter(header: str) -> str:
    """Return the delimiter that gives the most known columns."""

    def n_known(delimiter: str) -> int:
        return sum(_column(cell) in REQUIRED + OPTIONAL for cell in header.split(delimiter))

    return max(filter(None, DELIMITERS), key=lambda delimiter: (n_known(delimiter), delimiter))


def _column(cell: str) -> str:
    """Return the name of a column; a known name may have capitals and spaces."""
    name = cell.strip().strip('"').strip()
    plain = name.lower().replace(" ", "_").replace("-", "_")
    return plain if plain in REQUIRED + OPTIONAL else name


def _check_columns(manifest: Path, columns: list[str]) -> None:
    known = REQUIRED + OPTIONAL
    similar = {
        name: match[0]
        for name in columns
        if name not in known and (match := difflib.get_close_matches(name.lower(), known, 1, 0.75))
    }
    problems = [f"missing {column}" for column in REQUIRED if column not in columns]
    problems += [f"{name} twice" for name in sorted({c for c in columns if columns.count(c) > 1})]
    if problems:
        raise ValueError(
            f"{manifest}: columns: {', '.join(problems)}; needs {', '.join(REQUIRED)}, may have "
            f"{', '.join(OPTIONAL)} and others; found {shortened(', '.join(columns), 200)}"
        )
    if similar:
        pairs = ", ".join(f"{shortened(name, 40)!r} ({similar[name]}?)" for name in similar)
        warnings.warn(
            f"{manifest}: unknown columns with similar names to known ones: {pairs}; correct the "
            "names if they are meant, since unknown columns are only kept as Recording.extra",
            stacklevel=6,
        )
