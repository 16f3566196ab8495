"""Read samples from NumPy's files, without trusting what their headers claim."""

from __future__ import annotations

import lzma
import math
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.limits import MAX_SAMPLES
from dt4ecg.io.contents import FILE_HEADER, FileContents
from dt4ecg.io.objects import from_array

_DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
)


RATE_NAMES = ("fs", "sampling_rate", "sampling_frequency", "sfreq", "rate", "srate", "hz")


def read(path: Path) -> FileContents:
    """Read the signals of a ``.npy`` or ``.npz`` file.

    An archive holds one array of samples, and may hold the sampling rate as a number whose name is
    in ``RATE_NAMES``.

    Raises
    ------
    ValueError
        If the file is damaged, holds objects or complex numbers, is shorter than its header
        claims, or has more than ``MAX_SAMPLES`` samples.
    """
    if path.suffix.lower() == ".npz":
        return _read_archive(path)
    with open(path, "rb") as stream:
        return from_array(_read_array(stream, path.stat().st_size))


def _read_archive(path: Path) -> FileContents:
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = {member.filename: member for member in archive.infolist()}
            rates = {
                name: _read_member(archive, member)
                for name, member in arrays.items()
                if name.lower().removesuffix(".npy") in RATE_NAMES
            }
            signals = [name for name in arrays if name not in rates]
            if len(signals) != 1 or len(rates) > 1:
                raise ValueError(
                    "needs exactly one array of samples and at most one sampling rate, holds "
                    f"{len(arrays)}: {', '.join(arrays)}"
                )
            contents = from_array(_read_member(archive, arrays[signals[0]]))
    except _DAMAGED_ZIP as error:
        raise ValueError(f"not a sound .npz file ({error})") from error
    if not rates:
        return contents
    ((name, rate),) = rates.items()
    if rate.size != 1 or not 0 < rate.item() < math.inf:
        raise ValueError(f"{name}: the sampling rate must be one number above 0 Hz, got {rate}")
    return FileContents(
        tuple(
            replace(signal, sampling_rate=float(rate.item()), rate_source=FILE_HEADER)
            for signal in contents.signals
        )
    )


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[Any]:
    with archive.open(member) as stream:
        return _read_array(stream, member.file_size)


def _read_array(stream: IO[bytes], size: int) -> NDArray[Any]:
    shape, fortran_order, dtype = _read_header(stream)
    if any(type(length) is not int for length in shape):
        raise ValueError(f"not a sound NPY header: the shape is {shape}")
    if math.prod(shape) > MAX_SAMPLES:
        raise ValueError(f"shape {shape} has more than {MAX_SAMPLES} samples; split the recording")
    if dtype.kind not in "iuf":
        raise ValueError(f"samples must be real numbers, got {dtype}")
    if min(shape, default=0) < 0 or math.prod(shape) * dtype.itemsize > size:
        raise ValueError(f"the header promises {shape} {dtype}, more than the file holds")
    data = stream.read(math.prod(shape) * dtype.itemsize)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran_order else "C")


def _read_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    readers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    try:
        return readers[np.lib.format.read_magic(stream)](stream)
    except Exception as error:  # NumPy passes on every error of its parser
        raise ValueError(f"not a sound NPY header ({error}); write it with numpy.save") from error
