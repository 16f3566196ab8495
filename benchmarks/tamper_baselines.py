"""Simple scores of splices, larger where a segment looks tampered with."""

import numpy as np
from scipy.signal import find_peaks

from dt4ecg.signal import segment_quality

NAMES = ("curvature", "beat correlation", "RR irregularity")


def scores(name: str, x: np.ndarray, rate: float) -> np.ndarray:
    if name == "curvature":
        return curvature(x)
    if name == "beat correlation":
        return -segment_quality(x, rate).similarity[:, 0]
    return np.array([rr_irregularity(row, rate) for row in x])


def curvature(x: np.ndarray) -> np.ndarray:
    """Largest second difference in standard deviations of the segment."""
    return np.abs(np.diff(x, 2)).max(axis=1) / x.std(axis=1)


def rr_irregularity(x: np.ndarray, rate: float) -> float:
    """Range of the intervals between peaks of the slope, divided by their median."""
    slope = np.abs(np.gradient(x))
    peaks, _ = find_peaks(slope, height=0.4 * np.quantile(slope, 0.995), distance=int(0.3 * rate))
    intervals = np.diff(peaks)
    return float(np.ptp(intervals) / np.median(intervals)) if len(intervals) > 1 else 0.0
