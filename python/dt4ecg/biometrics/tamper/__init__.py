"""Spliced ECG: how to make it, and how to detect it."""

import importlib as _importlib
from typing import TYPE_CHECKING, Any

from dt4ecg.biometrics.tamper.scan import Scan
from dt4ecg.biometrics.tamper.splice import SPLICES, Spliced, SpliceOptions, splice

if TYPE_CHECKING:
    from dt4ecg.biometrics.tamper.detector import TamperDetector

__all__ = ["SPLICES", "Scan", "SpliceOptions", "Spliced", "TamperDetector", "splice"]


def __getattr__(name: str) -> Any:
    if name == "TamperDetector":  # it imports the trainer
        return _importlib.import_module(f"{__name__}.detector").TamperDetector
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
