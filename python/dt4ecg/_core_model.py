"""A network as the C++ trainer takes it: its graphs, or a module that Python calls."""

from collections.abc import Mapping

import torch

from dt4ecg import _core
from dt4ecg.nn.network import Network
from dt4ecg.nn.stage import Heads, Stage


def core_model(network: torch.nn.Module, tasks: Mapping[str, int]) -> _core.train.Model:
    """The core's view of a network: its graphs where nothing of Python takes part."""
    stages = plain_stages(network)
    if stages is None:
        return _core.train.PythonModel(network, list(tasks))
    parts, names = [], []
    for path, stage in stages:
        parts.append((stage.graph, *stage.tensors()))
        names += [f"{path}.{name}" for name in stage.parameter_names]
    return _core.train.GraphModel(parts, names)


def plain_stages(network: torch.nn.Module) -> list[tuple[str, Stage]] | None:
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


def tasks_of(network: torch.nn.Module, x: torch.Tensor) -> dict[str, int]:
    if isinstance(network, Network):
        return network.tasks
    mode = network.training
    try:
        network.eval()
        with torch.no_grad():
            outputs = network(x)
    finally:
        network.train(mode)
    legal = isinstance(outputs, Mapping) and all(
        isinstance(logits, torch.Tensor) and logits.dim() == 2 and len(logits) == len(x)
        for logits in outputs.values()
    )
    if not legal or not outputs:
        raise ValueError(
            "Trainer: the module must return {task: logits (batch, classes)} for segments "
            f"{tuple(x.shape)}, got {type(outputs).__name__}"
        )
    return {task: logits.shape[1] for task, logits in outputs.items()}
