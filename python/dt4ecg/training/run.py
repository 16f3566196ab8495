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
from dt4ecg.training import objectives, resume
from dt4ecg.training.best_epoch import BestEpoch
from dt4ecg.training.settings import EarlyStopping


class Run:
    """One training of a network.

    Parameters
    ----------
    network : torch.nn.Module
        In train mode, except for parts that stay frozen.
    tasks : dict of str to int
        Number of classes of each task.
    objective : callable
    target_names : tuple of str or None
        Names of the targets if ``y`` is a dictionary.
    weighting : callable
    settings : dict
        The settings that a continued training must share.
    early_stopping : EarlyStopping or None
    epochs : int
    n_threads : int or None
    samples : int
        Number of training segments.

    Raises
    ------
    ValueError
        If no parameter of the network requires a gradient.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        tasks: Mapping[str, int],
        objective: objectives.Objective,
        target_names: tuple[str, ...] | None,
        weighting: Callable[..., Any],
        settings: Mapping[str, Any],
        early_stopping: EarlyStopping | None,
        epochs: int,
        n_threads: int | None,
        samples: int,
    ) -> None:
        self._arguments = dict(
            tasks=tasks,
            objective=objective,
            target_names=target_names,
            weighting=weighting,
            settings=settings,
            early_stopping=early_stopping,
            epochs=epochs,
            n_threads=n_threads,
            samples=samples,
        )
        core_objective = objectives.build(
            objective, tasks, target_names, settings["class_weight"] or ()
        )
        in_python = isinstance(core_objective, _core.train.PythonObjective)
        model = core_model(network, tasks, features=in_python)
        if not model.trainable:
            raise ValueError("Trainer: no parameter of the network requires a gradient")
        self._network = network
        self._tasks = dict(tasks)
        self._settings = settings
        self._draws = in_python or isinstance(model, _core.train.PythonModel)
        self._random_state: torch.Tensor | None = None
        self._samples = samples
        self._was_fused = False
        self.best = None if early_stopping is None else BestEpoch(early_stopping, network)
        self._last: dict[str, torch.Tensor] | None = None
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
        self.core = _core.train.Trainer(model, core_objective, weightings.build(weighting), options)

    def seeded(self) -> AbstractContextManager[None]:
        """Seed torch's generator for code in Python, such as dropout, and restore it later."""
        return seeded(self._settings["seed"]) if self._draws else nullcontext()

    def restore(self, path: str | os.PathLike[str]) -> None:
        """Set run, network and torch's generator to a saved state, or change none of them.

        Parameters
        ----------
        path : path
            The checkpoint.

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
        self.core.restore(saved.state, self._samples)
        if self.best is not None:
            self.best.restore(saved.best, self.core.history)
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

        def end_epoch() -> None:
            if self.best is not None:
                self.best.update(self.core.history)
            after_epoch()
            self._stop_if_final()

        self._stop_if_final()
        try:
            self.core.fit(data, validation, end_epoch)
        finally:
            self._random_state = torch.get_rng_state()

    def load_best(self) -> None:
        """Give the network the parameters of its best epoch. :meth:`save` keeps the last ones."""
        if self.best is not None:
            self._last = {name: x.clone() for name, x in self._network.state_dict().items()}
            self.best.load()

    def __getstate__(self) -> dict[str, Any]:
        """Return the arguments, and the state of the core as the tensors of a checkpoint."""
        return {
            "network": self._network,
            "arguments": self._arguments,
            "core": self.core.state(),
            "fused": self.fused,
            "best": self.best,
            "last": self._last,
            "random_state": self._random_state,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["network"], **state["arguments"])  # type: ignore[misc]
        self.core.restore(state["core"], self._samples)
        self._was_fused = state["fused"]
        self.best, self._last = state["best"], state["last"]
        self._random_state = state["random_state"]

    @property
    def fused(self) -> bool:
        """Whether the training ran the fused loops, here or before this object was pickled."""
        return self.core.fused or self._was_fused

    def _stop_if_final(self) -> None:
        if self.best is not None and self.best.is_final(self.core.history):
            self.core.stop()

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
        best: dict[str, torch.Tensor] = {}
        if self.best is not None:
            self.best.update(self.core.history)  # another thread may save before the epoch's hook
            best = self.best.parameters
        return checkpoints.Checkpoint(
            network=self._network_arguments() or {},
            parameters=self._network.state_dict() if self._last is None else self._last,
            settings=self._settings,
            state=self.core.state(),
            random_state=torch.get_rng_state() if finished is None else finished,
            best=best,
        )

    def _network_arguments(self) -> dict[str, Any] | None:
        return self._network.spec if isinstance(self._network, Network) else None
