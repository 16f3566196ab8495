"""Read the samples of one recording from a text or NumPy file that anyone may have written."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import IO

import numpy as np

MAX_BYTES = 2**30  # a day of one lead at 1 kHz in float64 is 0.7 GB
MAX_LEADS = 64
DELIMITERS = (";", "\t", ",")
_DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
)


def read_samples(path: Path) -> np.ndarray:
    """Samples of shape (leads, T) or (T,).

    Raises
    ------
    ValueError
        Not such a file, or too large; nothing is allocated on the word of its header.
    OSError
        It cannot be opened.
    """
    if not path.is_file():
        raise FileNotFoundError("no such file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"{size} bytes is more than one recording may have, {MAX_BYTES}; split it")
    readers = {".csv": _read_csv, ".txt": _read_csv, ".npy": _read_npy_file, ".npz": _read_npz}
    if path.suffix.lower() not in readers:
        raise ValueError(f"unknown kind of file; known: {', '.join(readers)}")
    samples = readers[path.suffix.lower()](path)
    if samples.ndim == 2 and samples.shape[0] > MAX_LEADS:
        raise ValueError(
            f"shape {samples.shape} means {samples.shape[0]} leads, more than {MAX_LEADS}; "
            "leads come first in an array and side by side in a CSV file"
        )
    _refuse_clock(samples)
    return samples


def _read_csv(path: Path) -> np.ndarray:
    with open(path, encoding="utf-8-sig") as file:
        first = file.readline()
        delimiter = next((mark for mark in DELIMITERS if mark in first), None)
        header = not all(_is_number(cell) for cell in first.split(delimiter))
        lines: Iterator[str] = file if header else chain([first], file)
        start = next((line for line in lines if line.strip()), None)
        if start is None:
            raise ValueError("no samples")
        try:
            rows = np.loadtxt(chain([start], lines), delimiter=delimiter, ndmin=2, comments=None)
        except ValueError as error:
            below = " (counted below the header)" if header else ""
            comma = ", and decimal points" if "," in start and delimiter != "," else ""
            raise ValueError(
                f"{error}{below}; use one number per lead on every line, nan for a lost one{comma}"
            ) from error
    return rows.T


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _read_npy_file(path: Path) -> np.ndarray:
    with open(path, "rb") as stream:
        return _read_npy(stream, path.stat().st_size)


def _read_npz(path: Path) -> np.ndarray:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) != 1:
                names = ", ".join(member.filename for member in members)
                raise ValueError(f"needs exactly one array, holds {len(members)}: {names}")
            if members[0].file_size > MAX_BYTES:
                raise ValueError(f"{members[0].file_size} bytes unpacked is more than {MAX_BYTES}")
            with archive.open(members[0]) as stream:
                return _read_npy(stream, members[0].file_size)
    except _DAMAGED_ZIP as error:
        raise ValueError(f"not a sound .npz file ({error})") from error


def _read_npy(stream: IO[bytes], size: int) -> np.ndarray:
    shape, fortran_order, dtype = _npy_header(stream)
    if dtype.kind not in "iuf":
        raise ValueError(f"samples must be real numbers, got {dtype}")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"header promises {shape} {dtype}, more than the file holds")
    data = stream.read(math.prod(shape) * dtype.itemsize)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran_order else "C")


def _npy_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    try:
        return read_header[np.lib.format.read_magic(stream)](stream)
    except Exception as error:  # NumPy lets its parser's own errors through
        raise ValueError(f"not a sound NPY header ({error}); write it with numpy.save") from error


def _refuse_clock(samples: np.ndarray) -> None:
    """A column that only ever rises is a clock or a counter; as a lead it would be learned from."""
    for lead, row in enumerate(np.atleast_2d(samples) if samples.ndim < 3 else ()):
        if len(row) > 2 and np.all(row[1:] > row[:-1]):
            raise ValueError(f"column {lead} rises throughout, as a clock does; leave time out")
