"""Noise of ECG segments, scored by a diffusion model of clean ones."""

import importlib as _importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dt4ecg.biometrics.noise.distances import Separation, separation
    from dt4ecg.biometrics.noise.model import NoiseModel

__all__ = ["NoiseModel", "Separation", "separation"]

_MODULES = {"NoiseModel": "model", "Separation": "distances", "separation": "distances"}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(_importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
