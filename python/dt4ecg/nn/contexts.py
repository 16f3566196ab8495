"""Context managers that restore the state of modules and of torch's generator."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def keep_modes(network: torch.nn.Module) -> Iterator[None]:
    """Give each module its own mode back at the end, which ``train()`` would not."""
    modes = [(module, module.training) for module in network.modules()]
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Torch's CPU generator from ``seed``, then as it was; those of devices are left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed every device
        yield
