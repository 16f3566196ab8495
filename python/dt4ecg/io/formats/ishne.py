"""Read ISHNE Holter files (Badilini 1998)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np

from dt4ecg._common.limits import MAX_SAMPLES
from dt4ecg.io.contents import FILE_HEADER, FileContents, Signal

_MAGICS = (b"ISHNE1.0", b"ANN  1.0")
_HEADER_BYTES = 522
_MAX_LEADS = 12
_LEADS = ["", "", "X", "Y", "Z", "I", "II", "III", "aVR", "aVL", "aVF"]
_LEADS += ["V1", "V2", "V3", "V4", "V5", "V6", "ES", "AS", "AI"]


def read(path: Path) -> FileContents:
    """Read all leads, in mV.

    Raises
    ------
    ValueError
        If the file is damaged or holds annotations only.
    """
    with open(path, "rb") as file:
        header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or header[:8] != _MAGICS[0]:
        kind = "an ISHNE annotation file" if header[:8] == _MAGICS[1] else "not an ISHNE file"
        raise ValueError(f"{kind}; the file of the recording starts with ISHNE1.0")
    n_samples, _, start_of_samples = (int(x) for x in np.frombuffer(header, "<i4", 3, offset=14))
    short = np.frombuffer(header, "<i2", (_HEADER_BYTES - 26) // 2, offset=26)
    n_leads, rate = int(short[65]), int(short[123])
    codes, resolutions = short[66:78].tolist(), short[90:102].tolist()
    available = (path.stat().st_size - start_of_samples) // 2
    if not (
        0 < n_leads <= _MAX_LEADS
        and rate > 0
        and start_of_samples >= _HEADER_BYTES
        and 0 < n_samples * n_leads <= min(available, MAX_SAMPLES)
        and min(resolutions[:n_leads]) > 0
    ):
        raise ValueError(
            f"the ISHNE header states {n_leads} leads of {n_samples} samples at {rate} Hz from "
            f"byte {start_of_samples}, which the file cannot hold; copy the file again"
        )
    samples = np.fromfile(path, "<i2", n_samples * n_leads, offset=start_of_samples)
    rows = samples.reshape(n_samples, n_leads).T
    return FileContents(
        tuple(
            Signal(
                row * (resolution / 1e6),  # the resolution is in nV
                _LEADS[code] if 0 <= code < len(_LEADS) else "",
                "mV",
                float(rate),
                FILE_HEADER,
            )
            for row, code, resolution in zip(rows, codes, resolutions, strict=False)
        ),
        start_time=_start([int(x) for x in short[56:59]], [int(x) for x in short[62:65]]),
    )


def _start(date: list[int], time: list[int]) -> datetime | None:
    """Return the start, from day, month, year and hour, minute, second."""
    try:
        return datetime(date[2], date[1], date[0], time[0], time[1], time[2])
    except ValueError:
        return None
