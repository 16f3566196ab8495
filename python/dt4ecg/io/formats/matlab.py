"""Read MATLAB files."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.limits import MAX_LEADS, MAX_SAMPLES
from dt4ecg.io.contents import FileContents
from dt4ecg.io.named_arrays import from_named_arrays

_HDF5 = b"\x89HDF"
_ORDERS = {b"\x00\x01IM": "<", b"\x01\x00MI": ">"}  # version 5 and the order of its bytes
_HEADER = 128  # bytes
_MATRIX, _COMPRESSED = 14, 15
_TYPES = {
    1: "i1",
    2: "u1",
    3: "i2",
    4: "u2",
    5: "i4",
    6: "u4",
    7: "f4",
    9: "f8",
    12: "i8",
    13: "u8",
}
_CLASSES = dict(
    zip(range(6, 16), ("f8", "f4", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"), strict=True)
)
_LOGICAL, _COMPLEX = 0x200, 0x800
_NUMBERS_4 = ("double", "single", "int16", "int32", "uint8", "uint16")  # as SciPy names them


def read(path: Path) -> FileContents:
    """Read the only matrix of samples, and the sampling rate if a number such as ``fs`` states it.

    Leads are the rows or the columns, whichever are fewer.

    Raises
    ------
    ValueError
        If the file is damaged, too large, of version 7.3, or does not hold exactly one matrix.
    """
    content = path.read_bytes()
    if _HDF5 in content[:1024]:
        raise ValueError("MATLAB files of version 7.3 are not read; save the file with '-v7'")
    order = _ORDERS.get(content[124:_HEADER])
    try:
        if 0 in content[:4]:
            arrays = _version_4(path)
        elif order:
            arrays = _version_5(memoryview(content)[_HEADER:], order)
        else:
            raise ValueError("its header names no version")
    except Exception as error:  # SciPy passes on every error of its parser
        raise ValueError(f"not a sound MATLAB file ({error})") from error
    return from_named_arrays({name: _leads_first(matrix) for name, matrix in arrays.items()})


def _leads_first(matrix: NDArray[Any]) -> NDArray[Any]:
    columns_are_leads = matrix.shape[1] <= MAX_LEADS and matrix.shape[1] < matrix.shape[0]
    return np.ascontiguousarray(matrix.T if columns_are_leads else matrix)


def _is_signal(shape: tuple[int, ...]) -> bool:
    if len(shape) != 2 or min(shape) < 1:
        return False
    if prod(shape) > MAX_SAMPLES:
        raise ValueError(f"a matrix of shape {shape} has more than {MAX_SAMPLES} samples")
    return True


def _version_4(path: Path) -> dict[str, NDArray[Any]]:
    from scipy import io

    names = [
        name
        for name, shape, kind in io.whosmat(str(path))
        if kind in _NUMBERS_4 and _is_signal(shape)
    ]
    stored = io.loadmat(str(path), variable_names=names)
    return {name: np.asarray(stored[name]) for name in names}


def _version_5(content: memoryview, order: str) -> dict[str, NDArray[Any]]:
    """Read the matrices of numbers; SciPy reads outside its memory if a type is damaged."""
    arrays = {}
    for kind, body in _elements(content, order):
        if kind == _COMPRESSED:
            kind, body = next(_elements(_unpacked(body), order))
        found = _matrix(body, order) if kind == _MATRIX else None
        if found is not None:
            name, matrix = found
            if name in arrays:
                raise ValueError(f"two matrices have the name {name!r}")
            arrays[name] = matrix
    return arrays


def _elements(content: memoryview, order: str) -> Iterator[tuple[int, memoryview]]:
    """Yield the type and the content of each data element."""
    at = 0
    while at < len(content):
        kind, size = struct.unpack_from(f"{order}II", content, at)
        start = at + 8
        if kind >> 16:  # a small element has its content in place of the second number
            kind, size, start = kind & 0xFFFF, kind >> 16, at + 4
        padding = 0 if kind == _COMPRESSED else -(start - at + size) % 8
        at = start + size + padding
        if start + size > len(content):
            raise ValueError("it ends within a data element")
        yield kind, content[start : start + size]


def _unpacked(content: memoryview) -> memoryview:
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(content, 8 * MAX_SAMPLES + 2**16)
    if not unpacker.eof:
        raise ValueError("a compressed data element is cut off or too large")
    return memoryview(unpacked)


def _matrix(content: memoryview, order: str) -> tuple[str, NDArray[Any]] | None:
    """Return name and numbers of a matrix, or None if it holds something else."""
    elements = _elements(content, order)
    (flags,) = struct.unpack_from(f"{order}I", next(elements)[1])
    if flags & 0xFF not in _CLASSES or flags & _LOGICAL:
        return None
    (_, sizes), (_, name), (kind, data) = next(elements), next(elements), next(elements)
    shape = tuple(np.frombuffer(sizes, f"{order}i4").tolist())
    if not _is_signal(shape):
        return None
    if kind not in _TYPES or flags & _COMPLEX:
        raise ValueError("the samples are not real numbers of a known type")
    numbers = np.frombuffer(data, f"{order}{_TYPES[kind]}")
    if len(numbers) != prod(shape):
        raise ValueError(f"{len(numbers)} numbers do not fill a matrix of shape {shape}")
    matrix = numbers.astype(_CLASSES[flags & 0xFF]).reshape(shape, order="F")
    return bytes(name).decode("latin-1"), matrix
