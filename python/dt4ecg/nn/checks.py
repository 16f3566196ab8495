"""Checks of a network's arguments and of stored parameters."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch

from dt4ecg import _core
from dt4ecg._common import numbers
from dt4ecg.nn.stage import Heads, Stage


def known_name(kind: str, name: str, table: Mapping[str, str]) -> None:
    """Raise ValueError unless ``name`` is a backbone or attention of ``table``."""
    if not isinstance(name, str) or name not in table:
        raise ValueError(
            f"Network: no {kind} is called {name!r}; there are {', '.join(sorted(table))} "
            f"(add your own with dt4ecg.nn.register_{kind})"
        )


def flag(name: str, value: bool) -> bool:
    """Return ``value`` if it is a bool, else raise ValueError."""
    if not isinstance(value, bool):
        raise ValueError(f"Network: {name} must be True or False, got {value!r}")
    return value


def checked_tasks(tasks: Mapping[str, int]) -> dict[str, int]:
    """Return the tasks if their names and numbers of classes are legal, else raise ValueError."""
    if not isinstance(tasks, Mapping) or not tasks:
        raise ValueError(
            "Network: tasks must give at least one task its number of classes, such as "
            f"tasks={{'identity': 15}}, got {tasks!r}"
        )
    for name in tasks:
        if not isinstance(name, str) or not name.isidentifier() or not name.isascii():
            raise ValueError(f"Network: a task's name must be a plain identifier, got {name!r}")
        if hasattr(Heads, name) or name in {"training", "_tasks", *Stage.__annotations__}:
            raise ValueError(
                f"Network: a task cannot be called {name!r}, which torch.nn.Module uses itself; "
                f"call it {name}_task, for example"
            )
    return {
        name: numbers.integer("Network", f"tasks[{name!r}]", classes, 1, _core.nn.MOST_OUTPUTS)
        for name, classes in tasks.items()
    }


def require_sizes(spec: Mapping[str, Any], state: Mapping[str, torch.Tensor]) -> None:
    """Raise ValueError unless ``state`` has the parameters of ``Network(**spec)``.

    Names and shapes are compared before a network is built, so that a damaged file cannot allocate
    memory. Parts written in Python are left out, because their shapes are not known before.
    """
    for name, shape in _parameters(spec):
        stored = tuple(state[name].shape) if name in state else None
        if stored != shape:
            found = "is missing" if stored is None else f"has the shape {stored}"
            raise ValueError(f"{name} {found}, but the network needs {shape}")


def _parameters(spec: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield name and shape of each parameter of the core's parts of ``Network(**spec)``."""
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
