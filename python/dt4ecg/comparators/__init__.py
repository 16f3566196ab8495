"""Others' methods of Table II, fitted and tested on the same segments as DT4ECG.

A comparator is fitted on training segments alone: it never sees the others until it predicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]
Fit = Callable[[np.ndarray, np.ndarray, float, int], Predict]


@dataclass(frozen=True)
class Comparator:
    """One entry of the table.

    ``fit(X, y, sampling_rate, seed)`` takes training segments (n, leads, L), class names (n,), Hz
    and a seed, and returns ``predict(X) -> class names``, a function of each segment alone.
    """

    name: str
    task: str
    title: str
    fit: Fit


COMPARATORS: dict[str, Comparator] = {}
