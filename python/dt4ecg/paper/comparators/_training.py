"""Train any module for one task by the paper's recipe."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from dt4ecg.inference import predict_logits
from dt4ecg.nn.contexts import seeded
from dt4ecg.paper.comparators.setting import Setting
from dt4ecg.training.trainer import Trainer


class OneTask(torch.nn.Module):
    """A module of logits as the trainer takes it."""

    def __init__(self, logits: torch.nn.Module):
        super().__init__()
        self.logits = logits

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"task": self.logits(x)}


def fit_module(
    build: Callable[[int], torch.nn.Module], X: np.ndarray, y: np.ndarray, setting: Setting
) -> Callable[[np.ndarray], np.ndarray]:
    """Train ``build(classes)``, a module of logits, on X (n, leads, L); returns its ``predict``."""
    classes, labels = np.unique(y, return_inverse=True)
    with seeded(setting.seed):
        network = OneTask(build(len(classes)))
    trainer = Trainer(network, epochs=setting.epochs, seed=setting.seed, n_threads=1)
    trainer.fit(X, labels[:, None])
    return lambda X: classes[predict_logits(network, X)["task"].argmax(1).numpy()]
