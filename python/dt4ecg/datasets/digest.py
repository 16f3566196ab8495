"""A digest that identifies the content of a segment set."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dt4ecg.datasets.segment_set import SegmentSet


def digest(data: SegmentSet) -> str:
    """Return the SHA-256 of X (n, leads, length) and y (n, tasks) in hexadecimal digits.

    The bytes are those of little-endian float32 and int64.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.datasets import SegmentSet
    >>> from dt4ecg.datasets.digest import digest
    >>> digest(SegmentSet.from_arrays(np.zeros((2, 3)), ["rest", "run"]))[:12]
    '19ea44be89ee'
    """
    found = hashlib.sha256(np.ascontiguousarray(data.X, "<f4").tobytes())
    found.update(np.ascontiguousarray(data.y, "<i8").tobytes())
    return found.hexdigest()
