"""Read one record in the WFDB format of PhysioNet."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

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
        If the record is damaged or has no signals.
    """
    wfdb = _import_wfdb(record)
    try:
        signal = wfdb.rdrecord(str(record), channels=channels)
    except Exception as error:  # wfdb passes on every error of its parser
        raise _unreadable(record, error) from error
    if signal.p_signal is None:
        raise ValueError(
            f"WFDB record {record} has a header of 0 signals, at least 1 is needed; take the "
            "header of the record's signals, or fetch it again"
        )
    samples = np.ascontiguousarray(signal.p_signal.T)
    return WfdbRecord(samples, float(signal.fs), list(signal.comments))


def signal_files(record: Path) -> list[Path]:
    """Return the files that a record's header names, and those of its segments if it has several.

    Raises
    ------
    ImportError
        If the package wfdb is not installed.
    ValueError
        If the header is damaged.
    """
    wfdb = _import_wfdb(record)
    try:
        header = wfdb.rdheader(str(record))
    except Exception as error:  # wfdb passes on every error of its parser
        raise _unreadable(record, error) from error
    names = getattr(header, "file_name", None) or ()
    segments = [name for name in getattr(header, "seg_name", None) or () if name != "~"]
    files = [record.parent / name for name in dict.fromkeys(names)]
    return files + [file for name in segments for file in signal_files(record.parent / name)]


def _import_wfdb(record: Path) -> ModuleType:
    try:
        return import_module("wfdb")
    except ImportError as error:
        raise ImportError(f'{record.name}: needs wfdb; pip install "dt4ecg[datasets]"') from error


def _unreadable(record: Path, error: Exception) -> ValueError:
    return ValueError(f"WFDB record {record} cannot be read: {error!r}; fetch it again")
