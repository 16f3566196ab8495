"""A small problem that a network learns in a few epochs, and modules to learn it with."""

import os
import signal
import time

import numpy as np
import torch

from dt4ecg import DT4ECGClassifier, Trainer
from dt4ecg.nn import Network
from dt4ecg.storage import container

LENGTH = 48
TASKS = {"identity": 3, "activity": 2}


def segments(n: int = 48, seed: int = 0, leads: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Return X (n, leads, LENGTH) float32 and y (n, 2): frequency and offset of a sine."""
    random = np.random.default_rng(seed)
    y = np.stack([np.arange(n) % 3, np.arange(n) // 3 % 2], axis=1)
    time = np.arange(LENGTH) / LENGTH
    wave = np.sin(2 * np.pi * ((2 + 3 * y[:, :1]) * time + random.random((n, 1))))
    x = wave + y[:, 1:] + 0.1 * random.standard_normal((n, LENGTH))
    return np.repeat(x[:, None], leads, axis=1).astype(np.float32), y


def network(seed: int = 0, **changes) -> Network:
    return Network(**({"tasks": TASKS, "segment_length": LENGTH, "seed": seed} | changes))


class PlainModule(torch.nn.Module):
    """A module without parts of dt4ecg: convolution, batch norm, dropout, two heads."""

    def __init__(self, seed: int = 0, dropout: float = 0.3):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.trunk = torch.nn.Sequential(
                torch.nn.Conv1d(1, 8, 5, padding=2),
                torch.nn.BatchNorm1d(8),
                torch.nn.ReLU(),
                torch.nn.Dropout(dropout),
            )
            self.heads = torch.nn.ModuleDict({t: torch.nn.Linear(8, n) for t, n in TASKS.items()})

    def forward(self, x):
        features = self.trunk(x).amax(2)
        return {task: head(features) for task, head in self.heads.items()}


class Interrupting(PlainModule):
    """A module that sends Ctrl-C within a step, after its batch norm and dropout have run."""

    def __init__(self, interrupt_at: int):
        super().__init__()
        self.calls, self.interrupt_at = 0, interrupt_at

    def forward(self, x):
        logits = super().forward(x)
        self.calls += self.training
        if self.calls == self.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(1)
        return logits


def trainer(module: torch.nn.Module, **settings) -> Trainer:
    return Trainer(module, **({"weighting": "chen2018", "n_threads": 1, "epochs": 3} | settings))


def classifier(**settings) -> DT4ECGClassifier:
    return DT4ECGClassifier(**({"epochs": 10, "n_threads": 1} | settings))


def trained(module=None, data=None, fit=(), **settings) -> Trainer:
    X, y = segments() if data is None else data
    return trainer(module or network(), **settings).fit(X, y, **dict(fit))


def bits(run: Trainer) -> dict[str, torch.Tensor]:
    """Return all numbers that a training determines."""
    history = run.history
    return {
        **run.network.state_dict(),
        "loss": torch.tensor(history["train"]["loss"]),
        "accuracy": torch.tensor(history["train"]["accuracy"]),
        "weight": torch.tensor(history["weight"]),
        "gradient norm": torch.tensor(history["gradient_norm"]),
        "last weight": torch.tensor(run.task_weights),
    }


def assert_same_bits(first: Trainer, second: Trainer) -> None:
    for (name, a), (_, b) in zip(bits(first).items(), bits(second).items(), strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy(), err_msg=name)


def check_gradients(module: torch.nn.Module, x: torch.Tensor) -> None:
    """Check the gradients of a float64 module by x and by all its parameters."""
    names = [name for name, _ in module.named_parameters()]
    buffers = dict(module.named_buffers())

    def run(x, *parameters):
        own = {name: buffer.clone() for name, buffer in buffers.items()}
        tensors = dict(zip(names, parameters, strict=True)) | own
        return tuple(torch.func.functional_call(module, tensors, (x,)).values())

    parameters = [p.detach().clone().requires_grad_() for p in module.parameters()]
    assert torch.autograd.gradcheck(run, (x.requires_grad_(), *parameters), fast_mode=True)


def same_tensors(first: dict, second: dict) -> bool:
    return list(first) == list(second) and all(torch.equal(first[k], second[k]) for k in first)


def epochs_in(path: str | os.PathLike[str]) -> int:
    """Return the number of finished epochs in a checkpoint."""
    tensors, _ = container.read(path)
    return len(tensors["training.history.skipped_steps"])
