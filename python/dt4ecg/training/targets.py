"""Targets of objectives other than cross-entropy: any numbers with one row per segment."""

from collections.abc import Mapping
from typing import Any

import torch

from dt4ecg._common.tensors import as_real_tensor


def as_targets(
    y: Any, n: int, device: torch.device
) -> tuple[tuple[str, ...] | None, list[torch.Tensor]]:
    """Return names and arrays of ``y``: an array (n, ...), a dictionary of such arrays, or None.

    The names are None unless ``y`` is a dictionary. Real numbers become float32, integers int64.
    """
    if y is None:
        return None, []
    if not isinstance(y, Mapping):
        return None, [_as_target("y", y, n, device)]
    if not y or not all(isinstance(name, str) for name in y):
        raise ValueError(
            f"fit: a dictionary y must hold at least one array under a name, got {list(y)!r}"
        )
    return tuple(y), [_as_target(f"y[{name!r}]", y[name], n, device) for name in y]


def _as_target(name: str, values: Any, n: int, device: torch.device) -> torch.Tensor:
    target = as_real_tensor("fit", name, values, unmasked=f"{name}.filled(...)").detach()
    if target.dim() < 1 or len(target) != n:
        raise ValueError(
            f"fit: {name} must have one row per segment, ({n}, ...), got {tuple(target.shape)}"
        )
    if target.is_floating_point():
        kind = torch.float32
    else:
        kind = torch.bool if target.dtype == torch.bool else torch.int64
    return target.to(device, kind).contiguous()
