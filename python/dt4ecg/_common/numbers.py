"""A number that somebody set: its kind and its range, looked at the same way everywhere."""

import math
import numbers
from typing import Any


def integer(operation: str, name: str, value: Any, least: int, most: int = 2**63 - 1) -> int:
    """NumPy's integers too, as Python's; by default as large as the core can hold."""
    legal = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not legal or not least <= value <= most:
        raise ValueError(
            f"{operation}: {name} must be an integer of at least {least} and at most {most}, "
            f"got {value!r}"
        )
    return int(value)


def real(value: Any) -> float:
    """NaN, which no range holds, for what is no real number or too large for a float."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def number(name: str, value: Any) -> float:
    """A real number whose range the core knows."""
    found = real(value)
    if not math.isfinite(found):
        raise ValueError(f"{name}: expects a finite number, got {value!r}")
    return found
