"""Checks of class indices, sample weights and validation data for the trainer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from dt4ecg._common.labels import UNKNOWN, is_unknown
from dt4ecg._common.tensors import as_real_tensor


def as_labels(y: Any, n: int, tasks: Mapping[str, int]) -> torch.Tensor:
    """Return class indices as an int64 tensor (n, tasks) on the CPU.

    Parameters
    ----------
    y : array-like of integers (n, tasks)
        -1 marks an unknown label, and so do None, NaN and pandas' NA. Whole numbers of a floating
        type are taken as integers, since NumPy and pandas store integers next to NaN as such.
    n : int
        Number of segments.
    tasks : dict of str to int
        Number of classes of each task.

    Raises
    ------
    ValueError
        If y has another shape, an index outside the classes, or no known label.
    TypeError
        If y does not hold whole numbers.

    Examples
    --------
    >>> from dt4ecg.training.labels import as_labels
    >>> as_labels([[0, 1], [-1, 0]], 2, {"identity": 2, "activity": 2})
    tensor([[ 0,  1],
            [-1,  0]])
    """
    legal = "integers, class indices from 0 (DT4ECGClassifier takes names)"
    labels = as_real_tensor(
        "fit", "y", _without_unknown_objects(y), unmasked=f"y.filled({UNKNOWN})", legal=legal
    )
    if labels.is_floating_point():
        labels = labels.detach().nan_to_num(nan=UNKNOWN)
    if labels.dtype == torch.bool or (labels != labels.round()).any():
        raise TypeError(f"fit: y must hold {legal}, got {labels.dtype}; convert them first")
    if labels.shape != (n, len(tasks)):
        raise ValueError(
            f"fit: y must have the shape ({n}, {len(tasks)}), one column per task "
            f"({', '.join(tasks)}), got {tuple(labels.shape)}"
        )
    labels = labels.detach().to("cpu", torch.int64).contiguous()
    for column, (task, classes) in zip(labels.unbind(1), tasks.items(), strict=True):
        if column.min() < UNKNOWN or column.max() >= classes:
            raise ValueError(
                f"fit: labels of {task} must lie in 0 to {classes - 1}, or be {UNKNOWN} where "
                f"unknown, got {int(column.min())} to {int(column.max())}"
            )
    if (labels == UNKNOWN).all():
        raise ValueError("fit: no segment has a label for any task")
    return labels


def single_classes(tasks: Mapping[str, int]) -> list[str]:
    """Return the tasks with one class, which have nothing to learn, if there are others.

    Examples
    --------
    >>> from dt4ecg.training.labels import single_classes
    >>> single_classes({"identity": 15, "activity": 1}), single_classes({"activity": 1})
    (['activity'], [])
    """
    single = [task for task, classes in tasks.items() if classes == 1]
    return single if len(single) < len(tasks) else []


def without_single_classes(labels: torch.Tensor, tasks: Mapping[str, int]) -> torch.Tensor:
    """Return labels (n, tasks) in which those of tasks with one class are unknown.

    Their loss is always 0. A weighting that divides by a loss would give such a task all weight.
    """
    single = single_classes(tasks)
    labels[:, [task in single for task in tasks]] = UNKNOWN
    return labels


def _without_unknown_objects(y: Any) -> Any:
    """Return an array of objects, such as pandas' NA next to integers, as an array of numbers."""
    if isinstance(y, torch.Tensor | np.ma.MaskedArray):
        return y
    array = np.asarray(y)
    if array.dtype != object:
        return y
    known = np.where(is_unknown(array), UNKNOWN, array)
    return np.array(known.tolist())


def as_pair(operation: str, validation_data: Any) -> tuple[Any, Any]:
    """Return the two parts of validation data; raise ValueError unless they are a pair."""
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        kind = type(validation_data).__name__
        size = f" of {len(validation_data)}" if isinstance(validation_data, tuple | list) else ""
        raise ValueError(
            f"{operation}: validation_data must be a pair (X, y) or None, got {kind}{size}"
        )
    X, y = validation_data
    return X, y


def as_sample_weight(operation: str, sample_weight: Any, n: int) -> torch.Tensor:
    """Return sample weights as a float32 tensor (n,) with mean 1.

    Raises
    ------
    ValueError
        If the shape is not (n,), a weight is negative or not finite, or all are zero.
    TypeError
        If the weights are not real numbers.

    Examples
    --------
    >>> from dt4ecg.training.labels import as_sample_weight
    >>> as_sample_weight("fit", [1e-30, 3e-30], 2)
    tensor([0.5000, 1.5000])
    """
    weight = as_real_tensor(
        operation, "sample_weight", sample_weight, unmasked="sample_weight.filled(0)"
    )
    weight = weight.detach().to(torch.float64)
    if weight.shape != (n,):
        raise ValueError(
            f"{operation}: sample_weight must have the shape ({n},), got {tuple(weight.shape)}"
        )
    if not torch.isfinite(weight).all() or (weight < 0).any() or not (weight > 0).any():
        raise ValueError(
            f"{operation}: sample_weight must be finite and non-negative, and not all zero"
        )
    # Only the ratios count. The division keeps weights of any scale within float32.
    weight = weight / weight.max()
    return (weight * (n / weight.sum())).to(torch.float32)
