"""Read samples from NumPy's files, without trusting what their headers claim."""

from __future__ import annotations

import math
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

_DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
)


def read_npy(path: Path) -> NDArray[Any]:
    """Read the array of a ``.npy`` file.

    Raises
    ------
    ValueError
        If the file is damaged, holds objects or complex numbers, or is shorter than its header
        claims.
    """
    with open(path, "rb") as stream:
        return _read_array(stream, path.stat().st_size)


def read_npz(path: Path, max_bytes: int) -> NDArray[Any]:
    """Read the only array of a ``.npz`` file of at most ``max_bytes`` unpacked.

    Raises
    ------
    ValueError
        As :func:`read_npy`, and if the archive does not hold exactly one array or is too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) != 1:
                names = ", ".join(member.filename for member in members)
                raise ValueError(f"needs exactly one array, holds {len(members)}: {names}")
            size = members[0].file_size
            if size > max_bytes:
                raise ValueError(f"{size} bytes unpacked is more than {max_bytes}")
            with archive.open(members[0]) as stream:
                return _read_array(stream, size)
    except _DAMAGED_ZIP as error:
        raise ValueError(f"not a sound .npz file ({error})") from error


def _read_array(stream: IO[bytes], size: int) -> NDArray[Any]:
    shape, fortran_order, dtype = _read_header(stream)
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
