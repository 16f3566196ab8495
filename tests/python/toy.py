"""A small problem that a network learns in a few epochs, and modules to learn it with."""

import numpy as np
import torch

from dt4ecg.nn import Network

LENGTH = 48
TASKS = {"identity": 3, "activity": 2}


def segments(n: int = 48, seed: int = 0, leads: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """X (n, leads, LENGTH) float32 and y (n, 2): a sine's frequency, and its offset."""
    random = np.random.default_rng(seed)
    y = np.stack([np.arange(n) % 3, np.arange(n) // 3 % 2], axis=1)
    time = np.arange(LENGTH) / LENGTH
    wave = np.sin(2 * np.pi * ((2 + 3 * y[:, :1]) * time + random.random((n, 1))))
    x = wave + y[:, 1:] + 0.1 * random.standard_normal((n, LENGTH))
    return np.repeat(x[:, None], leads, axis=1).astype(np.float32), y


def network(seed: int = 0, **changes) -> Network:
    return Network(**({"tasks": TASKS, "segment_length": LENGTH, "seed": seed} | changes))


class PlainModule(torch.nn.Module):
    """Nothing of ours: batch norm, dropout, two heads."""

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


def check_gradients(module: torch.nn.Module, x: torch.Tensor) -> None:
    """Gradcheck of a double module that returns ``{task: logits}``, by x and all its parameters."""
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
