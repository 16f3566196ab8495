"""A part of a network that is a graph of the C++ core."""

from operator import attrgetter

import torch

from dt4ecg import _core


class Stage(torch.nn.Module):
    """Run one graph of the core on feature maps (batch, channels, length).

    The parameters and buffers are ordinary ones under the graph's names, so state_dict, hooks,
    ``functional_call`` and torch's optimisers see nothing special.

    Parameters
    ----------
    graph : dt4ecg._core.nn.Graph
    generator : torch.Generator, optional
        Source of the initial values; torch's default generator if not given.
    """

    graph: str
    multiply_adds: int
    parameter_names: list[str]
    buffer_names: list[str]

    def __init__(self, graph: _core.nn.Graph, generator: torch.Generator | None = None):
        super().__init__()
        self.graph = graph.text
        self.multiply_adds = graph.multiply_adds
        self.parameter_names = graph.parameter_names
        self.buffer_names = graph.buffer_names
        for name, value in zip(
            self.parameter_names, graph.initial_parameters(generator), strict=True
        ):
            owner, leaf = self._owner(name)
            owner.register_parameter(leaf, torch.nn.Parameter(value))
        for name, value in zip(self.buffer_names, graph.initial_buffers(), strict=True):
            owner, leaf = self._owner(name)
            owner.register_buffer(leaf, value)

    def _owner(self, name: str) -> tuple[torch.nn.Module, str]:
        """The child that holds ``name``, made where it is missing."""
        *path, leaf = name.split(".")
        owner: torch.nn.Module = self
        for part in path:
            if part not in owner._modules:
                owner.add_module(part, torch.nn.Module())
            owner = owner.get_submodule(part)
        return owner, leaf

    def tensors(self) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Parameters and buffers in the order that the graph takes them."""
        # Not get_parameter: functional_call and parametrizations put plain tensors there.
        return (
            [attrgetter(name)(self) for name in self.parameter_names],
            [attrgetter(name)(self) for name in self.buffer_names],
        )

    def run(self, x: torch.Tensor) -> list[torch.Tensor]:
        """All outputs of the graph."""
        parameters, buffers = self.tensors()
        return torch.ops.dt4ecg.run_graph(x, parameters, buffers, self.graph, self.training)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.run(x)[0]


class Heads(Stage):
    """Pooled features (batch, channels) to ``{task: logits (batch, classes)}``."""

    def __init__(
        self, channels: int, tasks: dict[str, int], generator: torch.Generator | None = None
    ):
        super().__init__(_core.nn.heads(channels, list(tasks.items())), generator)
        self._tasks = tuple(tasks)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:  # type: ignore[override]
        return dict(zip(self._tasks, self.run(x), strict=True))
