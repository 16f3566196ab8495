"""The state of a stream as bytes: a line of JSON, a checksum, and float64 numbers.

The line names the settings of the stream, so that a state never continues in another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = "dt4ecg stream state 1"
_CHECKSUM = hashlib.sha256().digest_size
_LONGEST_LINE = 1 << 20


def pack(numbers: NDArray[np.float64], settings: Mapping[str, Any]) -> bytes:
    """Return numbers and settings as bytes."""
    line = json.dumps({"format": FORMAT, **settings}).encode() + b"\n"
    body = numbers.astype("<f8").tobytes()
    return line + hashlib.sha256(line + body).digest() + body


def unpack(state: Any, settings: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the numbers of a state that belongs to these settings.

    Raises
    ------
    TypeError
        If the state is not a bytes object.
    ValueError
        If it is damaged, or belongs to a stream of other settings.
    """
    if not isinstance(state, (bytes, bytearray, memoryview)):
        raise TypeError(
            f"restore: takes the bytes that state() returned, got {type(state).__name__}"
        )
    content = bytes(state)
    end = content.find(b"\n", 0, _LONGEST_LINE) + 1
    line, checksum = content[:end], content[end : end + _CHECKSUM]
    body = content[end + _CHECKSUM :]
    if not end or hashlib.sha256(line + body).digest() != checksum or len(body) % 8:
        raise ValueError(
            "restore: these bytes are not the state of a stream, or they are damaged; open a new "
            "stream without a state"
        )
    try:
        stored = json.loads(line)
    except (ValueError, RecursionError):
        stored = None
    if not isinstance(stored, dict) or stored.pop("format", None) != FORMAT:
        raise ValueError(
            f"restore: the state has another format than {FORMAT!r}; another version of dt4ecg "
            "wrote it"
        )
    wanted = json.loads(json.dumps(settings))
    different = [
        f"{name} {stored.get(name)!r} -> {wanted.get(name)!r}"
        for name in sorted({*stored, *wanted})
        if stored.get(name) != wanted.get(name)
    ]
    if different:
        raise ValueError(
            "restore: the state belongs to a stream with other settings "
            f"({'; '.join(different)}); open the stream with the same preprocessor and rate"
        )
    return np.frombuffer(body, "<f8").astype(np.float64)
