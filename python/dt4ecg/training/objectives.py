"""Training objectives: one loss per task from the outputs of the network and the targets.

An objective is any object that is called as ``objective(outputs, targets) -> losses``:

outputs : dict of str to torch.Tensor
    ``outputs[task]`` holds the logits (n, classes) of each task of the network, and
    ``outputs["features"]`` the pooled features (n, channels) that
    :meth:`dt4ecg.nn.Network.embed` returns. A module of your own provides features if the
    dictionary that it returns has an entry ``"features"`` (n, channels).
targets : torch.Tensor or dict of str to torch.Tensor
    The rows of ``y`` that belong to the batch. ``y`` is what ``fit(X, y)`` received: an array
    (n, ...) or a dictionary of such arrays. Real numbers arrive as float32, integers as int64.
losses : dict of str to torch.Tensor
    A scalar per task, differentiable with respect to the outputs. A task that has no targets in
    this batch is left out.

The losses are means over the batch. The trainer weighs them by the task weighting, sums them, and
computes the gradients of the network: in its fused loops where it can, since only the small graph
from the outputs to the losses is differentiated in Python.

The attribute ``tasks`` (names of the losses) is optional. Without it, the losses have the names of
the tasks of the network. The losses need not correspond to heads: a contrastive loss of the
features alone may have ``tasks = ("contrastive",)``.

A resumed training has the bits of an uninterrupted one if the objective is a function of its
arguments and of random numbers from torch's default generator. Before the first step, a weighting
that compares gradients calls the objective once, to learn which outputs each loss depends on.

The history of an objective contains losses. Accuracies are NaN, except for cross-entropy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg import _core
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.nn import called_module
from dt4ecg.nn.called_module import FEATURES
from dt4ecg.nn.network import Network
from dt4ecg.training.options import fraction

__all__ = ["CrossEntropy", "Objective"]

Outputs = dict[str, torch.Tensor]
Targets = torch.Tensor | dict[str, torch.Tensor] | None
Losses = Mapping[str, torch.Tensor | None]
Objective = Callable[[Outputs, Targets], Losses]

NAMES = ("cross_entropy",)


@dataclass(frozen=True)
class CrossEntropy:
    """Mean cross-entropy of each task over the segments that have a label for it.

    This is the default objective of :class:`dt4ecg.Trainer`. The targets are class indices
    (n, tasks), with -1 where a label is unknown. The validation loss is computed without label
    smoothing and without sample weights.

    Parameters
    ----------
    label_smoothing : float, default=0.0
        Fraction of each label that is spread over all classes, in [0, 1).

    Raises
    ------
    ValueError
        If ``label_smoothing`` is outside [0, 1).

    Notes
    -----
    The loss of a task is the mean over its labelled segments of ``-sum_c q_c log softmax(z)_c``,
    where z are the logits and ``q_c = (1 - s) [c is the label] + s / classes``. Equation 8 of the
    paper is the form for two classes. Label smoothing is by Szegedy et al. (2016), "Rethinking the
    Inception Architecture for Computer Vision".

    See Also
    --------
    dt4ecg.Trainer : Its argument ``objective`` takes this class or any function.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.objectives import CrossEntropy
    >>> logits = torch.zeros(2, 4)
    >>> losses = CrossEntropy()({"identity": logits}, torch.tensor([[3], [-1]]))
    >>> round(losses["identity"].item(), 4)  # log(4)
    1.3863

    An objective of your own may add a term to it:

    >>> def with_small_logits(outputs, targets):
    ...     losses = CrossEntropy()(outputs, targets)
    ...     return {task: loss + 0.01 * outputs[task].square().mean()
    ...             for task, loss in losses.items()}
    """

    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        found = fraction("label_smoothing", self.label_smoothing)
        object.__setattr__(self, "label_smoothing", found)

    def __call__(self, outputs: Outputs, targets: Targets) -> dict[str, torch.Tensor]:
        """Return one loss per task that has a label in ``targets`` (n, tasks)."""
        if not isinstance(targets, torch.Tensor):
            raise TypeError(
                "CrossEntropy: targets must be a tensor of class indices (n, tasks), got "
                f"{type(targets).__name__}; pass the entry that holds the labels"
            )
        logits = {name: z for name, z in outputs.items() if name != FEATURES}
        if targets.dim() != 2 or targets.shape[1] != len(logits):
            raise ValueError(
                f"CrossEntropy: targets must have the shape (n, {len(logits)}), one column per "
                f"task ({', '.join(logits)}), got {tuple(targets.shape)}"
            )
        losses = {}
        for (task, z), labels in zip(logits.items(), targets.unbind(1), strict=True):
            if (labels != UNKNOWN).any():
                loss, _ = torch.ops.dt4ecg.cross_entropy(z, labels, None, self.label_smoothing)
                losses[task] = loss
        return losses


def get(objective: str | Objective, label_smoothing: float = 0.0) -> Objective:
    """Return the objective of a name; return an object as it is.

    Parameters
    ----------
    objective : {"cross_entropy"} or callable
    label_smoothing : float, default=0.0
        Label smoothing of ``"cross_entropy"``. An object has its own.

    Raises
    ------
    ValueError
        If the name is unknown, or ``label_smoothing`` is given in addition to an object.
    TypeError
        If the object cannot be called.

    Examples
    --------
    >>> from dt4ecg.training import objectives
    >>> objectives.get("cross_entropy", label_smoothing=0.1)
    CrossEntropy(label_smoothing=0.1)
    """
    if isinstance(objective, str):
        if objective not in NAMES:
            raise ValueError(
                f"Trainer: objective must be one of {', '.join(NAMES)}, or an object called as "
                f"(outputs, targets) -> losses, got {objective!r}"
            )
        return CrossEntropy(label_smoothing)
    if isinstance(objective, type) or not callable(objective):
        raise TypeError(
            f"Trainer: objective must be a name ({', '.join(NAMES)}) or an object called as "
            f"(outputs, targets) -> losses, got {objective!r}"
        )
    if label_smoothing != 0:
        raise ValueError(
            f"Trainer: label_smoothing={label_smoothing!r} belongs to objective='cross_entropy'; "
            "pass objective=CrossEntropy(label_smoothing=...), or leave it out"
        )
    return objective


def network_tasks(
    objective: Objective, network: torch.nn.Module, x: torch.Tensor
) -> dict[str, int]:
    """Return the number of classes of each task; the network may return features in addition."""
    found = called_module.tasks_of(network, x)
    if not isinstance(objective, CrossEntropy) and not isinstance(network, Network):
        found.pop(FEATURES, None)
    return found


def tasks_of(objective: Objective, network_tasks: Mapping[str, int]) -> tuple[str, ...]:
    """Return the names of the losses: ``objective.tasks``, or the tasks of the network."""
    tasks: Any = getattr(objective, "tasks", None)
    if tasks is None or isinstance(objective, CrossEntropy):
        return tuple(network_tasks)
    legal = (
        isinstance(tasks, Sequence)
        and not isinstance(tasks, str)
        and all(isinstance(task, str) and task for task in tasks)
        and len(set(tasks)) == len(tasks) > 0
    )
    if not legal:
        raise ValueError(
            "fit: objective.tasks must hold the names of the losses, such as ('contrastive',), "
            f"each once, got {tasks!r}"
        )
    return tuple(tasks)


def build(
    objective: Objective,
    network_tasks: Mapping[str, int],
    targets: Sequence[str] | None,
    class_weights: Sequence[Sequence[float]] = (),
) -> _core.train.Objective:
    """Return the core's object for any objective.

    ``targets`` holds the names of the targets if ``y`` is a dictionary. ``class_weights`` belongs
    to cross-entropy: for each task one weight per class, or nothing for equal weights.
    """
    if isinstance(objective, CrossEntropy):
        return _core.train.CrossEntropy(
            list(network_tasks.values()), objective.label_smoothing, class_weights
        )
    if FEATURES in network_tasks:
        raise ValueError(
            f"fit: a task of the network is called {FEATURES!r}, which is the name of the features "
            "among the outputs of the network; rename the task"
        )
    return _core.train.PythonObjective(
        objective, tasks_of(objective, network_tasks), list(network_tasks), targets
    )


def describe(objective: Objective) -> str:
    """Return the name of the objective, for a saved model."""
    if isinstance(objective, CrossEntropy):
        return "cross_entropy"
    return getattr(objective, "__name__", type(objective).__name__)


def __dir__() -> list[str]:
    return sorted(__all__)
