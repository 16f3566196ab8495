"""A part of a network that is a graph of the C++ core."""

from operator import attrgetter

import torch

from dt4ecg import _core


class Stage(torch.nn.Module):
    """A module that runs one graph of the core on feature maps (batch, channels, length).

    The parameters and buffers are ordinary ones with the graph's names, so ``state_dict``, hooks,
    ``torch.func.functional_call`` and torch's optimisers work as with any module.

    Parameters
    ----------
    graph : dt4ecg._core.nn.Graph
        The computation, such as a result of ``_core.nn.attention(name, channels, length)``.
    generator : torch.Generator, optional
        Source of the initial values; by default torch's default generator.

    Attributes
    ----------
    graph : str
        The graph as text, one node per line.
    multiply_adds : int
        Multiply-adds per segment.
    parameter_names, buffer_names : list of str
        Names in the order in which the graph takes its tensors.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> stage = dt4ecg.nn.Network(seed=0).attention
    >>> stage.parameter_names[0]
    'sca.channel.weight'
    >>> stage(torch.zeros(2, 128, 38)).shape
    torch.Size([2, 128, 38])
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
        """Return the submodule that holds the tensor ``name``, and the last part of the name.

        Missing submodules are added.
        """
        *path, leaf = name.split(".")
        owner: torch.nn.Module = self
        for part in path:
            if part not in owner._modules:
                owner.add_module(part, torch.nn.Module())
            owner = owner.get_submodule(part)
        return owner, leaf

    def tensors(self) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Return the parameters and the buffers in the order in which the graph takes them.

        Examples
        --------
        >>> from dt4ecg import nn
        >>> network = nn.Network(tasks={"identity": 15})
        >>> parameters, buffers = network.attention.tensors()
        >>> [tuple(parameter.shape) for parameter in parameters]
        [(128, 128, 1), (128,), (38, 38), (38,)]
        """
        # get_parameter refuses the plain tensors of functional_call and parametrizations.
        return (
            [attrgetter(name)(self) for name in self.parameter_names],
            [attrgetter(name)(self) for name in self.buffer_names],
        )

    def run(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return all outputs of the graph.

        Parameters
        ----------
        x : Tensor (batch, channels, length)

        Examples
        --------
        >>> import torch
        >>> from dt4ecg import nn
        >>> network = nn.Network(tasks={"identity": 15})
        >>> [output.shape for output in network.attention.run(torch.zeros(2, 128, 38))]
        [torch.Size([2, 128, 38])]
        """
        parameters, buffers = self.tensors()
        outputs: list[torch.Tensor] = torch.ops.dt4ecg.run_graph(
            x, parameters, buffers, self.graph, self.training
        )
        return outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the first output of the graph."""
        return self.run(x)[0]


class Heads(Stage):
    """One linear head per task, from pooled features (batch, channels) to logits."""

    def __init__(
        self, channels: int, tasks: dict[str, int], generator: torch.Generator | None = None
    ):
        super().__init__(_core.nn.heads(channels, list(tasks.items())), generator)
        self._tasks = tuple(tasks)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:  # type: ignore[override]
        """Return ``{task: logits (batch, classes)}``."""
        return dict(zip(self._tasks, self.run(x), strict=True))
