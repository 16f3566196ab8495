"""Recognise identity and activity from 3-second ECG segments.

The C++ core ``dt4ecg._core`` does the work; the modules here are its Python layer. Submodules and
classes are imported when they are first used, and torch with them: ``import dt4ecg`` is cheap.

Examples
--------
>>> import dt4ecg
>>> data = dt4ecg.datasets.load_paper_cohort()
>>> data.X.shape
(2700, 1, 300)
"""

import importlib as _importlib
from typing import Any as _Any

from dt4ecg._common import torch_check as _torch_check
from dt4ecg._common.short_names import ShortNames as _ShortNames

_torch_check.check()

__version__ = "0.1.0"

_SUBMODULES = frozenset(
    {
        "beats",
        "biometrics",
        "datasets",
        "estimator",
        "inference",
        "io",
        "metrics",
        "nn",
        "paper",
        "plots",
        "protocols",
        "runs",
        "signal",
        "storage",
        "training",
        "weighting",
    }
)
_PACKAGES = {
    "explain": "dt4ecg.inference.explain",
    "pretraining": "dt4ecg.training.pretraining",
}
_NAMES = {
    "DT4ECGClassifier": "dt4ecg.estimator",
    "Preprocessor": "dt4ecg.signal",
    "Trainer": "dt4ecg.training",
    "Recording": "dt4ecg.io",
    "load": "dt4ecg.biometrics",
    "read": "dt4ecg.io",
}
_RENAMED = {
    "comparators": "paper.comparators",
    "preprocessing": "signal.preprocessor",
    "recipes": "training.recipes",
    "reproduce": "paper",
    "serialization": "storage.container",
}

_ShortNames({f"{__name__}.{short}": long for short, long in _PACKAGES.items()}).install()

__all__ = ["__version__", "build_info", *sorted(_SUBMODULES), *sorted(_PACKAGES), *sorted(_NAMES)]


def build_info() -> dict[str, str]:
    """Return the facts that a bug report needs.

    Returns
    -------
    dict of str to str
        Versions of the package, Python and torch, the compiler, and the processor with its
        instruction set and number of threads, on which the rounding of results depends.

    Examples
    --------
    >>> import dt4ecg
    >>> sorted(dt4ecg.build_info())
    ['compiler', 'dt4ecg', 'instructions', 'processor', 'python', 'threads', 'torch',
     'torch_built_against']
    """
    import platform

    import torch

    from dt4ecg import _core

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


def __getattr__(name: str) -> _Any:
    if name == "_core":
        _torch_check.import_torch()  # the core's symbols come from torch's libraries
        return _importlib.import_module("dt4ecg._core")
    if name in _SUBMODULES or name in _PACKAGES:
        return _importlib.import_module(f"dt4ecg.{name}")
    if name in _NAMES:
        return getattr(_importlib.import_module(_NAMES[name]), name)
    if name in _RENAMED:
        import warnings

        new = f"dt4ecg.{_RENAMED[name]}"
        warnings.warn(
            f"dt4ecg.{name} was renamed; use {new} instead", DeprecationWarning, stacklevel=2
        )
        return _importlib.import_module(new)
    raise AttributeError(f"module 'dt4ecg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
