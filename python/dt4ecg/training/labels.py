"""Labels, sample weights and validation data as the trainer takes them."""

import hashlib
from collections.abc import Mapping
from typing import Any

import torch

from dt4ecg import _core
from dt4ecg._common.tensors import as_real_tensor

MISSING = _core.train.MISSING


def as_labels(y, n: int, tasks: Mapping[str, int]) -> torch.Tensor:
    legal = "integers, class indices from 0 (DT4ECGClassifier takes names)"
    labels = as_real_tensor("fit", "y", y, unmasked=f"y.filled({MISSING})", legal=legal)
    if labels.is_floating_point() or labels.dtype == torch.bool:
        raise TypeError(f"fit: y must hold {legal}, got {labels.dtype}; convert them first")
    if labels.shape != (n, len(tasks)):
        raise ValueError(
            f"fit: y must have the shape ({n}, {len(tasks)}), one column per task "
            f"({', '.join(tasks)}), got {tuple(labels.shape)}"
        )
    labels = labels.detach().to("cpu", torch.int64).contiguous()
    for column, (task, classes) in zip(labels.unbind(1), tasks.items(), strict=True):
        if column.min() < MISSING or column.max() >= classes:
            raise ValueError(
                f"fit: labels of {task} must lie in 0 to {classes - 1}, or be {MISSING} where "
                f"unknown, got {int(column.min())} to {int(column.max())}"
            )
    if (labels == MISSING).all():
        raise ValueError("fit: no segment has a label for any task")
    return labels


def as_pair(operation: str, validation_data: Any) -> tuple[Any, Any]:
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        kind = type(validation_data).__name__
        size = f" of {len(validation_data)}" if isinstance(validation_data, tuple | list) else ""
        raise ValueError(
            f"{operation}: validation_data must be a pair (X, y) or None, got {kind}{size}"
        )
    X, y = validation_data
    return X, y


def as_sample_weight(operation: str, sample_weight, n: int) -> torch.Tensor:
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
    # Only their ratios count. Of any scale, they must neither overflow nor vanish in float32.
    weight = weight / weight.max()
    return (weight * (n / weight.sum())).to(torch.float32)


def data_digest(data: _core.train.LabelledSegments) -> str:
    digest = hashlib.sha256()
    for tensor in (data.x, data.labels, data.sample_weight):
        if tensor is not None:
            digest.update(tensor.cpu().numpy().data)
    return digest.hexdigest()
