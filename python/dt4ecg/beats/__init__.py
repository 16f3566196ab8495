"""R peaks of an ECG, the intervals between them, and features of the intervals."""

from dt4ecg.beats.finding import Beats, find
from dt4ecg.beats.intervals import RRIntervals, rr_intervals
from dt4ecg.beats.rr_features import RRFeatures, rr_features
from dt4ecg.beats.streaming import BeatStream, stream

__all__ = [
    "BeatStream",
    "Beats",
    "RRFeatures",
    "RRIntervals",
    "find",
    "rr_features",
    "rr_intervals",
    "stream",
]


def __dir__() -> list[str]:
    return sorted(__all__)
