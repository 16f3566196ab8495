"""Checks of a checkpoint before a training continues from it.

All checks come before anything is changed, so that a refused checkpoint leaves network and
generator as they are.
"""

import os
from collections.abc import Mapping
from typing import Any

import torch

from dt4ecg.storage.checkpoint import Checkpoint
from dt4ecg.storage.parameters import faults, shortened


def check(
    path: str | os.PathLike[str],
    checkpoint: Checkpoint,
    *,
    settings: Mapping[str, Any],
    parameters: Mapping[str, torch.Tensor],
    network: Mapping[str, Any],
) -> None:
    """Check that a checkpoint belongs to this network and these settings.

    Parameters
    ----------
    path : path
        Path of the checkpoint, for the error text.
    checkpoint : Checkpoint
    settings, parameters, network : dict
        Settings, ``state_dict`` and arguments of the network of the training that continues.

    Raises
    ------
    ValueError
        If settings, data or network differ, parameters differ in name, type or shape or are not
        finite, or this torch cannot use the state of the random generator.
    """
    _check_settings(path, checkpoint.settings, settings)
    # Arguments of the network distinguish parts that have no tensors.
    reasons = faults(checkpoint.parameters, parameters)
    if checkpoint.best:
        reasons = reasons or faults(checkpoint.best, parameters)
    reasons = reasons or [
        f"{name} {checkpoint.network[name]!r} -> {value!r}"
        for name, value in network.items()
        if checkpoint.network.get(name, value) != value
    ]
    if reasons:
        raise ValueError(
            f"resume: {str(path)!r} holds another network or a damaged one: {shortened(reasons)}"
        )
    try:
        torch.Generator().set_state(checkpoint.random_state)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"resume: this torch cannot use the random state in {str(path)!r} ({error}); start a "
            "new training without resume"
        ) from None


def _check_settings(
    path: str | os.PathLike[str], saved: Mapping[str, Any], settings: Mapping[str, Any]
) -> None:
    changes = [
        f"{name} {saved.get(name)!r} -> {value!r}"
        for name, value in settings.items()
        if saved.get(name) != value
    ]
    if changes:
        raise ValueError(
            f"resume: {str(path)!r} was trained with other settings or data "
            f"({'; '.join(changes)}); use the same (epochs may grow with a constant schedule), or "
            "start a new training without resume"
        )
