"""R peaks of an ECG, their intervals with features, and the windows of the waves around them."""

from dt4ecg.beats.finding import Beats, find
from dt4ecg.beats.intervals import RRIntervals, rr_intervals
from dt4ecg.beats.rr_features import RRFeatures, rr_features
from dt4ecg.beats.streaming import BeatStream, stream
from dt4ecg.beats.windows import WaveWindows, wave_windows

__all__ = [
    "BeatStream",
    "Beats",
    "RRFeatures",
    "RRIntervals",
    "WaveWindows",
    "find",
    "rr_features",
    "rr_intervals",
    "stream",
    "wave_windows",
]


def __dir__() -> list[str]:
    return sorted(__all__)
