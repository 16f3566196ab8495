"""A network that the trainer calls as a Python module, because it is not a chain of graphs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeGuard

import torch

from dt4ecg.nn.contexts import keep_modes
from dt4ecg.nn.network import Network

FEATURES = "features"  # the name of the features among the outputs of a module

Outputs = tuple[list[torch.Tensor], torch.Tensor | None]


class CalledModule:
    """A callable ``(x, training) -> (logits, features)``, logits in the order of the tasks.

    In training, each submodule has the mode that it had when this object was made. Evaluation
    leaves all modes unchanged.

    Parameters
    ----------
    network : torch.nn.Module
        A module that returns ``{task: logits (batch, classes)}``.
    tasks : dict of str to int
        Number of classes of each task.
    features : bool, default=False
        Return the features (batch, channels), too: the input of the heads of a :class:`Network`, or
        the entry ``"features"`` of what the module returns. They are None if there are none, and
        without this argument.

    Raises
    ------
    ValueError
        When called, if the module returns anything else, or logits without a gradient.
    """

    def __init__(
        self, network: torch.nn.Module, tasks: Mapping[str, int], features: bool = False
    ) -> None:
        self.network = network
        self.tasks = dict(tasks)
        self.features = features
        self.modes = [(module, module.training) for module in network.modules()]

    def __call__(self, x: torch.Tensor, training: bool) -> Outputs:
        if not training:
            with keep_modes(self.network):
                self.network.eval()
                return self._outputs(x)
        if not self.network.training:  # a callback called eval() and did not undo it
            for module, mode in self.modes:
                module.training = mode
        return self._outputs(x)

    def _outputs(self, x: torch.Tensor) -> Outputs:
        with _recorded_features(self.network if self.features else None) as recorded:
            outputs = self.network(x)
        if not isinstance(outputs, Mapping) or any(
            task not in outputs or not _is_logits(outputs[task], x, n)
            for task, n in self.tasks.items()
        ):
            expected = ", ".join(f"{task} ({len(x)}, {n})" for task, n in self.tasks.items())
            raise ValueError(
                f"fit: the module must return {{task: logits}}, floating-point and on {x.device}: "
                f"{expected}; got {_described(outputs)}"
            )
        logits: list[torch.Tensor] = [outputs[task] for task in self.tasks]
        if torch.is_grad_enabled() and not any(part.requires_grad for part in logits):
            raise ValueError(
                "fit: the module's logits depend on no parameter that requires a gradient; "
                "was something detached, or run under torch.no_grad()?"
            )
        if not self.features:
            return logits, None
        features = recorded[-1] if recorded else outputs.get(FEATURES)
        if features is not None and not _is_logits(features, x):
            raise ValueError(
                f"fit: the features of the module must be floating-point ({len(x)}, channels) and "
                f"on {x.device}, got {_described(features)}"
            )
        return logits, features


@contextmanager
def _recorded_features(network: torch.nn.Module | None) -> Iterator[list[torch.Tensor]]:
    """Record the input of the heads, if the network is a :class:`Network`."""
    found: list[torch.Tensor] = []
    if not isinstance(network, Network):
        yield found
        return

    def record(_: torch.nn.Module, arguments: tuple[Any, ...]) -> None:
        found.append(arguments[0])

    handle = network.heads.register_forward_pre_hook(record)
    try:
        yield found
    finally:
        handle.remove()


def tasks_of(network: torch.nn.Module, x: torch.Tensor) -> dict[str, int]:
    """Return the number of classes of each task.

    A module other than :class:`Network` is called in eval mode on the segments ``x``.

    Raises
    ------
    ValueError
        If the module does not return ``{task: logits (batch, classes)}``.
    """
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


def _is_logits(value: Any, x: torch.Tensor, classes: int | None = None) -> TypeGuard[torch.Tensor]:
    """Return whether ``value`` can be logits of ``x``; by default with any number of classes."""
    return (
        isinstance(value, torch.Tensor)
        and value.dim() == 2
        and len(value) == len(x)
        and value.shape[1] == (classes or value.shape[1]) > 0
        and value.is_floating_point()
        and value.device == x.device
    )


def _described(outputs: Any) -> str:
    """Describe the output of a module for an error text: type and shapes, without values."""
    if isinstance(outputs, torch.Tensor):
        return f"{str(outputs.dtype).removeprefix('torch.')} {tuple(outputs.shape)}"
    if isinstance(outputs, Mapping):
        return "{" + ", ".join(f"{k!r}: {_described(v)}" for k, v in outputs.items()) + "}"
    return type(outputs).__name__
