"""Convert the published files of the motion set to one archive with a manifest.

A record is ``data/<SS>/<SS>_<EE>_<word>.csv``: subject, electrode and the Slovak name of the
activity. Its lines are ``local timestamp ; ADC value``. The author's artefact grades, one for each
1000 samples, are in ``data/<SS>/labels/<SS>_<EE>_<word>_2.csv``.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.files import require_regular_file

MANIFEST = "manifest.csv"
ARCHIVE = "ctu_motion_ecg.npz"

ACTIVITY_OF_WORD = {
    "klud": "rest",
    "ruky": "arms",
    "chodza": "walk",
    "beh": "run",
    "drepy": "squat",
}
ELECTRODES = {1: "AgAgCl_gel", 2: "stainless_CrNi_belt", 3: "textile_belt"}

GAP_SECONDS = 0.02  # ten samples; the jitter of the host's clock is shorter
BREAK_SECONDS = 0.5  # the sampling rate is measured on the longest stretch without a break


def convert(sources: Path, destination: Path) -> None:
    """Write the archive and the manifest of the CSV files below ``sources``.

    Raises
    ------
    ValueError
        If a file is not as published; the text names it.
    """
    arrays: dict[str, Any] = {}
    rows = []
    for path in sorted(sources.glob("data/*/*.csv")):
        subject, electrode, word = path.stem.split("_")
        record = f"{subject}_{ACTIVITY_OF_WORD[word]}_e{int(electrode)}"
        seconds, samples = read_record(path)
        grades = _artifact_grades(path.parent / "labels" / f"{path.stem}_2.csv")
        rate = round(measured_rate(seconds), 2)
        arrays[f"signal_{record}"] = samples
        arrays[f"artifact_{record}"] = grades
        rows.append(
            {
                "subject": subject,
                "activity": ACTIVITY_OF_WORD[word],
                "electrode": int(electrode),
                "electrode_name": ELECTRODES[int(electrode)],
                "key": f"signal_{record}",
                "n_samples": len(samples),
                "fs_measured_hz": f"{rate:.2f}",
                "duration_s": f"{len(samples) / rate:.1f}",
                "gaps_at_sample_and_seconds": " ".join(
                    f"{at}:{lost:.3f}" for at, lost in gaps(seconds)
                ),
                "mean_artifact_label": f"{grades.mean():.2f}",
            }
        )
    if not rows:
        raise ValueError(f"motion set: no data/SS/*.csv under {sources}")
    np.savez_compressed(destination / ARCHIVE, **arrays)
    with open(destination / MANIFEST, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_record(path: Path) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """Read a CSV file: seconds since the first sample (T,), and ADC counts (T,)."""
    require_regular_file(path)
    times, counts = [], []
    with open(path, encoding="ascii") as file:
        for number, line in enumerate(file, start=1):
            time, separator, count = line.partition(" ; ")
            if not separator or not count.strip().isdigit():
                raise ValueError(f"motion set: {path}, line {number}: expected 'timestamp ; count'")
            times.append(time)
            counts.append(int(count))
    if len(times) < 2:
        raise ValueError(
            f"motion set: {path} needs at least 2 samples to measure a rate, got {len(times)}"
        )
    try:
        stamps = np.array(times, dtype="datetime64[us]")
        samples = np.array(counts, dtype=np.int16)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"motion set: {path}: {error}") from error
    return (stamps - stamps[0]) / np.timedelta64(1, "s"), samples


def measured_rate(seconds: NDArray[np.float64]) -> float:
    """Return the rate in Hz on the longest stretch without a break; nominal are 500 Hz."""
    breaks = np.flatnonzero(np.diff(seconds) > BREAK_SECONDS) + 1
    edges = np.concatenate([[0], breaks, [len(seconds)]])
    longest = int(np.argmax(np.diff(edges)))
    stretch = seconds[edges[longest] : edges[longest + 1]]
    return (len(stretch) - 1) / float(stretch[-1] - stretch[0])


def gaps(seconds: NDArray[np.float64]) -> list[tuple[int, float]]:
    """Return the index of the sample after each gap, and the length of the gap in seconds."""
    steps = np.diff(seconds)
    return [(int(i) + 1, float(steps[i])) for i in np.flatnonzero(steps > GAP_SECONDS)]


def _artifact_grades(path: Path) -> NDArray[np.int8]:
    require_regular_file(path)
    with open(path, encoding="ascii", newline="") as file:
        return np.array(
            [int(row["artifact"]) for row in csv.DictReader(file, delimiter=";")], dtype=np.int8
        )
