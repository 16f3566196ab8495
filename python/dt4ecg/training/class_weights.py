"""Weights of classes in the losses."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from dt4ecg._common import numbers


def class_weights(
    class_weight: str | Mapping[str, Any] | None, labels: torch.Tensor, tasks: Mapping[str, int]
) -> list[list[float]]:
    """Return for each task one weight per class, or nothing for equal weights.

    Parameters
    ----------
    class_weight : None, "balanced" or dict
        As in :class:`dt4ecg.training.TrainingSettings`, with class indices.
    labels : int64 tensor (n, tasks)
    tasks : dict of str to int
        Number of classes of each task.

    Raises
    ------
    ValueError
        If a task or a class does not exist, or a weight is not finite or negative.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.class_weights import class_weights
    >>> class_weights("balanced", torch.tensor([[0], [1], [1], [1]]), {"activity": 2})
    [[2.0, 0.6666666666666666]]
    """
    if class_weight is None:
        return []
    of_task = dict.fromkeys(tasks, class_weight) if isinstance(class_weight, str) else class_weight
    if unknown := [task for task in of_task if task not in tasks]:
        raise ValueError(
            f"fit: class_weight names the tasks {unknown}, but the tasks are {', '.join(tasks)}"
        )
    return [
        _of_task(task, of_task.get(task), labels[:, column], classes)
        for column, (task, classes) in enumerate(tasks.items())
    ]


def by_index(
    class_weight: str | Mapping[str, Any] | None,
    tasks: Sequence[str],
    classes: Sequence[np.ndarray],
) -> str | Mapping[str, Any] | None:
    """Return class weights with class indices in place of labels.

    Raises
    ------
    ValueError
        If a label is not a class of its task.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training.class_weights import by_index
    >>> by_index({"activity": {"run": 2.0}}, ["activity"], [np.array(["rest", "run"])])
    {'activity': {1: 2.0}}
    """
    if not isinstance(class_weight, Mapping):
        return class_weight
    found = dict(class_weight)
    for task, known in zip(tasks, classes, strict=True):
        own = found.get(task)
        if not isinstance(own, Mapping):
            continue
        index_of = {label: index for index, label in enumerate(known.tolist())}
        if unknown := [label for label in own if label not in index_of]:
            raise ValueError(
                f"fit: class_weight names the classes {unknown} of {task}, but the labels of y are "
                f"{known.tolist()}"
            )
        found[task] = {index_of[label]: weight for label, weight in own.items()}
    return found


def _of_task(task: str, class_weight: Any, labels: torch.Tensor, classes: int) -> list[float]:
    if class_weight is None:
        return []
    if class_weight == "balanced":
        counts = torch.bincount(labels[labels >= 0], minlength=classes).tolist()
        present = sum(count > 0 for count in counts)
        # A class without segments has no part in the loss; its weight does not matter.
        return [sum(counts) / (present * count) if count else 1.0 for count in counts]
    if not isinstance(class_weight, Mapping):
        raise ValueError(
            f"fit: class_weight of {task} must be None, 'balanced' or {{class: weight}}, got "
            f"{class_weight!r}"
        )
    weights = [1.0] * classes
    for index, weight in class_weight.items():
        number = numbers.real(weight)
        if not 0 <= number < math.inf:
            raise ValueError(
                f"fit: class weights of {task} must be finite and at least 0, got {weight!r}"
            )
        position = numbers.integer("fit", f"a class of {task}", index, 0, classes - 1)
        weights[position] = number
    if not any(weights):
        raise ValueError(f"fit: a class weight of {task} must be above 0, got {class_weight!r}")
    return weights
