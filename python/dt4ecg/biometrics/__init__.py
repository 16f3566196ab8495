"""Biometrics: what a system of identification needs in addition to a classifier."""

import importlib as _importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dt4ecg.biometrics import tamper

_SUBMODULES = ("tamper",)

__all__ = ["tamper"]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
