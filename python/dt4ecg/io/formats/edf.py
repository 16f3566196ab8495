"""Read EDF, EDF+ and BDF files, also discontinuous ones."""

from __future__ import annotations

import warnings
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.extras import import_extra
from dt4ecg._common.limits import MAX_SAMPLES
from dt4ecg.io.contents import FILE_HEADER, Event, FileContents, Signal

_FIXED_HEADER = 256  # bytes, and as many more for each signal
_MAX_SIGNALS = 512
_EDF, _BDF = b"0".ljust(8), b"\xffBIOSEMI"  # the first bytes
_SAME_TIME = 1e-4  # seconds


def read(path: Path) -> FileContents:
    """Read all signals, each at its own rate, and the annotations.

    Where a discontinuous file (EDF+D) has a pause between two data records, the signals have a gap.

    Raises
    ------
    ImportError
        If the package edfio is not installed.
    ValueError
        If the file is damaged or too large.
    """
    edfio = import_extra("edfio", "formats", f"{path.name}: an EDF or BDF file")
    try:
        header = _checked_header(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the notes say it
            read_file = edfio.read_bdf if header[:8] == _BDF else edfio.read_edf
            edf = read_file(path, header_encoding="latin-1")
        pauses = _pauses(path, header, edf.data_record_duration)
        signals = tuple(_signal(signal, pauses) for signal in edf.signals)
        annotations = edf.annotations
    except Exception as error:  # edfio passes on every error of its parser
        raise ValueError(f"not a sound EDF or BDF file ({error})") from error
    if not signals:
        raise ValueError("the file holds annotations only, at least one signal is needed")
    events = tuple(
        Event(_stored_time(one.onset, pauses), one.text, one.duration) for one in annotations
    )
    return FileContents(signals, events, _start(edf), _notes(header, edf.num_data_records))


def _signal(signal: Any, pauses: dict[float, float]) -> Signal:
    rate = float(signal.sampling_frequency)
    return Signal(
        np.asarray(signal.data, np.float64),
        signal.label,
        signal.physical_dimension,
        rate,
        FILE_HEADER,
        tuple(round(stored * rate) for stored in pauses),
    )


def _start(edf: Any) -> datetime | None:
    try:
        start: datetime = edf.startdatetime
    except ValueError:  # an anonymised date
        return None
    return start


def _checked_header(path: Path) -> bytes:
    """Return the fixed header; refuse impossible sizes, before memory is allocated."""
    with open(path, "rb") as file:
        header = file.read(_FIXED_HEADER)
    if header[:8] not in (_EDF, _BDF):
        raise ValueError(f"it starts with {header[:8]!r}")
    n_signals, n_records = int(header[252:256]), int(header[236:244])
    if not 0 < n_signals <= _MAX_SIGNALS:
        raise ValueError(f"{n_signals} signals, 1 to {_MAX_SIGNALS} are possible")
    if n_records * n_signals > MAX_SAMPLES:
        raise ValueError(f"{n_records} data records are too many")
    return header


def _notes(header: bytes, n_records: int) -> tuple[str, ...]:
    """Return a note if the file was cut off; -1 stands for an unknown number of records."""
    stated = int(header[236:244])
    if stated in (-1, n_records):
        return ()
    return (f"the header states {stated} data records, but the file holds {n_records}",)


def _pauses(path: Path, header: bytes, record_seconds: float) -> dict[float, float]:
    """Return the lost seconds before a time, by that time in seconds of stored samples.

    Each data record of EDF+ begins its annotations with its own start: ``+12.5``.
    """
    if header[192:197] not in (b"EDF+D", b"BDF+D"):
        return {}
    size, file = 3 if header[:8] == _BDF else 2, np.memmap(path, np.uint8, mode="r")
    n_signals = int(header[252:256])
    labels = bytes(file[_FIXED_HEADER : _FIXED_HEADER + 16 * n_signals])
    at = _FIXED_HEADER + 216 * n_signals
    counts = [int(bytes(file[at + 8 * i : at + 8 * i + 8])) for i in range(n_signals)]
    names = [labels[16 * i : 16 * i + 16].strip() for i in range(n_signals)]
    first = next(i for i, name in enumerate(names) if name.endswith(b" Annotations"))
    records: NDArray[np.uint8] = file[_FIXED_HEADER * (1 + n_signals) :]
    records = records[: len(records) // (size * sum(counts)) * size * sum(counts)]
    records = records.reshape(-1, size * sum(counts))[:, size * sum(counts[:first]) :]
    starts = [float(bytes(record[:24]).split(b"\x14")[0]) for record in records]
    lost = np.diff(starts) - record_seconds
    return {
        (i + 1) * record_seconds: float(seconds)
        for i, seconds in enumerate(lost)
        if abs(seconds) > _SAME_TIME
    }


def _stored_time(time: float, pauses: dict[float, float]) -> float:
    """Return a time of the file in seconds of stored samples."""
    lost = 0.0
    for stored, seconds in pauses.items():
        if time - lost <= stored:
            break
        lost += min(seconds, time - lost - stored)
    return time - lost
