"""Whether stored tensors are those of a network, told before the network takes any memory."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from dt4ecg import _core


def require_sizes(spec: Mapping[str, Any], state: Mapping[str, torch.Tensor]) -> None:
    """Raise ValueError unless ``state`` has the parameters of ``Network(**spec)`` in their sizes.

    Only of the core's own parts: what a backbone or attention written in Python makes of a size is
    not known before it is made.
    """
    for name, shape in _parameters(spec):
        stored = tuple(state[name].shape) if name in state else None
        if stored != shape:
            found = "is missing" if stored is None else f"has the shape {stored}"
            raise ValueError(f"{name} {found}, where the network described needs {shape}")


def _parameters(spec: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    if spec["backbone"] not in _core.nn.backbones():
        return
    graphs = [
        (f"backbone.{stage}", graph)
        for stage, graph in _core.nn.backbone(
            spec["backbone"], spec["in_channels"], spec["segment_length"]
        )
    ]
    features = graphs[-1][1].output_shapes[0]
    if spec["attention"] in _core.nn.attentions():
        graphs.append(("attention", _core.nn.attention(spec["attention"], *features)))
    graphs.append(("heads", _core.nn.heads(features[0], list(spec["tasks"].items()))))
    for part, graph in graphs:
        for name, shape in zip(graph.parameter_names, graph.parameter_shapes, strict=True):
            yield f"{part}.{name}", tuple(shape)
