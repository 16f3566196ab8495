"""Training runs as folders: configuration, training, results, figures and reports.

The commands ``train`` and ``evaluate`` call this layer, and a notebook or a script can do the same.
"""

from dt4ecg.runs.config import (
    CONFIG,
    DEFAULTS,
    check_types,
    complete_config,
    new_config,
    read_config,
)
from dt4ecg.runs.folder import CHECKPOINT, MODEL, model_file, remove_leftovers
from dt4ecg.runs.loading import load
from dt4ecg.runs.reporting import RunReport, report
from dt4ecg.runs.training import TrainedRun, load_and_split, train

__all__ = [
    "CHECKPOINT",
    "CONFIG",
    "DEFAULTS",
    "MODEL",
    "RunReport",
    "TrainedRun",
    "check_types",
    "complete_config",
    "load",
    "load_and_split",
    "model_file",
    "new_config",
    "read_config",
    "remove_leftovers",
    "report",
    "train",
]


def __dir__() -> list[str]:
    return sorted(__all__)
