"""The rows of a batch whose target of a task is known."""

import torch

from dt4ecg._common.labels import UNKNOWN


def known_classes(
    name: str, outputs: torch.Tensor, targets: torch.Tensor, width: int, classes: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return outputs and class indices of the rows whose class is not -1.

    Raises
    ------
    ValueError
        If the outputs are not (n, width), or the targets are not (n,) indices below `classes`.
    TypeError
        If the targets are not integers.
    """
    check_shapes(name, outputs, targets, width)
    if targets.dtype != torch.int64:
        raise TypeError(f"{name}: targets must be integers, got {targets.dtype}")
    if len(targets) and not UNKNOWN <= int(targets.min()) <= int(targets.max()) < classes:
        raise ValueError(
            f"{name}: targets must lie in 0 to {classes - 1}, or be {UNKNOWN} where unknown, got "
            f"{int(targets.min())} to {int(targets.max())}"
        )
    rows = targets != UNKNOWN
    return outputs[rows], targets[rows]


def check_shapes(name: str, outputs: torch.Tensor, targets: torch.Tensor, width: int) -> None:
    """Raise ValueError unless the outputs are (n, width) and the targets (n,)."""
    check_outputs(name, outputs, width)
    if not isinstance(targets, torch.Tensor) or targets.shape != outputs.shape[:1]:
        shape = tuple(getattr(targets, "shape", ()))
        raise ValueError(
            f"{name}: targets must be a tensor of the shape ({len(outputs)},), got "
            f"{type(targets).__name__} {shape}"
        )


def check_outputs(name: str, outputs: torch.Tensor, width: int) -> None:
    """Raise unless the outputs are a tensor (n, width)."""
    if not isinstance(outputs, torch.Tensor):
        raise TypeError(f"{name}: takes outputs as a tensor, got {type(outputs).__name__}")
    if outputs.dim() != 2 or outputs.shape[1] != width:
        raise ValueError(
            f"{name}: the head must have {width} outputs, got {tuple(outputs.shape)}; build the "
            "network with tasks=PerTask(...).outputs"
        )


def finite_outputs(name: str, outputs: torch.Tensor, width: int) -> torch.Tensor:
    """Return outputs for a prediction, which must be finite and of shape (n, width)."""
    check_outputs(name, outputs, width)
    if not outputs.isfinite().all():
        raise ValueError(f"{name}: outputs must be finite; the network gives NaN or infinity")
    return outputs
