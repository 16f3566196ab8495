"""Plots of trainings, results and segments.

Each function draws with matplotlib on the axes ``ax``, or on new axes, and returns them. Labels and
titles are shown as they are: ``$`` does not start a formula, and long labels are shortened.
"""

from dt4ecg.plots.figures import (
    confusion_matrix,
    preprocessing_stages,
    segments,
    task_weights,
    training_curves,
)

__all__ = [
    "confusion_matrix",
    "preprocessing_stages",
    "segments",
    "task_weights",
    "training_curves",
]


def __dir__() -> list[str]:
    return sorted(__all__)
