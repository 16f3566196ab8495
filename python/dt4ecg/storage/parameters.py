"""Comparison of stored parameters with those of a network."""

from collections.abc import Mapping

import torch


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


def load_into(network: torch.nn.Module, stored: Mapping[str, torch.Tensor]) -> None:
    """Copy stored parameters and buffers into a network.

    Raises
    ------
    ValueError
        If they do not match those of the network, or hold values that are not finite. The network
        is unchanged then.
    """
    reasons = differences(stored, network.state_dict()) or [
        f"{name} holds values that are NaN or infinite"
        for name, tensor in stored.items()
        if not tensor.isfinite().all()
    ]
    if reasons:
        raise ValueError(shortened(reasons))
    network.load_state_dict(dict(stored))


def _form(tensor: torch.Tensor) -> str:
    return f"{str(tensor.dtype).removeprefix('torch.')} {tuple(tensor.shape)}"
