"""Training of any module on one task with the paper's recipe."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from dt4ecg.inference import predict_logits
from dt4ecg.nn.contexts import seeded
from dt4ecg.paper.comparators.base import FitSettings, Predict
from dt4ecg.training.trainer import Trainer


class OneTask(torch.nn.Module):
    """Adapter from a module that returns logits to the outputs that ``Trainer`` expects."""

    def __init__(self, logits: torch.nn.Module):
        super().__init__()
        self.logits = logits

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the logits of the single task."""
        return {"task": self.logits(x)}


def fit_module(
    build: Callable[[int], torch.nn.Module], X: np.ndarray, y: np.ndarray, settings: FitSettings
) -> Predict:
    """Train a module on one task.

    Parameters
    ----------
    build : callable
        ``build(classes)`` returns a module that maps (batch, leads, length) to logits
        (batch, classes).
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Seed and number of epochs.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> def build(classes):
    ...     return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(8, classes))
    >>> X = np.stack([np.full((1, 8), level, np.float32) for level in (-1, -1, 1, 1)])
    >>> predict = fit_module(build, X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 300))
    >>> predict(X).tolist()
    ['a', 'a', 'b', 'b']
    """
    classes, labels = np.unique(y, return_inverse=True)
    with seeded(settings.seed):
        network = OneTask(build(len(classes)))
    trainer = Trainer(network, epochs=settings.epochs, seed=settings.seed, n_threads=1)
    trainer.fit(X, labels[:, None])
    return lambda X: classes[predict_logits(network, X)["task"].argmax(1).numpy()]
