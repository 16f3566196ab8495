"""One training of a network: the loop of the C++ core, and its state in a checkpoint."""

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from dt4ecg import _core
from dt4ecg import weighting as weightings
from dt4ecg.nn.contexts import seeded
from dt4ecg.nn.core_model import core_model
from dt4ecg.nn.network import Network
from dt4ecg.storage import checkpoint as checkpoints
from dt4ecg.training import resume


class Run:
    """One training of a network.

    Parameters
    ----------
    network : torch.nn.Module
        In train mode, except for parts that stay frozen.
    tasks : dict of str to int
        Number of classes of each task.
    objective : dt4ecg._core.train.Objective
    weighting : callable
    settings : dict
        The settings that a continued training must share.
    epochs : int
    n_threads : int or None

    Raises
    ------
    ValueError
        If no parameter of the network requires a gradient.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        tasks: Mapping[str, int],
        objective: _core.train.Objective,
        weighting: Callable[..., Any],
        settings: Mapping[str, Any],
        epochs: int,
        n_threads: int | None,
    ) -> None:
        in_python = isinstance(objective, _core.train.PythonObjective)
        model = core_model(network, tasks, features=in_python)
        if not model.trainable:
            raise ValueError("Trainer: no parameter of the network requires a gradient")
        self._network = network
        self._tasks = dict(tasks)
        self._settings = settings
        self._draws = in_python or isinstance(model, _core.train.PythonModel)
        self._random_state: torch.Tensor | None = None
        options = _core.train.TrainerOptions(
            learning_rate=settings["learning_rate"],
            weight_decay=settings["weight_decay"],
            schedule=getattr(_core.train.Schedule, settings["schedule"]),
            batch_size=settings["batch_size"],
            epochs=epochs,
            norm_scope=getattr(_core.train.NormScope, settings["norm_scope"]),
            seed=settings["seed"],
            threads=n_threads or 0,
            fused=settings["precision"] == "float32",
        )
        self.core = _core.train.Trainer(model, objective, weightings.build(weighting), options)

    def seeded(self) -> AbstractContextManager[None]:
        """Seed torch's generator for code in Python, such as dropout, and restore it later."""
        return seeded(self._settings["seed"]) if self._draws else nullcontext()

    def restore(self, path: str | os.PathLike[str], samples: int) -> None:
        """Set run, network and torch's generator to a saved state, or change none of them.

        Parameters
        ----------
        path : path
            The checkpoint.
        samples : int
            Number of training segments.

        Raises
        ------
        OSError
            If the file cannot be read.
        ValueError
            If it belongs to another network, other data or other settings.
        """
        saved = checkpoints.read(path)
        resume.check(
            path,
            saved,
            settings=self._settings,
            parameters=self._network.state_dict(),
            network=self._network_arguments() or {},
        )
        self.core.restore(saved.state, samples)
        self._network.load_state_dict(dict(saved.parameters))
        if self._draws:
            torch.set_rng_state(saved.random_state)

    def train(
        self,
        data: _core.train.TrainingData,
        validation: _core.train.TrainingData | None,
        after_epoch: Callable[[], object],
    ) -> None:
        """Train the remaining epochs, and keep the state of torch's generator for :meth:`save`."""
        try:
            self.core.fit(data, validation, after_epoch)
        finally:
            self._random_state = torch.get_rng_state()

    def save(self, path: str | os.PathLike[str], header: Mapping[str, Any]) -> None:
        """Write the checkpoint of the state between two steps, atomically."""
        checkpoints.write(
            path,
            self.core.between_steps(lambda: self._checkpoint().tensors()),
            network=self._network_arguments(),
            tasks=self._tasks,
            settings=self._settings,
            header=header,
        )

    def _checkpoint(self) -> checkpoints.Checkpoint:
        finished = self._random_state  # torch's generator may have moved on since
        return checkpoints.Checkpoint(
            network=self._network_arguments() or {},
            parameters=self._network.state_dict(),
            settings=self._settings,
            state=self.core.state(),
            random_state=torch.get_rng_state() if finished is None else finished,
        )

    def _network_arguments(self) -> dict[str, Any] | None:
        return self._network.spec if isinstance(self._network, Network) else None
