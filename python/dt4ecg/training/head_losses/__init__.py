"""Losses of single heads, and the objective that gives each task of a network its own.

A head of a network may predict classes, a number, or an ordered rating. Each loss says how many
outputs its head needs, compares them with the targets, and turns them into predictions.
:class:`PerTask` joins several to an objective of :class:`dt4ecg.Trainer`.
"""

from dt4ecg.training.head_losses.classes import ClassLoss
from dt4ecg.training.head_losses.ordinal import OrdinalLoss
from dt4ecg.training.head_losses.per_task import PerTask
from dt4ecg.training.head_losses.regression import RegressionLoss

__all__ = ["ClassLoss", "OrdinalLoss", "PerTask", "RegressionLoss"]


def __dir__() -> list[str]:
    return sorted(__all__)
