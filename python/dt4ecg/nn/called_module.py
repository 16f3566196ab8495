"""A module that the trainer calls through Python: its modes, and what it answers."""

from collections.abc import Mapping

import torch

from dt4ecg.nn.contexts import keep_modes
from dt4ecg.nn.network import Network


class CalledModule:
    """``(x, training) -> [logits]`` in the order of the tasks.

    In training each part has the mode that it has now; evaluation leaves every mode as it was.
    """

    def __init__(self, network: torch.nn.Module, tasks: Mapping[str, int]):
        self.network = network
        self.tasks = dict(tasks)
        self.modes = [(module, module.training) for module in network.modules()]

    def __call__(self, x: torch.Tensor, training: bool) -> list[torch.Tensor]:
        if not training:
            with keep_modes(self.network):
                self.network.eval()
                return self._logits(x)
        if not self.network.training:  # a callback left it so
            for module, mode in self.modes:
                module.training = mode
        return self._logits(x)

    def _logits(self, x: torch.Tensor) -> list[torch.Tensor]:
        outputs = self.network(x)
        wanted = ", ".join(f"{task} ({len(x)}, {n})" for task, n in self.tasks.items())
        if not isinstance(outputs, Mapping) or any(
            task not in outputs or not _is_logits(outputs[task], x, n)
            for task, n in self.tasks.items()
        ):
            raise ValueError(
                f"fit: the module must return {{task: logits}}, floating-point and on {x.device}: "
                f"{wanted}; got {_described(outputs)}"
            )
        logits = [outputs[task] for task in self.tasks]
        if torch.is_grad_enabled() and not any(part.requires_grad for part in logits):
            raise ValueError(
                "fit: the module's logits depend on no parameter that requires a gradient; "
                "was something detached, or run under torch.no_grad()?"
            )
        return logits


def tasks_of(network: torch.nn.Module, x: torch.Tensor) -> dict[str, int]:
    """Number of classes per task, asked of the module itself if it is none of ours."""
    if isinstance(network, Network):
        return network.tasks
    with keep_modes(network), torch.no_grad():
        network.eval()
        outputs = network(x)
    legal = isinstance(outputs, Mapping) and all(
        isinstance(task, str) and _is_logits(logits, x) for task, logits in outputs.items()
    )
    if not legal or not outputs:
        raise ValueError(
            "Trainer: the module must return {task: logits (batch, classes)}, floating-point, for "
            f"segments {tuple(x.shape)}, got {_described(outputs)}"
        )
    return {task: logits.shape[1] for task, logits in outputs.items()}


def _is_logits(value, x: torch.Tensor, classes: int | None = None) -> bool:
    return (
        isinstance(value, torch.Tensor)
        and value.dim() == 2
        and len(value) == len(x)
        and value.shape[1] == (classes or value.shape[1]) > 0
        and value.is_floating_point()
        and value.device == x.device
    )


def _described(outputs) -> str:
    if isinstance(outputs, torch.Tensor):
        return f"{str(outputs.dtype).removeprefix('torch.')} {tuple(outputs.shape)}"
    if isinstance(outputs, Mapping):
        return "{" + ", ".join(f"{k!r}: {_described(v)}" for k, v in outputs.items()) + "}"
    return type(outputs).__name__
