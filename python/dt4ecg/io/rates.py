"""The sampling rates of ECG recorders, and the names under which files and objects state one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RATE_NAMES = (
    "fs",
    "sampling_rate",
    "sampling_frequency",
    "sample_rate",
    "sfreq",
    "srate",
    "rate",
    "hz",
)
RECORDER_RATES = (20.0, 20_000.0)  # Hz; a clock that gives another rate has another unit
MAX_SAMPLING_RATE = 100_000.0  # Hz, of what a file or a user states


def is_rate_name(name: object) -> bool:
    """Return whether a number of this name is the sampling rate.

    Examples
    --------
    >>> from dt4ecg.io.rates import is_rate_name
    >>> is_rate_name("Fs"), is_rate_name("ecg")
    (True, False)
    """
    return str(name).strip().lower() in RATE_NAMES


def stated_rate(attributes: Mapping[Any, Any]) -> tuple[float | None, str]:
    """Return the sampling rate that the attributes of an object state, and its source.

    Examples
    --------
    >>> from dt4ecg.io.rates import stated_rate
    >>> stated_rate({"units": "mV", "sfreq": 250})
    (250.0, 'attribute sfreq')
    """
    for name, value in attributes.items():
        if not is_rate_name(name) or value is None:
            continue
        try:
            return float(value), f"attribute {name}"
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"read: the attribute {name!r} must be a sampling rate in Hz, a number, got "
                f"{value!r}; correct it, or give sampling_rate="
            ) from error
    return None, ""
