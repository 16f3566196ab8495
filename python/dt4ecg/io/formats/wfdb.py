"""Read one record in the WFDB format of PhysioNet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.extras import import_extra
from dt4ecg._common.files import require_regular_file
from dt4ecg._common.limits import MAX_BYTES, MAX_LEADS, MAX_SAMPLES
from dt4ecg.io.contents import FILE_HEADER, FORMAT_DEFAULT, FileContents, Signal

_HEADER_BYTES = 2**16


class WfdbRecord(NamedTuple):
    """Samples (leads, T) in the units of the header, sampling rate in Hz, and comment lines."""

    samples: NDArray[np.float64]
    sampling_rate: float
    comments: list[str]


def read(path: Path) -> FileContents:
    """Read all signals of a record, each at its own rate; its null segments are NaN.

    Raises
    ------
    ImportError
        If the package wfdb is not installed.
    ValueError
        If the record is damaged, too large or has no signals.
    """
    record = path.with_suffix("")
    n_signals, states_rate = _check_header(path)
    found = _rdrecord(record, smooth_frames=False)
    rate = float(found.fs)
    counts = found.samps_per_frame or [1] * n_signals
    start = found.base_datetime
    return FileContents(
        tuple(
            Signal(
                np.asarray(samples, np.float64),
                name or "",
                unit or "",
                rate * count,
                FILE_HEADER if states_rate else FORMAT_DEFAULT,
            )
            for samples, name, unit, count in zip(
                found.e_p_signal, found.sig_name, found.units, counts, strict=True
            )
        ),
        start_time=start,
        notes=() if states_rate else (f"the header states no sampling rate, so it is {rate:g} Hz",),
    )


def read_wfdb(record: Path, channels: Sequence[int] | None = None) -> WfdbRecord:
    """Read signals of one common rate, for the data sets whose records are known.

    Parameters
    ----------
    record : Path
        The path of the header without ``.hea``.
    channels : sequence of int, optional
        Indexes of the signals to read; default: all.

    Raises
    ------
    ImportError, ValueError
        As :func:`read`.
    """
    signal = _rdrecord(record, channels=channels)
    samples = np.ascontiguousarray(signal.p_signal.T)
    return WfdbRecord(samples, float(signal.fs), list(signal.comments))


def _rdrecord(record: Path, **options: Any) -> Any:
    wfdb = _import_wfdb(record)
    signal_files(record)  # wfdb would wait for a pipe, and allocate what a header states
    try:
        found = wfdb.rdrecord(str(record), **options)
    except Exception as error:  # wfdb passes on every error of its parser
        raise _unreadable(record, error) from error
    if found.p_signal is None and getattr(found, "e_p_signal", None) is None:
        raise ValueError(
            f"WFDB record {record} has a header of 0 signals, at least 1 is needed; take the "
            "header of the record's signals, or fetch it again"
        )
    return found


def _check_header(header: Path) -> tuple[int, bool]:
    """Return the number of signals that a header states, and whether it states a sampling rate.

    wfdb allocates memory by the number of signals, so the number is checked before.
    """
    require_regular_file(header)
    with open(header, "rb") as file:
        lines = file.read(_HEADER_BYTES).decode("latin-1").splitlines()
    fields = next((line.split() for line in lines if line.strip() and line[0] != "#"), [])
    n_signals = int(fields[1]) if len(fields) > 1 and fields[1].isdecimal() else -1
    if not 0 <= n_signals <= MAX_LEADS:
        raise ValueError(
            f"WFDB record {header.with_suffix('')} cannot be read: its first line states "
            f"{fields[1:2]} signals, 0 to {MAX_LEADS} are possible"
        )
    return n_signals, len(fields) > 2


def signal_files(record: Path) -> list[Path]:
    """Return the files that a record's header names, and those of its segments if it has several.

    Raises
    ------
    ImportError
        If the package wfdb is not installed.
    OSError
        If one of them is a pipe, a device or a folder.
    ValueError
        If the header is damaged, or states more samples than a recording may have.
    """
    header = _read_header(record)
    segments = [name for name in getattr(header, "seg_name", None) or () if name != "~"]
    parts = [_read_header(record.parent / name) for name in segments]
    if any(getattr(part, "seg_name", None) for part in parts):
        raise ValueError(f"WFDB record {record}: a segment has segments of its own")
    names = [name for part in (header, *parts) for name in getattr(part, "file_name", None) or ()]
    files = [record.parent / name for name in dict.fromkeys(names)]
    for file in filter(Path.exists, files):  # wfdb reports the missing ones
        require_regular_file(file)
        if file.stat().st_size > MAX_BYTES:
            raise ValueError(f"{file.name} has more than {MAX_BYTES} bytes; split the recording")
    return files


def _read_header(record: Path) -> Any:
    wfdb = _import_wfdb(record)
    _check_header(Path(f"{record}.hea"))
    try:
        header = wfdb.rdheader(str(record))
        counts = getattr(header, "samps_per_frame", None) or [1]
        samples = (header.sig_len or 0) * max(header.n_sig, 1) * max(counts)
    except Exception as error:  # wfdb passes on every error of its parser
        raise _unreadable(record, error) from error
    if samples > MAX_SAMPLES:
        raise ValueError(
            f"WFDB record {record}: the header states {samples} samples, at most {MAX_SAMPLES} are "
            "possible; split the recording"
        )
    return header


def _import_wfdb(record: Path) -> ModuleType:
    return import_extra("wfdb", "datasets", f"{record.name}: a WFDB record")


def _unreadable(record: Path, error: Exception) -> ValueError:
    return ValueError(f"WFDB record {record} cannot be read: {error!r}; fetch it again")
