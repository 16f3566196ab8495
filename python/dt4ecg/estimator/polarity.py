"""Find leads whose electrodes are swapped, by the direction of the QRS complexes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dt4ecg.signal.quality_indices import Quality

QUANTILES = (0.01, 0.99)  # of the training segments; beyond are segments with artefacts
LEAST_SKEWNESS = 0.5  # that of noise is below 0.3


def skewness_range(quality: Quality) -> NDArray[np.float64] | None:
    """Return for each lead the range of the skewness of usable segments.

    Returns
    -------
    array (leads, 2) or None
        Two quantiles; None unless at least half of the segments are usable.
    """
    if 2 * quality.usable.sum() < max(len(quality), 1):
        return None
    return np.quantile(quality.skewness[quality.usable], QUANTILES, axis=0).T


def reversed_leads(quality: Quality, ranges: NDArray[np.float64]) -> list[int]:
    """Return the leads that would fit the training range only if they were multiplied by -1.

    A lead without a clear direction is not among them.

    Parameters
    ----------
    quality : Quality
        Of the segments of one recording.
    ranges : array (leads, 2)
        As :func:`skewness_range` returned it for the training segments.
    """
    if not quality.usable.any():
        return []
    median = np.median(quality.skewness[quality.usable], axis=0)
    low, high = ranges.T
    inside = (low <= median) & (median <= high)
    inside_flipped = (low <= -median) & (-median <= high)
    clear = np.abs(median) >= LEAST_SKEWNESS
    return np.flatnonzero(clear & ~inside & inside_flipped).tolist()
