"""Read samples from NumPy's files, without trusting what their headers claim."""

from __future__ import annotations

import lzma
import math
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.limits import MAX_SAMPLES
from dt4ecg.io.contents import FileContents
from dt4ecg.io.named_arrays import from_named_arrays
from dt4ecg.io.objects import from_array

_MAX_ARRAYS = 4  # more than a recording needs
_DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
)


def read(path: Path) -> FileContents:
    """Read the signals of a ``.npy`` or ``.npz`` file.

    An archive holds one array of samples, and may hold the sampling rate as a number with a name
    such as ``fs``.

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
            arrays = {}
            for member in archive.infolist()[:_MAX_ARRAYS]:
                name = member.filename.removesuffix(".npy")
                with archive.open(member) as stream:
                    arrays[name] = _read_array(stream, member.file_size)
    except _DAMAGED_ZIP as error:
        raise ValueError(f"not a sound .npz file ({error})") from error
    return from_named_arrays(arrays)


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
