"""Who is it, and what are they doing? Dual-task learning from 3-second ECG segments.

The work is done by the C++ core ``dt4ecg._core``; the modules here are its face. Submodules and
classes load when they are first used, so ``import dt4ecg`` costs little more than ``import torch``.
"""

import importlib as _importlib

from dt4ecg._common import torch_check

torch_check.check()

from dt4ecg import _core  # noqa: E402  (torch first: the extension resolves its symbols)

__version__: str = _core.__version__

_SUBMODULES = frozenset(
    {
        "datasets",
        "inference",
        "metrics",
        "nn",
        "paper",
        "plots",
        "protocols",
        "signal",
        "weighting",
    }
)
_NAMES = {
    "DT4ECGClassifier": "dt4ecg.estimator",
    "Preprocessor": "dt4ecg.signal",
    "Trainer": "dt4ecg.training",
    "load": "dt4ecg.estimator",
}

__all__ = ["__version__", "build_info", *sorted(_SUBMODULES), *sorted(_NAMES)]


def build_info() -> dict[str, str]:
    """What a bug report needs: versions, compiler, and what rounding depends on."""
    import platform

    import torch

    return {
        "dt4ecg": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "torch_built_against": _core.torch_version,
        "compiler": _core.compiler,
        "processor": torch.cpu.get_capabilities().get("cpu_name") or platform.machine(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": str(torch.get_num_threads()),
    }


_RENAMED = {
    "comparators": "paper.comparators",
    "preprocessing": "signal.preprocessor",
    "recipes": "training.recipes",
    "reproduce": "paper",
    "serialization": "storage.container",
}


def __getattr__(name: str):
    if name in _RENAMED:
        import warnings

        new = f"dt4ecg.{_RENAMED[name]}"
        warnings.warn(
            f"dt4ecg.{name} was renamed; use {new} instead", DeprecationWarning, stacklevel=2
        )
        return _importlib.import_module(new)
    if name in _SUBMODULES:
        return _importlib.import_module(f"dt4ecg.{name}")
    if name in _NAMES:
        return getattr(_importlib.import_module(_NAMES[name]), name)
    raise AttributeError(f"module 'dt4ecg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
