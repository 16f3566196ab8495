"""A weighting of the core: its parameters in Python, its arithmetic in C++."""

from dataclasses import dataclass

import numpy as np

from dt4ecg import _core


@dataclass(frozen=True)
class CoreWeighting:
    def __post_init__(self):
        self.build()  # refuses illegal parameters

    def build(self) -> _core.train.Weighting:
        raise TypeError(f"{type(self).__name__} does not say how it is built")

    def __call__(self, losses, gram, state: _core.train.State) -> np.ndarray:
        return np.array(self.build()(losses, gram, state), np.float32)


def seed_of(name: str, seed: int) -> int:
    # Python's own, since it is saved with the model as JSON.
    if type(seed) is not int or not 0 <= seed < 2**64:
        raise ValueError(
            f"{name}: seed must be an int from 0 to 2**64 - 1, got {seed!r}; pass int(seed), or "
            "leave it at 0"
        )
    return seed
