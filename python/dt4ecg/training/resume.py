"""What a training to be continued must agree on, checked before anything is written."""

import os
from collections.abc import Mapping
from typing import Any

import torch


def check_same_network(
    path: str | os.PathLike,
    saved: Mapping[str, torch.Tensor],
    ours: Mapping[str, torch.Tensor],
    saved_spec: Mapping[str, Any],
    our_spec: Mapping[str, Any],
) -> None:
    """Compare tensors, and what specs say of parts that have none."""
    differences = [f"{name} is missing" for name in ours if name not in saved]
    differences += [f"{name} is unknown" for name in saved if name not in ours]
    differences += [
        f"{name} is {_kind(saved[name])}, not {_kind(value)}"
        for name, value in ours.items()
        if name in saved and _kind(saved[name]) != _kind(value)
    ]
    if not differences:
        differences = [
            f"{name} {saved_spec[name]!r} -> {value!r}"
            for name, value in our_spec.items()
            if saved_spec.get(name, value) != value
        ]
    if differences:
        more = f" and {len(differences) - 3} more" if len(differences) > 3 else ""
        raise ValueError(
            f"resume: {str(path)!r} holds another network: {', '.join(differences[:3])}{more}"
        )


def check_random_state(path: str | os.PathLike, state: torch.Tensor) -> None:
    try:
        torch.Generator().set_state(state)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"resume: the random state in {str(path)!r} is none of this torch's ({error}); "
            "start afresh without resume"
        ) from None


def _kind(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
