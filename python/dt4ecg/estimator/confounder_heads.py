"""Heads for confounders, which a network has during its training and loses after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dt4ecg._common.label_columns import as_columns, side_by_side
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.nn import Network
from dt4ecg.training.classes import learn_classes, require_equal_lengths
from dt4ecg.training.deconfounding import DeconfoundedCrossEntropy, Deconfounding


class ConfounderHeads:
    """The confounders of one training: their classes, heads and targets.

    Parameters
    ----------
    confounders : dict of str to array (n,), data frame, or None
        Labels of each confounder. None or nothing: an ordinary training.
    settings : Deconfounding or None
    indices : int64 array (n, tasks)
        Class indices of the tasks.
    tasks : sequence of str
    missing_label : label or None

    Attributes
    ----------
    sizes : dict of str to int
        Number of classes of each head.
    names : tuple of str
        The names that the caller gave the confounders.

    Raises
    ------
    ValueError
        If labels do not fit the segments, a confounder has one class, or is a task by another name.
    TypeError
        If the confounders have no names, or the settings are another object.
    """

    def __init__(
        self,
        confounders: Any,
        settings: Deconfounding | None,
        indices: np.ndarray,
        tasks: Sequence[str],
        missing_label: Any,
    ) -> None:
        if settings is not None and not isinstance(settings, Deconfounding):
            raise TypeError(
                "DT4ECGClassifier: deconfounding must be a dt4ecg.training.Deconfounding or None, "
                f"got {settings!r}"
            )
        self.sizes: dict[str, int] = {}
        self.names: tuple[str, ...] = ()
        self._settings = settings
        self._columns = np.empty((len(indices), 0), np.int64)
        if confounders is None:
            if settings is not None:
                raise ValueError(
                    "fit: deconfounding needs labels to train against; pass "
                    "confounders={'subject': ...}, or leave deconfounding out"
                )
            return
        labels, names = _labels(confounders)
        require_equal_lengths("fit", indices, labels)
        self._columns, classes = learn_classes(labels, names, missing_label)
        for name, column, found in zip(names, self._columns.T, classes, strict=True):
            if len(found) < 2:
                raise ValueError(
                    f"fit: the confounder {name} has one class, {found[0].item()!r}; leave it out"
                )
            _require_another(name, column, indices, tasks)
        self.names = tuple(names)
        self.sizes = {
            f"confounder_{number}": len(found) for number, found in enumerate(classes, start=1)
        }

    def arguments(self, network: Network, trainer: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of a trainer, with the objective of the confounders."""
        if not self.sizes:
            return trainer
        smoothing = trainer.pop("label_smoothing", 0.0)
        objective = DeconfoundedCrossEntropy(network, self.sizes, self._settings, smoothing)
        return {**trainer, "objective": objective}

    def targets(self, indices: np.ndarray, training: bool = True) -> np.ndarray:
        """Return the class indices of tasks and confounders; those of validation are unknown."""
        if training:
            return np.concatenate([indices, self._columns], axis=1)
        unknown = np.full((len(indices), len(self.sizes)), UNKNOWN)
        return np.concatenate([indices, unknown], axis=1)

    def removed(self, network: Network) -> Network:
        """Return the network without the heads of the confounders, and with the same modes."""
        if not self.sizes:
            return network
        tasks = {task: n for task, n in network.tasks.items() if task not in self.sizes}
        kept = Network(**{**network.spec, "tasks": tasks})
        state = network.state_dict()
        kept.load_state_dict({name: state[name] for name in kept.state_dict()})
        return kept.to(next(network.parameters()).device).train(network.training)


def _labels(confounders: Any) -> tuple[np.ndarray, list[str]]:
    """Return the labels (n, confounders) and their names."""
    if not isinstance(confounders, Mapping) and not hasattr(confounders, "columns"):
        raise TypeError(
            "fit: confounders must be a data frame or a dictionary such as {'subject': labels}, "
            f"got {type(confounders).__name__}"
        )
    names = [str(name) for name in getattr(confounders, "columns", confounders)]
    if not names:
        raise ValueError("fit: confounders must name at least one confounder, or be None")
    columns = [as_columns(confounders[name], (name,))[:, 0] for name in confounders]
    for name, column in zip(names, columns, strict=True):
        if len(column) != len(columns[0]):
            raise ValueError(
                f"fit: the confounder {name} has {len(column)} labels, but {names[0]} has "
                f"{len(columns[0])}"
            )
    return side_by_side(columns), names


def _require_another(
    name: str, column: np.ndarray, indices: np.ndarray, tasks: Sequence[str]
) -> None:
    """Raise ValueError if a confounder names the same groups as a task."""
    for task, labels in zip(tasks, indices.T, strict=True):
        known = (column != UNKNOWN) & (labels != UNKNOWN)
        pairs = {*zip(column[known].tolist(), labels[known].tolist(), strict=True)}
        sizes = len({label for _, label in pairs}), len({group for group, _ in pairs})
        if pairs and len(pairs) == sizes[0] == sizes[1] > 1:
            raise ValueError(
                f"fit: the confounder {name} has the same groups as the task {task}: features "
                f"without it cannot predict {task}; train the other tasks alone, tasks=(...)"
            )
