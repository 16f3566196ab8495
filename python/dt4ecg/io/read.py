"""Read the samples of one recording. The suffix of the file name selects the reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.limits import MAX_LEADS
from dt4ecg.io.numpy_files import read_npy, read_npz
from dt4ecg.io.text import read_text
from dt4ecg.io.wfdb import read_wfdb

MAX_BYTES = 2**30  # a day of one lead at 1 kHz in float64 is 0.7 GB


class FileSamples(NamedTuple):
    """Samples (T,) or (leads, T) of a file, and their rate in Hz if the format states it."""

    samples: NDArray[Any]
    sampling_rate: float | None = None


def _read_table(read: Callable[[Path], NDArray[Any]]) -> Callable[[Path], FileSamples]:
    """Complete a reader of plain arrays, which state no rate and may contain a column of times."""

    def complete(path: Path) -> FileSamples:
        samples = read(path)
        _refuse_many_leads(samples)
        _refuse_times(samples)
        return FileSamples(samples)

    return complete


def _read_wfdb_header(path: Path) -> FileSamples:
    record = read_wfdb(path.with_suffix(""))
    return FileSamples(record.samples, record.sampling_rate)


READERS: dict[str, Callable[[Path], FileSamples]] = {
    ".csv": _read_table(read_text),
    ".txt": _read_table(read_text),
    ".npy": _read_table(read_npy),
    ".npz": _read_table(lambda path: read_npz(path, MAX_BYTES)),
    ".hea": _read_wfdb_header,
}


def read_samples(path: Path) -> FileSamples:
    """Read the samples of a file.

    Parameters
    ----------
    path : Path
        A file whose suffix is a key of ``READERS``, in any case.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    OSError
        If the file cannot be opened.
    ValueError
        If the kind of file is unknown, or the file is damaged or too large. The text does not name
        the file. No memory is allocated because of a size that a header claims.
    ImportError
        If the format needs a package that is not installed.
    """
    if not path.is_file():
        raise FileNotFoundError("no such file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"{size} bytes is more than one recording may have, {MAX_BYTES}; split it")
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise ValueError(f"unknown kind of file; known: {', '.join(READERS)}")
    return reader(path)


def _refuse_many_leads(samples: NDArray[Any]) -> None:
    if samples.ndim == 2 and samples.shape[0] > MAX_LEADS:
        raise ValueError(
            f"shape {samples.shape} means {samples.shape[0]} leads, more than {MAX_LEADS}; "
            "leads come first in an array and side by side in a CSV file"
        )


def _refuse_times(samples: NDArray[Any]) -> None:
    """Refuse a lead that rises at every sample: the network would learn the time from it."""
    for lead, row in enumerate(np.atleast_2d(samples) if samples.ndim < 3 else ()):
        if len(row) > 2 and np.all(row[1:] > row[:-1]):
            raise ValueError(f"column {lead} rises throughout, as a clock does; leave time out")
