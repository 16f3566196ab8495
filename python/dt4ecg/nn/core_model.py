"""A network as the C++ trainer takes it: a chain of graphs, or a module that Python calls."""

from collections.abc import Mapping

import torch

from dt4ecg import _core
from dt4ecg.nn.called_module import CalledModule
from dt4ecg.nn.map_network import MapNetwork
from dt4ecg.nn.network import Network
from dt4ecg.nn.stage import Heads, Stage


def core_model(
    network: torch.nn.Module, tasks: Mapping[str, int], features: bool = False
) -> _core.train.Model:
    """Return the model that the C++ trainer runs.

    It is a ``GraphModel`` if the forward pass of the network runs no Python code of a user, and a
    ``PythonModel`` otherwise.

    Parameters
    ----------
    network : torch.nn.Module
        A :class:`Network`, or a module that returns ``{task: logits (batch, classes)}``.
    tasks : dict of str to int
        Number of classes of each task.
    features : bool, default=False
        Whether a ``PythonModel`` has to return features, too. A ``GraphModel`` always does.

    Raises
    ------
    ValueError
        If a part of a stage is not in the mode of the stage, which runs in one mode.
    """
    for path, module in network.named_modules():
        if isinstance(module, Stage):
            _check_modes(path, module)
    stages = graph_stages(network)
    # A GraphModel trains all of its graphs. A network with a frozen stage is called as a module.
    if stages is None or not all(stage.training for _, stage in stages):
        return _core.train.PythonModel(
            CalledModule(network, tasks, features),
            list(network.named_parameters()),
            list(network.buffers()),
        )
    parts, names = [], []
    for path, stage in stages:
        parts.append((stage.graph, *stage.tensors()))
        names += [f"{path}.{name}" for name in stage.parameter_names]
    return _core.train.GraphModel(parts, names)


def graph_stages(network: torch.nn.Module) -> list[tuple[str, Stage]] | None:
    """Return the stages of a network, with their paths, in the order in which they run.

    None if the chain of their graphs is not the whole network: with hooks, parametrized or shared
    parameters, subclasses, or parts written in Python.
    """
    if type(network) not in (Network, MapNetwork):
        return None
    assert isinstance(network, Network | MapNetwork)  # for the type checker
    stages: list[tuple[str, Stage]] = []
    for path, module in network.named_modules():
        if module._forward_hooks or module._forward_pre_hooks or module._backward_hooks:
            return None
        if module._backward_pre_hooks or torch.nn.utils.parametrize.is_parametrized(module):
            return None
        if type(module) in (Stage, Heads):
            stages.append((path, module))
    for child in (*network.children(), *network.backbone.children()):
        if type(child) not in (Stage, Heads) and child is not network.backbone:
            return None
    shared = len(list(network.parameters())) != sum(len(s.parameter_names) for _, s in stages)
    if shared or type(network.backbone) is not torch.nn.Sequential:
        return None
    return stages


def _check_modes(path: str, stage: Stage) -> None:
    """Raise ValueError unless all submodules of a stage have its train or eval mode."""
    for name, part in stage.named_modules():
        if part.training != stage.training:
            raise ValueError(
                f"fit: {path}.{name} is in {'train' if part.training else 'eval'} mode, but its "
                f"stage, which runs as one, is not; call train() or eval() on {path} as a whole"
            )
