"""Training: the trainer, its options, its history and the recipes.

The trainer and the history load on first use, since they import torch. Options and recipes do not.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dt4ecg.training.history import History
    from dt4ecg.training.trainer import Trainer

__all__ = ["History", "Trainer"]


def __getattr__(name: str) -> Any:
    if name == "History":
        from dt4ecg.training.history import History

        return History
    if name == "Trainer":
        from dt4ecg.training.trainer import Trainer

        return Trainer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
