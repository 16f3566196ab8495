"""Model files and checkpoints: their container, their content, and the lock of a run folder.

``docs/model-file.md`` documents the format for other programs.
"""

import importlib as _importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dt4ecg.storage import checkpoint, container, model_file

__all__ = ["checkpoint", "container", "model_file"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
