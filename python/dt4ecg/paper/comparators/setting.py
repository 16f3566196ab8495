"""What a comparator is told beside its training segments."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """Sampling rate in Hz, the seed of all chance, and passes over the data where there are any."""

    sampling_rate: float
    seed: int
    epochs: int
