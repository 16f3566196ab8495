"""The device and the number format in which a training runs."""

import warnings

import torch


def device_of(device: str | torch.device) -> torch.device:
    """Return the device of a name.

    Raises
    ------
    ValueError
        If torch does not know the device, or it is not available.
    """
    try:
        found = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"Trainer: torch does not know the device {device!r} ({error}); use device='cpu' or "
            "'cuda'"
        ) from None
    if found.type == "meta":
        raise ValueError(f"Trainer: device {device!r} keeps no values; use device='cpu' or 'cuda'")
    if found.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"Trainer: device {device!r} was requested, but this torch finds no CUDA device; use "
            "device='cpu'"
        )
    return found


def require_float32(network: torch.nn.Module) -> None:
    """Raise ValueError unless all parameters of the network are float32."""
    for name, parameter in network.named_parameters():
        if parameter.dtype != torch.float32:
            raise ValueError(
                f"fit: trains float32 networks, but {name} is {parameter.dtype}; call "
                "network.float() first"
            )


def warn_of_emulation(precision: str, device: torch.device) -> None:
    """Warn if the processor emulates bfloat16, which is slower than float32."""
    units = (on for name, on in torch.cpu.get_capabilities().items() if "bf16" in name)
    if precision == "bf16" and device.type == "cpu" and not any(units):
        warnings.warn(
            "fit: this processor has no bfloat16 units; PyTorch emulates precision='bf16', slower "
            "than float32 (without AVX-512 by ten times and more); use precision='float32'",
            stacklevel=4,  # the caller of fit, which has a decorator
        )
