"""A network as the C++ trainer takes it: its graphs, or a module that Python calls."""

from collections.abc import Mapping

import torch

from dt4ecg import _core
from dt4ecg.nn.called_module import CalledModule
from dt4ecg.nn.network import Network
from dt4ecg.nn.stage import Heads, Stage


def core_model(network: torch.nn.Module, tasks: Mapping[str, int]) -> _core.train.Model:
    """The core's view of a network: its graphs where nothing of Python takes part."""
    for path, module in network.named_modules():
        if isinstance(module, Stage):
            _check_modes(path, module)
    stages = graph_stages(network)
    # One mode holds for all graphs: where a part is frozen in eval mode, the module is called.
    if stages is None or not all(stage.training for _, stage in stages):
        return _core.train.PythonModel(
            CalledModule(network, tasks), list(network.named_parameters()), list(network.buffers())
        )
    parts, names = [], []
    for path, stage in stages:
        parts.append((stage.graph, *stage.tensors()))
        names += [f"{path}.{name}" for name in stage.parameter_names]
    return _core.train.GraphModel(parts, names)


def graph_stages(network: torch.nn.Module) -> list[tuple[str, Stage]] | None:
    """The chain of graphs that a network is; None if its forward runs any Python of a user's."""
    if type(network) is not Network:
        return None
    stages = []
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
    tied = len(list(network.parameters())) != sum(len(s.parameter_names) for _, s in stages)
    if tied or type(network.backbone) is not torch.nn.Sequential:
        return None
    return stages


def _check_modes(path: str, stage: Stage) -> None:
    for name, part in stage.named_modules():
        if part.training != stage.training:
            raise ValueError(
                f"fit: {path}.{name} is in {'train' if part.training else 'eval'} mode, but its "
                f"stage, which runs as one, is not; call train() or eval() on {path} as a whole"
            )
