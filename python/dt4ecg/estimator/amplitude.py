"""Find recordings of another unit or gain, for models that keep the amplitude."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.signal.quality_indices import Quality

QUANTILES = (0.01, 0.99)  # of the training segments
MARGIN = 3.0  # how far beyond them another person may be; mV and uV differ by 1000


def keeps_amplitude(preprocessor: Preprocessor | None) -> bool:
    """Whether segments keep the ratio of the amplitudes of recordings."""
    return preprocessor is not None and preprocessor.normalize in (None, "training")


def amplitude_range(X: NDArray[np.float32], quality: Quality) -> NDArray[np.float64] | None:
    """Return for each lead the range of the standard deviation of usable segments.

    Parameters
    ----------
    X : array (n, leads, T)
    quality : Quality
        Of these segments.

    Returns
    -------
    array (leads, 2) or None
        Two quantiles; None unless at least half of the segments are usable.
    """
    if 2 * quality.usable.sum() < max(len(quality), 1):
        return None
    return np.quantile(_amplitudes(X)[quality.usable], QUANTILES, axis=0).T


def has_other_amplitude(
    X: NDArray[np.float32], ranges: NDArray[np.float64] | None
) -> NDArray[np.bool_]:
    """Whether a lead of a segment is more than `MARGIN` times beyond the training range.

    Parameters
    ----------
    X : array (n, leads, T)
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
    other: NDArray[np.bool_] = ((found < low / MARGIN) | (found > high * MARGIN)).any(axis=1)
    return other


def require_amplitude(
    X: NDArray[np.float32], quality: Quality, ranges: NDArray[np.float64] | None
) -> None:
    """Raise ValueError if most usable segments of a recording have another amplitude."""
    usable = X[quality.usable]
    if ranges is None or 2 * has_other_amplitude(usable, ranges).sum() <= len(usable):
        return
    ratios = np.median(_amplitudes(usable), axis=0) / np.sqrt(ranges.prod(axis=1))
    lead = int(np.abs(np.log(ratios)).argmax())
    raise ValueError(
        f"recording: lead {lead} has {ratios[lead]:.3g} times the amplitude of the training "
        "recordings, so its unit or gain differs, and the model keeps amplitudes; multiply the "
        f"lead by {1 / ratios[lead]:.3g} if this is right, or train a model with the "
        'preprocessing "default", which does not depend on the unit'
    )


def _amplitudes(X: NDArray[np.float32]) -> NDArray[np.float64]:
    deviations: NDArray[np.float64] = X.std(axis=2, dtype=np.float64)
    return deviations
