"""Training: the trainer, its options, its history and the recipes.

The trainer and the history load on first use, since they import torch. Options and recipes do not.
"""

import importlib as _importlib
from typing import TYPE_CHECKING, Any

from dt4ecg.training.settings import EarlyStopping, TrainingSettings

if TYPE_CHECKING:
    from dt4ecg.training import head_losses, metric_losses, objectives, recipes
    from dt4ecg.training.augmentation import Augmentation
    from dt4ecg.training.batches import SubjectBatches
    from dt4ecg.training.deconfounding import DeconfoundedCrossEntropy, Deconfounding
    from dt4ecg.training.epoch_data import AugmentedSegments, EpochData
    from dt4ecg.training.history import History
    from dt4ecg.training.linear_eraser import LinearEraser
    from dt4ecg.training.slow_exchange import SlowExchange
    from dt4ecg.training.trainer import Trainer

__all__ = [
    "Augmentation",
    "AugmentedSegments",
    "DeconfoundedCrossEntropy",
    "Deconfounding",
    "EarlyStopping",
    "EpochData",
    "History",
    "LinearEraser",
    "SlowExchange",
    "SubjectBatches",
    "Trainer",
    "TrainingSettings",
    "head_losses",
    "metric_losses",
    "objectives",
    "recipes",
]
_MODULES = {
    "Augmentation": "augmentation",
    "AugmentedSegments": "epoch_data",
    "DeconfoundedCrossEntropy": "deconfounding",
    "Deconfounding": "deconfounding",
    "EpochData": "epoch_data",
    "History": "history",
    "LinearEraser": "linear_eraser",
    "SlowExchange": "slow_exchange",
    "SubjectBatches": "batches",
    "Trainer": "trainer",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(_importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    if name in __all__:
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
