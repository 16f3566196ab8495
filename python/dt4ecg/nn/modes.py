"""Train and eval mode, module by module: a part that somebody froze stays frozen."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def kept_modes(network: torch.nn.Module) -> Iterator[None]:
    """Give each module its own mode back at the end, which ``train()`` would not."""
    modes = [(module, module.training) for module in network.modules()]
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
