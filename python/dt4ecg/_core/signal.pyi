from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._core import InvalidArgument

def highpass(
    samples: ArrayLike, sampling_rate: float, cutoff: float, order: int, zero_phase: bool
) -> NDArray[np.float64]: ...
def notch(
    samples: ArrayLike, sampling_rate: float, frequency: float, quality: float, zero_phase: bool
) -> NDArray[np.float64]: ...
def resample(
    samples: ArrayLike, sampling_rate: float, target_rate: float
) -> NDArray[np.float64]: ...
def minmax(samples: ArrayLike) -> tuple[NDArray[np.float64], int]: ...
def design_highpass(sampling_rate: float, cutoff: float, order: int) -> NDArray[np.float64]: ...
def design_notch(sampling_rate: float, frequency: float, quality: float) -> NDArray[np.float64]: ...
def find_ratio(sampling_rate: float, target_rate: float) -> tuple[int, int]: ...
def window(seconds: float, overlap: float, sampling_rate: float) -> tuple[int, int]: ...

class Settings:
    def __init__(
        self,
        *,
        target_rate: float | None,
        highpass: float | None,
        highpass_order: int,
        notch: float | None,
        notch_quality: float,
        normalize: str,
        segment_seconds: float,
        overlap: float,
        zero_phase: bool,
        nan: str,
        limits: Sequence[tuple[float, float]],
    ) -> None: ...

class Segments:
    @property
    def samples(self) -> NDArray[np.float64]: ...
    @property
    def start_seconds(self) -> NDArray[np.float64]: ...
    @property
    def dropped_seconds(self) -> float: ...
    @property
    def dropped_pieces(self) -> int: ...
    @property
    def flat(self) -> int: ...

def transform(
    settings: Settings,
    recordings: Sequence[ArrayLike],
    sampling_rates: Sequence[float],
    gaps: Sequence[Sequence[int]],
) -> list[Segments | InvalidArgument]: ...
def fit_limits(
    settings: Settings,
    recordings: Sequence[ArrayLike],
    sampling_rates: Sequence[float],
    gaps: Sequence[Sequence[int]],
) -> list[list[tuple[float, float]]]: ...

class Stream:
    def __init__(self, settings: Settings, sampling_rate: float) -> None: ...
    def push(self, chunk: ArrayLike) -> Segments: ...
    def reset(self) -> None: ...
