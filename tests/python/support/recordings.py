"""Recordings that look like ECG, and the preprocessor that suits them."""

import numpy as np
from numpy.typing import NDArray

from dt4ecg import Preprocessor

RATE = 500.0


def recording(
    seconds: float, leads: int = 1, rate: float = RATE, seed: int = 0
) -> NDArray[np.float64]:
    """Return 70 beats per minute with drift, mains interference and an offset, (leads, T)."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    beats = np.exp(-0.5 * ((t * 70 / 60 % 1 - 0.5) / 0.02) ** 2)
    mains = 0.1 * np.sin(2 * np.pi * 50 * t)
    gains = rng.uniform(300, 600, (leads, 1))
    return 2100 + gains * (beats + mains + np.sin(t)) + rng.standard_normal((leads, t.size))


def mains50(**others) -> Preprocessor:
    return Preprocessor(notch=50, **others)


def paper50(**others) -> Preprocessor:
    return Preprocessor.paper(notch=50, **others)
