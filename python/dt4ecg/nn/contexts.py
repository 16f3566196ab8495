"""Context managers that restore the modes of modules, or the state of torch's generator."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def keep_modes(network: torch.nn.Module) -> Iterator[None]:
    """Restore the train or eval mode of every module at the end.

    ``network.train()`` would put all modules into train mode, also those that a user froze.
    """
    modes = [(module, module.training) for module in network.modules()]
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's CPU generator, and restore its state at the end.

    Parts written in Python draw from this generator. Those of other devices are not changed, which
    ``torch.manual_seed`` would do.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        yield
