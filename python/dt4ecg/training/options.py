"""What the trainer accepts as settings."""

import math
import warnings
from functools import partial

import torch

from dt4ecg._common import numbers

MOST_THREADS = 1024  # each is started: a typing error must not exhaust the machine

integer = partial(numbers.integer, "Trainer")


def positive(name: str, value) -> float:
    found = numbers.real(value)
    if not 0 < found < math.inf:
        raise ValueError(f"Trainer: {name} must be a finite number above 0, got {value!r}")
    return found


def share(name: str, value) -> float:
    found = numbers.real(value)
    if not 0 <= found < 1:
        raise ValueError(f"Trainer: {name} must be at least 0 and below 1, got {value!r}")
    return found


def choice(name: str, value, legal: tuple[str, ...]) -> str:
    if value not in legal:
        raise ValueError(f"Trainer: {name} must be one of {', '.join(legal)}, got {value!r}")
    return value


def check_precision(network: torch.nn.Module) -> None:
    for name, parameter in network.named_parameters():
        if parameter.dtype != torch.float32:
            raise ValueError(
                f"fit: trains float32 networks, but {name} is {parameter.dtype}; call "
                "network.float() first"
            )


def warn_of_emulation(precision: str, device: torch.device) -> None:
    units = (on for name, on in torch.cpu.get_capabilities().items() if "bf16" in name)
    if precision == "bf16" and device.type == "cpu" and not any(units):
        warnings.warn(
            "fit: this processor has no bfloat16 units; PyTorch emulates precision='bf16', slower "
            "than float32 (without AVX-512 by ten times and more); use precision='float32'",
            stacklevel=4,  # fit's caller, behind fit and its decorator
        )


def device_of(device) -> torch.device:
    try:
        found = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"Trainer: device {device!r} is not one of torch's ({error})") from None
    if found.type == "meta":
        raise ValueError(f"Trainer: device {device!r} keeps no values; use device='cpu' or 'cuda'")
    if found.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"Trainer: device {device!r} is asked for, but this torch sees no CUDA device; "
            "use device='cpu'"
        )
    return found
