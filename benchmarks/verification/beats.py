"""The baseline without training: the correlation of median beats."""

import numpy as np
from scipy import signal

BEFORE, AFTER = 20, 40  # samples around an R peak: 0.2 s and 0.4 s


def median_beat(segments: np.ndarray) -> np.ndarray:
    """Return the median beat of segments (n, 1, T) at 100 Hz, with mean 0 and length 1."""
    beats = []
    for x in segments[:, 0]:
        energy = np.convolve(np.gradient(x) ** 2, np.ones(8) / 8, "same")
        peaks, _ = signal.find_peaks(energy, height=0.3 * energy.max(), distance=30)
        for peak in peaks:
            near = slice(max(peak - 6, 0), peak + 7)
            r = near.start + int(np.argmax(np.abs(x[near] - np.median(x))))
            if BEFORE <= r <= len(x) - AFTER:
                beats.append(x[r - BEFORE : r + AFTER])
    if not beats:
        return np.zeros(BEFORE + AFTER)
    beat = np.median(beats, axis=0)
    beat = beat - beat.mean()
    return beat / max(float(np.linalg.norm(beat)), 1e-12)


def correlation(templates: list[np.ndarray], probes: list[np.ndarray]) -> np.ndarray:
    """Return the correlation of each probe's median beat with each template's."""
    return (
        np.array([median_beat(one) for one in probes])
        @ np.array([median_beat(one) for one in templates]).T
    )
