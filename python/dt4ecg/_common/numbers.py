"""Check the kind and the range of a number that the user set."""

import math
import numbers
from typing import Any

LARGEST_INTEGER = 2**63 - 1  # the core uses 64-bit integers


def integer(operation: str, name: str, value: Any, least: int, most: int = LARGEST_INTEGER) -> int:
    """Return an integer between two limits as an int. The value may be a NumPy integer.

    Raises
    ------
    ValueError
        If the value is not an integer, or outside the limits. The text starts with ``operation``.

    Examples
    --------
    >>> integer("fit", "epochs", 50, 1)
    50
    """
    legal = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not legal or not least <= value <= most:
        raise ValueError(
            f"{operation}: {name} must be an integer of at least {least} and at most {most}, "
            f"got {value!r}"
        )
    return int(value)


def real(value: Any) -> float:
    """Return a real number as a float, or NaN if it is not one or too large for a float.

    No range contains NaN, so the caller's check of the range refuses it.

    Examples
    --------
    >>> real(3), real("3"), real(True)
    (3.0, nan, nan)
    """
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def number(name: str, value: Any) -> float:
    """Return a finite real number as a float; the core checks its range.

    Raises
    ------
    ValueError
        If the value is not a finite real number.

    Examples
    --------
    >>> number("sampling_rate", 500)
    500.0
    """
    found = real(value)
    if not math.isfinite(found):
        raise ValueError(f"{name}: expects a finite number, got {value!r}")
    return found
