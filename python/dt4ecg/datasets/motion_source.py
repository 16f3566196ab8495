"""The published files of the motion set, and their conversion to one archive with a manifest.

A record is ``data/<SS>/<SS>_<EE>_<word>.csv``: subject, electrode, Slovak name of the activity; its
lines are ``local timestamp ; ADC value``. ``data/<SS>/labels/<SS>_<EE>_<word>_2.csv`` holds the
author's artefact grade of each 1000 samples.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

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

GAP_SECONDS = 0.02  # ten samples: no jitter of the host's clock is that long
BREAK_SECONDS = 0.5  # the rate is measured on the longest stretch without one of these


def convert(sources: Path, destination: Path) -> None:
    """Write the archive and the manifest of the CSV files under ``sources``.

    Raises
    ------
    ValueError
        A file that is not as published; the text names it.
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


def read_record(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Seconds since the first sample (T,) float64, and ADC counts (T,) int16, of one CSV file."""
    times, counts = [], []
    with open(path, encoding="ascii") as file:
        for number, line in enumerate(file, start=1):
            time, separator, count = line.partition(" ; ")
            if not separator or not count.strip().isdigit():
                raise ValueError(f"motion set: {path}, line {number}: expected 'timestamp ; count'")
            times.append(time)
            counts.append(int(count))
    if len(times) < 2:
        raise ValueError(f"motion set: {path} has {len(times)} samples, too few to measure a rate")
    try:
        stamps = np.array(times, dtype="datetime64[us]")
        samples = np.array(counts, dtype=np.int16)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"motion set: {path}: {error}") from error
    return (stamps - stamps[0]) / np.timedelta64(1, "s"), samples


def measured_rate(seconds: np.ndarray) -> float:
    """Rate in Hz over the longest stretch without a break; the recorder is 0.5 % off its 500 Hz."""
    breaks = np.flatnonzero(np.diff(seconds) > BREAK_SECONDS) + 1
    edges = np.concatenate([[0], breaks, [len(seconds)]])
    longest = int(np.argmax(np.diff(edges)))
    stretch = seconds[edges[longest] : edges[longest + 1]]
    return (len(stretch) - 1) / (stretch[-1] - stretch[0])


def gaps(seconds: np.ndarray) -> list[tuple[int, float]]:
    """Sample after each gap, and the gap's length in seconds."""
    steps = np.diff(seconds)
    return [(int(i) + 1, float(steps[i])) for i in np.flatnonzero(steps > GAP_SECONDS)]


def _artifact_grades(path: Path) -> np.ndarray:
    with open(path, encoding="ascii", newline="") as file:
        return np.array(
            [int(row["artifact"]) for row in csv.DictReader(file, delimiter=";")], dtype=np.int8
        )
