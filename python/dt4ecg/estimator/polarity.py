"""Find leads whose electrodes are swapped, by the direction of the QRS complexes."""

from __future__ import annotations

import warnings

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


def warn_of_reversed_leads(
    quality: Quality, ranges: NDArray[np.float64] | None, stacklevel: int
) -> None:
    """Warn of each lead of a recording whose electrodes may be swapped.

    `ranges` is None for a model that does not know the range of its training segments.
    """
    if ranges is None:
        return
    for lead in reversed_leads(quality, ranges):
        warnings.warn(
            f"recording: lead {lead} looks upside down compared with the training data, so its "
            "electrodes may be swapped; if they are, multiply the lead by -1, or use --flip "
            f"{lead} on the command line",
            stacklevel=stacklevel + 1,
        )
