"""Find recordings of another unit or gain, for models that keep the amplitude."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.signal.quality_indices import LEAST_SCORE, Quality

QUANTILES = (0.01, 0.99)  # of the training segments
MARGIN = 3.0  # how far beyond them another person may be; mV and uV differ by 1000


def keeps_amplitude(preprocessor: Preprocessor | None) -> bool:
    """Whether segments keep the ratio of the amplitudes of recordings."""
    return preprocessor is not None and preprocessor.normalize in (None, "training")


def amplitude_range(X: NDArray[np.float32], quality: Quality) -> NDArray[np.float64] | None:
    """Return for each lead the range of the standard deviation where it looks like an ECG.

    Parameters
    ----------
    X : array (n, leads, T)
    quality : Quality
        Of these segments.

    Returns
    -------
    array (leads, 2) or None
        Two quantiles; None if a lead looks like an ECG in less than half of the segments.
    """
    ranges = []
    for amplitudes, good in zip(_amplitudes(X).T, _good(quality).T, strict=True):
        if 2 * good.sum() < max(len(good), 1):
            return None
        ranges.append(np.quantile(amplitudes[good], QUANTILES))
    return np.array(ranges)


def has_other_amplitude(
    X: NDArray[np.float32], quality: Quality, ranges: NDArray[np.float64] | None
) -> NDArray[np.bool_]:
    """Whether a lead that looks like an ECG is more than `MARGIN` times beyond the training range.

    Parameters
    ----------
    X : array (n, leads, T)
    quality : Quality
        Of these segments.
    ranges : array (leads, 2) or None
        As :func:`amplitude_range` returned it for the training segments; None accepts all.

    Returns
    -------
    array (n,) of bool
    """
    if ranges is None:
        return np.zeros(len(X), bool)
    low, high = ranges.T
    found = _amplitudes(X)
    other = (found < low / MARGIN) | (found > high * MARGIN)
    result: NDArray[np.bool_] = (other & _good(quality)).any(axis=1)
    return result


def usable_segments(
    X: NDArray[np.float32], quality: Quality, ranges: NDArray[np.float64] | None
) -> NDArray[np.bool_]:
    """Return which segments look like an ECG of the training data's unit, shape (n,)."""
    return quality.usable & ~has_other_amplitude(X, quality, ranges)


def require_amplitude(
    X: NDArray[np.float32], quality: Quality, ranges: NDArray[np.float64] | None
) -> None:
    """Raise ValueError if most usable segments of a recording have another amplitude."""
    usable = quality.usable
    if 2 * (has_other_amplitude(X, quality, ranges) & usable).sum() <= usable.sum():
        return
    ratios = {}
    for lead, good in enumerate(_good(quality).T):
        if ranges is not None and good.any():
            ratios[lead] = np.median(_amplitudes(X)[good, lead]) / np.sqrt(ranges[lead].prod())
    lead = max(ratios, key=lambda lead: abs(np.log(ratios[lead])))
    raise ValueError(
        f"recording: lead {lead} has {ratios[lead]:.3g} times the amplitude of the training "
        "recordings, so its unit or gain differs, and this model needs the same one. Multiply the "
        f"lead by {1 / ratios[lead]:.3g} if that is right. A model that was trained with the "
        'preprocessing "default" takes any unit'
    )


def _amplitudes(X: NDArray[np.float32]) -> NDArray[np.float64]:
    deviations: NDArray[np.float64] = X.std(axis=2, dtype=np.float64)
    return deviations


def _good(quality: Quality) -> NDArray[np.bool_]:
    """Return which leads of which segments look like an ECG, (n, leads). They are not flat."""
    good: NDArray[np.bool_] = quality.lead_scores >= LEAST_SCORE
    return good
