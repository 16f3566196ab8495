"""Segments, targets and sample weights in the form that the training loop takes."""

import hashlib
from collections.abc import Mapping
from typing import Any

import torch

from dt4ecg import _core
from dt4ecg.nn.network import Network
from dt4ecg.nn.segments import as_segments
from dt4ecg.training import objectives
from dt4ecg.training.labels import as_labels, as_sample_weight, without_single_classes
from dt4ecg.training.targets import as_targets


class DataReader:
    """Check data for one training, and move them to its device.

    Parameters
    ----------
    network : torch.nn.Module
    objective : callable
    device : torch.device
    tasks : dict of str to int
        Number of classes of each task of the network. If empty, the network itself is asked.

    Attributes
    ----------
    tasks : dict of str to int
    losses : tuple of str
        Tasks of the objective.
    target_names : tuple of str or None
        Names of the targets if ``y`` is a dictionary.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        objective: objectives.Objective,
        device: torch.device,
        tasks: Mapping[str, int],
    ) -> None:
        self.tasks = dict(tasks)
        self.losses: tuple[str, ...] = ()
        self.target_names: tuple[str, ...] | None = None
        self._network = network
        self._objective = objective
        self._device = device

    def __call__(self, X: Any, y: Any, sample_weight: Any = None) -> _core.train.TrainingData:
        """Read training data, or validation data after them."""
        x = as_segments("fit", X)
        first = not self.losses
        if not self.tasks:
            x0 = x[:1].to(self._device)
            self.tasks = objectives.network_tasks(self._objective, self._network, x0)
        self.losses = objectives.tasks_of(self._objective, self.tasks)
        names: tuple[str, ...] | None = None
        if isinstance(self._objective, objectives.CrossEntropy):
            targets = [without_single_classes(as_labels(y, len(x), self.tasks), self.tasks)]
        else:
            names, targets = as_targets(y, len(x), self._device)
        if first:
            self.target_names = names
        elif names != self.target_names:
            raise ValueError(
                f"fit: the y of validation_data must have the entries of y, {self.target_names}, "
                f"got {names}"
            )
        weight = None if sample_weight is None else as_sample_weight("fit", sample_weight, len(x))
        if isinstance(self._network, Network):
            _check_shape(self._network, x)
        return _core.train.TrainingData(
            x.to(self._device), targets, None if weight is None else weight.to(self._device)
        )


def data_digest(data: _core.train.TrainingData) -> str:
    """Return the SHA-256 digest of segments, targets and sample weights."""
    digest = hashlib.sha256()
    for tensor in (data.x, *data.targets, data.sample_weight):
        if tensor is not None:
            digest.update(tensor.cpu().numpy().data)
    return digest.hexdigest()


def _check_shape(network: Network, x: torch.Tensor) -> None:
    expected = (network.spec["in_channels"], network.spec["segment_length"])
    if tuple(x.shape[1:]) != expected:
        raise ValueError(
            f"fit: the network takes segments (n, {expected[0]}, {expected[1]}), got "
            f"{tuple(x.shape)}"
        )
