"""Training: the trainer, its options, its history and the recipes.

The trainer loads on first use, since it imports torch. Options and recipes do not.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dt4ecg.training.trainer import Trainer

__all__ = ["Trainer"]


def __getattr__(name: str) -> Any:
    if name == "Trainer":
        from dt4ecg.training.trainer import Trainer

        return Trainer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
