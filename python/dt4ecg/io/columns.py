"""The columns of a table, in a text file or in a data frame."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """The kind of a column by its first cells."""

    NUMBERS = "numbers"
    TIMES = "times"
    TEXT = "text"
    EMPTY = "empty"  # it may hold a remark further down


class Column(NamedTuple):
    """The kind of a column, and whether cells that are not numbers are lost samples."""

    kind: Kind
    lenient: bool = False
