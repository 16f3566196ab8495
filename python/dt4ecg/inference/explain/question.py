"""The arguments that all explanations share: network, segments, task and classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from dt4ecg._common.segments import as_rows
from dt4ecg.inference.predictor import predict_logits
from dt4ecg.nn.called_module import FEATURES
from dt4ecg.nn.contexts import keep_modes
from dt4ecg.nn.segments import as_segments

BATCH = 64  # segments whose graphs of gradients are in memory at a time


@dataclass(frozen=True, eq=False)
class Question:
    """The network, its input, and the class of each segment that an explanation is about.

    Attributes
    ----------
    network : torch.nn.Module
    x : Tensor (n, leads, segment_length)
        On the CPU.
    task : str
    target : int64 Tensor (n,)
        Index of the class.
    probabilities : Tensor (n, classes)
    as_tensor : bool
        Whether the segments came as a tensor.
    """

    network: torch.nn.Module
    x: torch.Tensor
    task: str
    target: torch.Tensor
    probabilities: torch.Tensor
    as_tensor: bool

    def batches(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Return segments and target classes in small parts, on the device of the network."""
        device = next((p.device for p in self.network.parameters()), torch.device("cpu"))
        for first in range(0, len(self.x), BATCH):
            rows = slice(first, first + BATCH)
            yield self.x[rows].to(device), self.target[rows].to(device)

    def returned(self, values: torch.Tensor) -> Any:
        """Return values as a tensor if the segments came as one, and as an array otherwise."""
        values = values.detach().cpu()
        return values if self.as_tensor else values.numpy()


@torch.inference_mode(False)  # gradients do not flow through tensors of inference mode
def question(operation: str, model: Any, X: Any, task: str | None, target: Any) -> Question:
    """Check the arguments that all explanations have.

    Raises
    ------
    TypeError
        If the model is neither a module nor a classifier.
    sklearn.exceptions.NotFittedError
        If the classifier is not fitted.
    ValueError
        If the segments do not fit the network, or there is no such task or class.
    """
    network = network_of(operation, model)
    rows, _, segment = as_rows(operation, X)
    values = np.asarray(rows)
    x = as_segments(operation, values.reshape(len(values), *segment)).cpu()
    logits = predict_logits(network, x)
    logits.pop(FEATURES, None)
    if task is None and len(logits) == 1:
        (task,) = logits
    if task not in logits:
        raise ValueError(
            f"{operation}: task must be one of {', '.join(map(repr, logits))}, got {task!r}"
        )
    probabilities = logits[task].softmax(1)
    if target is None:
        index = logits[task].argmax(1)
    else:
        labels = getattr(model, "classes_by_task", {}).get(task)
        index = _indices(operation, target, labels, *logits[task].shape)
    return Question(network, x, task, index, probabilities, isinstance(X, torch.Tensor))


def network_of(operation: str, model: Any) -> torch.nn.Module:
    """Return the network of a classifier, or the module itself."""
    if isinstance(model, BaseEstimator):
        check_is_fitted(model)
        model = getattr(model, "network_", model)
    if not isinstance(model, torch.nn.Module):
        raise TypeError(
            f"{operation}: takes a fitted DT4ECGClassifier or a torch.nn.Module that returns "
            f"{{task: logits}}, got {type(model).__name__}"
        )
    return model


@contextmanager
def differentiable(network: torch.nn.Module) -> Iterator[None]:
    """Run a network in eval mode with gradients, whatever the modes of the caller are."""
    with torch.inference_mode(False), torch.enable_grad(), keep_modes(network):
        network.eval()
        yield


def _indices(
    operation: str, target: Any, labels: np.ndarray | None, n: int, classes: int
) -> torch.Tensor:
    """Return the index of the class of each segment; ``labels`` are those of a classifier."""
    if isinstance(target, torch.Tensor):
        target = target.numpy(force=True)
    one = isinstance(target, str) or np.ndim(target) == 0
    wanted = [target] * n if one else list(target)
    if len(wanted) != n:
        raise ValueError(
            f"{operation}: target must be one class, or one per segment ({n}), got {len(wanted)}"
        )
    legal: Mapping[Any, int]
    if labels is None:
        legal = {index: index for index in range(classes)}
        known = f"an index from 0 to {classes - 1}"
    else:
        legal = {label: index for index, label in enumerate(labels.tolist())}
        known = f"one of {', '.join(map(repr, list(legal)[:10]))}{', ...' * (len(legal) > 10)}"
    found = []
    for value in wanted:
        plain = value.item() if isinstance(value, np.generic) else value
        if isinstance(plain, bool) or not isinstance(plain, str | int | float):
            plain = None
        if plain not in legal:
            raise ValueError(f"{operation}: target must be {known}, got {value!r}")
        found.append(legal[plain])
    return torch.tensor(found, dtype=torch.int64)
