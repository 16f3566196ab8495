"""A user's own recordings: CSV or NumPy files beside a ``manifest.csv``."""

from __future__ import annotations

import csv
import math
import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg.datasets.segment_set import Segmented, SegmentSet, assemble, segment_all
from dt4ecg.io.recording import Recording
from dt4ecg.io.samples import read_samples

if TYPE_CHECKING:
    from dt4ecg.signal.preprocessor import Preprocessor

REQUIRED = ("file", "sampling_rate", "subject", "activity")
OPTIONAL = ("session", "gaps", "mains_frequency")
MAX_MAINS_FREQUENCY = 1000.0
MAX_MANIFEST_BYTES = 64 * 2**20
MAX_SAMPLING_RATE = 100_000.0


def load_recordings(
    folder_or_manifest: str | os.PathLike[str],
    on_error: Literal["raise", "skip"] = "raise",
    preprocessor: Preprocessor | None = None,
    mains_frequency: float = MAINS_FREQUENCY,
    retune_notch: bool = False,
) -> SegmentSet:
    """Segments of recordings that a manifest lists.

    ``manifest.csv`` has the columns ``file`` (relative to it), ``sampling_rate`` (Hz), ``subject``,
    ``activity`` (empty: unknown) and, optionally, ``session``, ``gaps`` (samples before which time
    was lost, separated by spaces) and ``mains_frequency`` (Hz). Files are CSV (one column per lead,
    a header if you like, no time column), ``.npy`` (shape (T,) or (leads, T)) or ``.npz`` (one
    such array).

    Parameters
    ----------
    folder_or_manifest : path
    on_error : {"raise", "skip"}
        Refuse the set if any recording is bad, or warn once and load the good ones. Either way
        every bad row and file is reported with its line and reason. Bad is also what does not fit
        beside most of the others: another number of leads, another mains frequency.
    preprocessor : Preprocessor, optional
        Used as it is. Default: the paper's chain with the notch at the mains frequency.
    mains_frequency : float
        In Hz, for rows that give none. The default is the paper's; Europe has 50.
    retune_notch : bool
        Use ``preprocessor`` with its notch, if it has one, at the recordings' mains frequency.

    Raises
    ------
    FileNotFoundError
        No manifest there.
    ValueError
        Bad rows or files with ``on_error="raise"``, or no good one.
    """
    from dt4ecg.signal.preprocessor import Preprocessor

    if on_error not in ("raise", "skip"):
        raise ValueError(f"load_recordings: on_error must be 'raise' or 'skip', got {on_error!r}")
    if not 0 < mains_frequency <= MAX_MAINS_FREQUENCY:
        raise ValueError(
            "load_recordings: mains_frequency must lie above 0 and up to "
            f"{MAX_MAINS_FREQUENCY:g} Hz, got {mains_frequency}"
        )
    manifest = Path(folder_or_manifest)
    if manifest.is_dir():
        manifest = manifest / "manifest.csv"
    rows = _manifest_rows(manifest)

    good: dict[int, Recording] = {}
    bad: dict[int, str] = {}
    line_of_file: dict[Path, int] = {}
    for line, row in rows.items():
        try:
            good[line] = _recording(row, manifest.parent, mains_frequency, line_of_file, line)
        except (ValueError, OSError) as error:
            bad[line] = str(error)
    if preprocessor is None:
        preprocessor, retune_notch = Preprocessor(), True
    if retune_notch and preprocessor.notch is not None and good:
        mains = _most_common(recording.mains_frequency for recording in good.values())
        preprocessor = preprocessor.at_mains(mains)
        bad.update(_other_mains(good, mains))
    bad.update(_too_short(good, preprocessor.segment_seconds))
    lines = [line for line in good if line not in bad]
    recordings = [good[line] for line in lines]
    segmented, failures = segment_all(recordings, preprocessor)
    failures.update(_other_shapes(segmented))
    bad.update({lines[i]: f"{recordings[i].name}: {why}" for i, why in failures.items()})
    segmented = {i: result for i, result in segmented.items() if i not in failures}

    if bad:
        problems = "\n".join(f"  line {line}: {bad[line]}" for line in sorted(bad))
        summary = f"{manifest}: {len(bad)} of {len(rows)} recordings cannot be used:\n{problems}"
        if on_error == "raise" or len(bad) == len(rows):
            way_out = '\ncorrect them, or pass on_error="skip" to load the others'
            raise ValueError(summary + way_out * (len(bad) < len(rows)))
        warnings.warn(summary, stacklevel=2)
    return assemble(recordings, segmented, preprocessor, name=manifest.parent.resolve().name)


def _manifest_rows(manifest: Path) -> dict[int, dict[str | None, str]]:
    """Cells of each row by its line in the file."""
    if not manifest.is_file():
        raise FileNotFoundError(
            f"load_recordings: no manifest at {manifest}; it is a CSV file with the columns "
            f"{', '.join(REQUIRED)} and optionally {', '.join(OPTIONAL)}"
        )
    size = manifest.stat().st_size
    if size > MAX_MANIFEST_BYTES:
        raise ValueError(f"{manifest}: {size} bytes is no manifest; at most {MAX_MANIFEST_BYTES}")
    try:
        with open(manifest, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, skipinitialspace=True, strict=True)
            columns = [column.strip() for column in reader.fieldnames or ()]
            missing = [column for column in REQUIRED if column not in columns]
            unknown = [column for column in columns if column not in (*REQUIRED, *OPTIONAL)]
            twice = sorted({column for column in columns if columns.count(column) > 1})
            if missing or unknown or twice:
                wrong = [f"missing {column}" for column in missing]
                wrong += [f"unknown {column!r}" for column in unknown]
                wrong += [f"{column} twice" for column in twice]
                raise ValueError(
                    f"{manifest}: columns: {', '.join(wrong)}; needs {', '.join(REQUIRED)}, "
                    f"may have {', '.join(OPTIONAL)}"
                )
            reader.fieldnames = columns
            rows = dict(_numbered(reader))
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{manifest}: not a CSV file in UTF-8 ({error})") from error
    if not rows:
        raise ValueError(f"{manifest}: lists no recordings")
    return rows


def _numbered(reader: csv.DictReader) -> Iterator[tuple[int, dict[str | None, str]]]:
    for row in reader:
        yield reader.line_num, row


def _recording(
    row: Mapping[str | None, str],
    folder: Path,
    mains_frequency: float,
    line_of_file: dict[Path, int],
    line: int,
) -> Recording:
    if None in row or None in row.values():
        raise ValueError("the row has more or fewer cells than the header")
    cells = {column: (cell or "").strip() for column, cell in row.items()}
    for column in ("file", "subject"):
        if not cells[column]:
            raise ValueError(f"{column} is empty")
    path = _inside(folder, cells["file"])
    if path in line_of_file:
        raise ValueError(f"{cells['file']} is listed already, on line {line_of_file[path]}")
    line_of_file[path] = line
    rate = _number(cells, "sampling_rate", MAX_SAMPLING_RATE)
    mains = (
        _number(cells, "mains_frequency", MAX_MAINS_FREQUENCY)
        if cells.get("mains_frequency")
        else mains_frequency
    )
    gaps = cells.get("gaps", "").split()
    if not all(gap.isdigit() for gap in gaps):
        raise ValueError(f"gaps must be sample numbers separated by spaces, got {cells['gaps']!r}")
    try:
        samples = read_samples(path)
        return Recording(
            samples=samples,
            sampling_rate=rate,
            subject=cells["subject"],
            activity=cells["activity"] or None,
            session=cells.get("session") or None,
            gaps=tuple(int(gap) for gap in gaps),
            name=cells["file"],
            mains_frequency=mains,
        )
    except (ValueError, OSError) as error:
        raise ValueError(f"{cells['file']}: {error}") from error


def _too_short(recordings: Mapping[int, Recording], seconds: float) -> dict[int, str]:
    reasons = {}
    for line, recording in recordings.items():
        edges = [0, *recording.gaps, recording.samples.shape[-1]]
        longest = max(np.diff(edges)) / recording.sampling_rate
        if longest < seconds:
            reasons[line] = (
                f"{recording.name}: its longest stretch without a gap, {longest:.2f} s, is shorter "
                f"than a segment of {seconds:g} s"
            )
    return reasons


def _other_mains(recordings: Mapping[int, Recording], mains: float) -> dict[int, str]:
    return {
        line: f"{recording.name}: mains at {recording.mains_frequency:g} Hz, where the notch of "
        f"most recordings is at {mains:g} Hz; load it apart, or pass one preprocessor= for all"
        for line, recording in recordings.items()
        if recording.mains_frequency != mains
    }


def _other_shapes(segmented: Mapping[int, Segmented]) -> dict[int, str]:
    shapes = {i: result.X.shape[1:] for i, result in segmented.items() if len(result.X)}
    usual = _most_common(shapes.values()) if shapes else None
    return {
        i: f"gives segments of {shape} (leads, samples), where most recordings give {usual}; one "
        "set needs one number of leads, and one rate: set target_rate"
        for i, shape in shapes.items()
        if shape != usual
    }


def _most_common(values: Iterable[Any]) -> Any:
    """Of equally common ones the first, so that the order of the manifest decides."""
    return Counter(values).most_common(1)[0][0]


def _inside(folder: Path, file: str) -> Path:
    """A manifest may come from anywhere; it must not make us read what lies elsewhere."""
    root = folder.resolve()
    try:
        path = (root / file).resolve()
    except (RuntimeError, ValueError) as error:  # a link to itself; a null character
        raise ValueError(f"{file!r} is no file's path ({error})") from None
    if not path.is_relative_to(root):
        raise ValueError(f"{file} lies outside the manifest's folder")
    return path


def _number(cells: Mapping[str | None, str], column: str, largest: float) -> float:
    try:
        value = float(cells[column])
    except ValueError:
        value = math.nan
    if not 0 < value <= largest:
        raise ValueError(f"{column} must be a number in (0, {largest:g}] Hz, got {cells[column]!r}")
    return value
