"""The environment that a run was computed in."""

from __future__ import annotations

import importlib.metadata

import dt4ecg

_LIBRARIES = ("numpy", "scipy", "scikit-learn")


def environment() -> dict[str, str]:
    """Return the versions and the processor on which the numbers of a run depend.

    Examples
    --------
    >>> from dt4ecg.runs.environment import environment
    >>> {"dt4ecg", "torch", "processor", "numpy"} <= environment().keys()
    True
    """
    return dt4ecg.build_info() | {name: importlib.metadata.version(name) for name in _LIBRARIES}
