"""Read one record in the WFDB format of PhysioNet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class WfdbRecord(NamedTuple):
    """Samples (leads, T) in the units of the header, sampling rate in Hz, and comment lines."""

    samples: NDArray[np.float64]
    sampling_rate: float
    comments: list[str]


def read_wfdb(record: Path, channels: Sequence[int] | None = None) -> WfdbRecord:
    """Read a record, given by the path of its header without ``.hea``.

    Parameters
    ----------
    record : Path
    channels : sequence of int, optional
        Indexes of the signals to read; default: all.

    Raises
    ------
    ImportError
        If the package wfdb is not installed.
    ValueError
        If the record is damaged, has no signals, or keeps them outside its own folder.
    """
    try:
        import wfdb
    except ImportError as error:
        raise ImportError(f'{record.name}: needs wfdb; pip install "dt4ecg[datasets]"') from error
    try:
        _require_own_folder(wfdb.rdheader(str(record)))
        signal: Any = wfdb.rdrecord(str(record), channels=channels)
    except Exception as error:  # wfdb passes on every error of its parser
        raise ValueError(
            f"WFDB record {record} cannot be read: {error!r}; fetch it again"
        ) from error
    if signal.p_signal is None:
        raise ValueError(
            f"WFDB record {record} has a header of 0 signals, at least 1 is needed; take the "
            "header of the record's signals, or fetch it again"
        )
    samples = np.ascontiguousarray(signal.p_signal.T)
    return WfdbRecord(samples, float(signal.fs), list(signal.comments))


def _require_own_folder(header: Any) -> None:
    """Refuse a header that names files elsewhere, since it may come from anyone."""
    for attribute in ("file_name", "seg_name"):
        for name in getattr(header, attribute, None) or ():
            if Path(name).name != name:
                raise ValueError(f"the header names {name!r}, outside the folder of the record")
