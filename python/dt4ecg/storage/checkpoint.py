"""The checkpoint: a model file that also holds the state of a training.

The state is a set of tensors, which the C++ core names, and the settings that a continued training
must agree on.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from dt4ecg import __version__
from dt4ecg.storage import container
from dt4ecg.storage.model_file import (
    BEST,
    NETWORK,
    OLDER_NETWORKS,
    TRAINING,
    check_network,
    check_tasks,
    tensors_under,
)

__all__ = ["Checkpoint", "read"]

_RANDOM_STATE = f"{TRAINING}torch_rng"
_RESERVED = frozenset(
    {"format_version", "dt4ecg", "network", "tasks", "training", container.CHECKSUM}
)

_OLDER_SETTINGS = {
    "weight_decay": 0.0,
    "class_weight": None,
    "early_stopping": None,
    "precision": "float32",
    "schedule": "constant",
    "label_smoothing": 0.0,
    "objective": "cross_entropy",
}
"""Settings that older files lack, with the value they had then."""

_TYPES = {
    "adam.": torch.float32,
    "weighting.weights": torch.float32,
    "weighting.memory.": torch.float64,
    "weighting.warnings": torch.uint8,
    "progress": torch.int64,
    "epoch.": torch.float64,
    "history.skipped_steps": torch.int64,
    "history.": torch.float64,
    "torch_rng": torch.uint8,
}
"""Types of the tensors of a training by the start of their names. The first match counts."""

_MOST_STEPS = 2**53


@dataclass(frozen=True)
class Checkpoint:
    """The content of a checkpoint, as plain data.

    Attributes
    ----------
    network : dict
        Arguments of :class:`dt4ecg.nn.Network`; empty for another module.
    parameters : dict of str to torch.Tensor
        The ``state_dict`` of the network.
    settings : dict
        Settings of the training, and a digest of its data.
    state : dict of str to torch.Tensor
        State of the training in the C++ core.
    random_state : torch.Tensor
        State of torch's generator on the CPU.
    best : dict of str to torch.Tensor
        The ``state_dict`` of the best epoch, with early stopping; else empty.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier
    >>> from dt4ecg.storage import checkpoint
    >>> path = tempfile.mkdtemp() + "/checkpoint.safetensors"
    >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y, checkpoint=path)
    >>> state = checkpoint.read(path)
    >>> state.network["backbone"], state.settings["batch_size"]
    ('resnet', 16)
    """

    network: Mapping[str, Any]
    parameters: Mapping[str, torch.Tensor]
    settings: Mapping[str, Any]
    state: Mapping[str, torch.Tensor]
    random_state: torch.Tensor
    best: Mapping[str, torch.Tensor] = field(default_factory=dict)

    def tensors(self) -> dict[str, torch.Tensor]:
        """Return copies of all tensors on the CPU, under their names in the file.

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.storage.checkpoint import Checkpoint
        >>> state = Checkpoint({}, {"weight": torch.ones(2)}, {}, {}, torch.get_rng_state())
        >>> sorted(state.tensors())
        ['network.weight', 'training.torch_rng']
        """
        tensors = {f"{NETWORK}{name}": tensor for name, tensor in self.parameters.items()}
        tensors |= {f"{TRAINING}{name}": tensor for name, tensor in self.state.items()}
        tensors |= {f"{BEST}{name}": tensor for name, tensor in self.best.items()}
        tensors[_RANDOM_STATE] = self.random_state
        return {name: tensor.detach().to("cpu", copy=True) for name, tensor in tensors.items()}


def write(
    path: str | os.PathLike[str],
    tensors: Mapping[str, torch.Tensor],
    *,
    network: Mapping[str, Any] | None,
    tasks: Mapping[str, int],
    settings: Mapping[str, Any],
    header: Mapping[str, Any],
) -> None:
    """Write a checkpoint to one file, atomically.

    Parameters
    ----------
    path : path
    tensors : dict of str to torch.Tensor
        From :meth:`Checkpoint.tensors`.
    network : dict or None
        Arguments of :class:`dt4ecg.nn.Network`; None for another module.
    tasks : dict of str to int
        Number of classes of each task.
    settings : dict
        As in :class:`Checkpoint`.
    header : dict
        Further entries of the header, checked by :func:`check_header`.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    reserved = {"dt4ecg": __version__, "network": network, "tasks": tasks, "training": settings}
    container.write(path, tensors, {**reserved, **header})


def read(path: str | os.PathLike[str]) -> Checkpoint:
    """Read a checkpoint to continue its training.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is not a model file, has no state of a training, or has a field or a tensor that
        is not legal.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier
    >>> from dt4ecg.storage import checkpoint
    >>> path = tempfile.mkdtemp() + "/checkpoint.safetensors"
    >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y, checkpoint=path)
    >>> checkpoint.read(path).settings["learning_rate"]
    0.001
    """
    tensors, header = container.read(path)
    settings = header.get("training")
    if not isinstance(settings, dict) or _RANDOM_STATE not in tensors:
        raise ValueError(
            f"resume: {str(path)!r} holds a model without its training state; resume from a "
            "checkpoint"
        )
    network, tasks = header.get("network"), header.get("tasks")
    try:
        if network is not None:
            check_network(network)
        if not isinstance(tasks, dict):
            raise ValueError(f"tasks must be an object, got {tasks!r}")
        check_tasks("tasks", tasks)
        _check_state(tensors_under(TRAINING, tensors))
    except ValueError as error:
        raise ValueError(f"resume: {str(path)!r} is not a checkpoint: {error}") from None
    state = tensors_under(TRAINING, tensors)
    random_state = state.pop(_RANDOM_STATE.removeprefix(TRAINING))
    return Checkpoint(
        network={} if network is None else OLDER_NETWORKS | network,
        parameters=tensors_under(NETWORK, tensors),
        settings=_OLDER_SETTINGS | settings,
        state=state,
        random_state=random_state,
        best=tensors_under(BEST, tensors),
    )


def _check_state(state: Mapping[str, torch.Tensor]) -> None:
    """Check the types of the tensors, and the values that the C++ core does not check."""
    for name, tensor in state.items():
        expected = next((kind for start, kind in _TYPES.items() if name.startswith(start)), None)
        if expected is None:
            raise ValueError(f"training.{name} is unknown")
        if tensor.dtype != expected:
            raise ValueError(f"training.{name} is {tensor.dtype}, not {expected}")
        if name.startswith("epoch.") and tensor.isinf().any():
            raise ValueError(f"training.{name} is infinite")
    if "progress" in state and (state["progress"] > _MOST_STEPS).any():
        raise ValueError("training.progress counts too many steps")
    if "weighting.warnings" in state:
        bytes(state["weighting.warnings"].flatten().tolist()).decode()  # errors are ValueErrors


def check_header(operation: str, header: Mapping[str, Any]) -> None:
    """Check the further entries of a header that a user wants to save.

    Raises
    ------
    ValueError
        If an entry has a reserved name.
    TypeError
        If JSON cannot hold a value.
    """
    taken = sorted(_RESERVED & header.keys())
    if taken:
        raise ValueError(
            f"{operation}: trainer.header has {', '.join(taken)}, but the trainer writes "
            f"{', '.join(sorted(_RESERVED))} itself; use another name"
        )
    try:
        json.dumps(header)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{operation}: trainer.header must hold values that JSON can hold ({error}); use "
            "numbers, strings, lists and dictionaries"
        ) from None


def __dir__() -> list[str]:
    return sorted(__all__)
