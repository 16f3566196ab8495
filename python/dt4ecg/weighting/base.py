"""Base class of the weightings that the C++ core computes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg import _core

Weighting = Callable[..., Any]  # (losses, gram, state) -> weights


@dataclass(frozen=True)
class CoreWeighting:
    """Parameters of a weighting whose arithmetic is in the core; a subclass adds its fields.

    Raises
    ------
    ValueError
        If a parameter is outside its range.
    """

    def __post_init__(self) -> None:
        self.build()  # the core checks the parameters

    def build(self) -> _core.train.Weighting:
        """Return the core's object with these parameters."""
        raise NotImplementedError(f"{type(self).__name__}.build: return an object of _core.train")

    def __call__(
        self, losses: ArrayLike, gram: ArrayLike | None, state: _core.train.State
    ) -> NDArray[np.float32]:
        """Return the weights (tasks,) of a step, and advance ``state`` by one step."""
        return np.array(self.build()(losses, gram, state), np.float32)


def checked_seed(name: str, seed: int) -> int:
    """Return ``seed`` if it is a Python int in the range of the core, else raise ValueError.

    NumPy's integers are refused, because the seed is saved with the model as JSON.
    """
    if type(seed) is not int or not 0 <= seed < 2**64:
        raise ValueError(
            f"{name}: seed must be an int from 0 to 2**64 - 1, got {seed!r}; pass int(seed), or "
            "leave it at 0"
        )
    return seed
