"""Read one record in PhysioNet's WFDB format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


def read_wfdb(record: Path, channels: Sequence[int] | None) -> tuple[np.ndarray, float, list[str]]:
    """Samples (leads, T) in mV, sampling rate in Hz, and the header's comments.

    Channels None: all of them.

    Raises
    ------
    ImportError
        wfdb is not installed.
    ValueError
        A damaged record, or one without signals; the text names it.
    """
    try:
        import wfdb
    except ImportError as error:
        raise ImportError(f'{record.name}: needs wfdb; pip install "dt4ecg[datasets]"') from error
    try:
        signal: Any = wfdb.rdrecord(str(record), channels=channels)
    except Exception as error:  # wfdb raises whatever its parser stumbles over
        raise ValueError(
            f"WFDB record {record} cannot be read: {error!r}; fetch it again"
        ) from error
    if signal.p_signal is None:
        raise ValueError(
            f"WFDB record {record} has a header of 0 signals, at least 1 is needed; take the "
            "header of the record's signals, or fetch it again"
        )
    return np.ascontiguousarray(signal.p_signal.T), float(signal.fs), list(signal.comments)
