"""Comparison of stored parameters with those of a network."""

from collections.abc import Mapping

import torch

_NOT_NEGATIVE = ("running_var", "num_batches_tracked")  # names in batch norm


def differences(
    stored: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Tensor]
) -> list[str]:
    """Describe each tensor that is missing, unknown, or of another type or shape.

    Examples
    --------
    >>> import torch
    >>> differences({"bias": torch.zeros(3)}, {"bias": torch.zeros(2), "weight": torch.zeros(2)})
    ['weight is missing', 'bias is float32 (3,), not float32 (2,)']
    """
    return [
        *(f"{name} is missing" for name in expected if name not in stored),
        *(f"{name} is unknown" for name in stored if name not in expected),
        *(
            f"{name} is {_form(stored[name])}, not {_form(tensor)}"
            for name, tensor in expected.items()
            if name in stored and _form(stored[name]) != _form(tensor)
        ),
    ]


def shortened(reasons: list[str]) -> str:
    """Join the first three reasons, and count the others."""
    more = f" and {len(reasons) - 3} more" if len(reasons) > 3 else ""
    return ", ".join(reasons[:3]) + more


def faults(stored: Mapping[str, torch.Tensor], expected: Mapping[str, torch.Tensor]) -> list[str]:
    """Describe why stored parameters and buffers cannot replace the expected ones.

    They must have the same names, types and shapes, finite values, and no variance or count below
    0. A tensor that equals the expected one is legal: a module may have a constant mask of
    infinities.

    Examples
    --------
    >>> import torch
    >>> faults({"norm.running_var": -torch.ones(2)}, {"norm.running_var": torch.ones(2)})
    ['norm.running_var holds a value below 0']
    """
    reasons = differences(stored, expected)
    if reasons:
        return reasons
    for name, tensor in stored.items():
        if torch.equal(tensor, expected[name].cpu()):
            continue
        if tensor.is_floating_point() and not tensor.isfinite().all():
            reasons.append(f"{name} holds values that are NaN or infinite")
        elif name.split(".")[-1] in _NOT_NEGATIVE and (tensor < 0).any():
            reasons.append(f"{name} holds a value below 0")
    return reasons


def load_into(network: torch.nn.Module, stored: Mapping[str, torch.Tensor]) -> None:
    """Copy stored parameters and buffers into a network.

    Raises
    ------
    ValueError
        If :func:`faults` finds any. The network is unchanged then.
    """
    reasons = faults(stored, network.state_dict())
    if reasons:
        raise ValueError(shortened(reasons))
    network.load_state_dict(dict(stored))


def _form(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
