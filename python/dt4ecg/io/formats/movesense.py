"""Read JSON files of Movesense sensors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dt4ecg.io.contents import TIME_COLUMN, FileContents, Signal

_LATE = 0.5  # of a packet: a packet that comes later follows a gap


def read(path: Path) -> FileContents:
    """Read the ECG packets, and the sampling rate from their time stamps in milliseconds.

    Where a packet comes late, the signal has a gap.

    Raises
    ------
    ValueError
        If the file is damaged or holds no ECG packets.
    """
    try:
        packets = list(_packets(json.loads(path.read_text(encoding="utf-8-sig"))))
        times = np.array([float(packet["Timestamp"]) for packet in packets]) / 1000
        rows = [np.asarray(packet[_samples_key(packet)], np.float64) for packet in packets]
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError) as error:
        raise ValueError(f"not a sound Movesense JSON file ({error!r})") from error
    if len(rows) < 2 or any(row.ndim != 1 or len(row) == 0 for row in rows):
        raise ValueError("the JSON file holds fewer than two ECG packets of Movesense")
    counts = np.array([len(row) for row in rows[:-1]])
    steps = np.diff(times)
    if not (np.isfinite(steps).all() and (steps > 0).all()):
        raise ValueError("the time stamps of the ECG packets do not rise")
    step = float(np.median(steps / counts))  # seconds per sample
    late = np.flatnonzero(steps > counts * step * (1 + _LATE))
    ends = np.cumsum(counts)
    samples = np.concatenate(rows)
    gaps = tuple(int(ends[i]) for i in late)
    return FileContents((Signal(samples, "ECG", "", 1 / step, TIME_COLUMN, gaps),))


def _packets(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the ECG packets at any depth, in the order of the file."""
    if isinstance(node, dict):
        if "Timestamp" in node and _samples_key(node):
            yield node
            return
        for key, child in node.items():
            if key.lower() not in _OTHER_SENSORS:
                yield from _packets(child)
    elif isinstance(node, list):
        for child in node:
            yield from _packets(child)


_OTHER_SENSORS = ("acc", "gyro", "magn", "imu", "imu6", "imu9", "hr", "temp")


def _samples_key(packet: dict[str, Any]) -> str:
    return next((key for key in ("Samples", "samples") if key in packet), "")
