"""The best epoch of a training on its validation data, and the parameters of that epoch."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import torch

from dt4ecg import _core
from dt4ecg.training.settings import EarlyStopping


class BestEpoch:
    """Keep the parameters of the best epoch so far.

    Parameters
    ----------
    stopping : EarlyStopping
    network : torch.nn.Module

    Attributes
    ----------
    parameters : dict of str to torch.Tensor
        The ``state_dict`` of the best epoch; empty before the first epoch.
    """

    def __init__(self, stopping: EarlyStopping, network: torch.nn.Module) -> None:
        self._stopping = stopping
        self._network = network
        self._seen = 0
        self.parameters: dict[str, torch.Tensor] = {}

    def update(self, history: Sequence[_core.train.EpochRecord]) -> None:
        """Look at the epochs that ended since the last call, before the next step."""
        if len(history) > self._seen:
            self._seen = len(history)
            if self.epoch(history) == self._seen:
                self.parameters = _copy(self._network)

    def epoch(self, history: Sequence[_core.train.EpochRecord]) -> int | None:
        """Return the number of the best epoch, from 1; None without any."""
        return best_epoch(
            self._stopping.monitor,
            ((record.validation_loss, record.validation_accuracy) for record in history),
        )

    def is_final(self, history: Sequence[_core.train.EpochRecord]) -> bool:
        """Return whether the patience is over."""
        return len(history) - (self.epoch(history) or 0) >= self._stopping.patience

    def load(self) -> None:
        """Give the network the parameters of the best epoch, if there is one."""
        if self.parameters:
            self._network.load_state_dict(self.parameters)

    def restore(
        self,
        parameters: Mapping[str, torch.Tensor],
        history: Sequence[_core.train.EpochRecord],
    ) -> None:
        """Set the parameters of the best epoch of this history."""
        self._seen = len(history)
        self.parameters = dict(parameters)


def best_epoch(
    monitor: str, validation: Iterable[tuple[Iterable[float], Iterable[float]]]
) -> int | None:
    """Return the first epoch, from 1, with the best mean over the tasks.

    Parameters
    ----------
    monitor : {"loss", "accuracy"}
    validation : iterable of (losses, accuracies)
        One pair per epoch, each with one number per task. Numbers that are not finite have no part.

    Returns
    -------
    epoch : int or None
        None if no epoch has a finite number.

    Examples
    --------
    >>> from dt4ecg.training.best_epoch import best_epoch
    >>> best_epoch("loss", [([2.0], [0.1]), ([1.0], [0.3]), ([1.5], [0.4])])
    2
    >>> best_epoch("accuracy", [([2.0], [0.1]), ([1.0], [0.3]), ([1.5], [0.4])])
    3
    """
    best, found = -math.inf, None
    for epoch, (losses, accuracies) in enumerate(validation, 1):
        values = accuracies if monitor == "accuracy" else [-loss for loss in losses]
        finite = [float(value) for value in values if math.isfinite(value)]
        mean = sum(finite) / len(finite) if finite else -math.inf
        if mean > best:
            best, found = mean, epoch
    return found


def best_epoch_of(history: Mapping[str, Any], stopping: EarlyStopping | None) -> int | None:
    """Return the best epoch in a trainer's history; None without early stopping."""
    validation = history["validation"]
    if stopping is None or validation is None:
        return None
    return best_epoch(
        stopping.monitor, zip(validation["loss"], validation["accuracy"], strict=True)
    )


def _copy(network: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
