"""Legal values of the training settings.

This module does not import torch, so that the command line can show its help quickly.
"""

import math
from functools import partial
from typing import Any

from dt4ecg._common import numbers

NORM_SCOPES = ("shared", "last", "all")
PRECISIONS = ("float32", "bf16")
SCHEDULES = ("constant", "cosine")
MOST_THREADS = 1024  # each thread is started, so a typing error must not exhaust the machine

integer = partial(numbers.integer, "Trainer")


def positive(name: str, value: Any) -> float:
    """Return a finite number above 0; raise ValueError for any other value."""
    found = numbers.real(value)
    if not 0 < found < math.inf:
        raise ValueError(f"Trainer: {name} must be a finite number above 0, got {value!r}")
    return found


def fraction(name: str, value: Any) -> float:
    """Return a number in [0, 1); raise ValueError for any other value."""
    found = numbers.real(value)
    if not 0 <= found < 1:
        raise ValueError(f"Trainer: {name} must be at least 0 and below 1, got {value!r}")
    return found


def choice(name: str, value: Any, legal: tuple[str, ...]) -> str:
    """Return one of the legal names; raise ValueError for any other value."""
    if value not in legal:
        raise ValueError(f"Trainer: {name} must be one of {', '.join(legal)}, got {value!r}")
    return str(value)
