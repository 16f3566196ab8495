"""Whether segments look like an ECG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import require_finite, to_numpy
from dt4ecg._common.numbers import number

LEAST_SCORE = 0.5


@dataclass(frozen=True, eq=False)
class Quality:
    """Quality indices of each lead of each segment, arrays of float64 of shape (n, leads).

    Attributes
    ----------
    flat : array
        Share of samples on straight lines of at least 0.1 s: a dead lead, or interpolated samples.
    clipped : array
        Share of samples in runs of at least 10 ms at the lowest or highest value.
    cut_off : array
        Estimated part of the height that clipping took from at least two waves, such as R peaks.
    rail : array
        Value at which they are clipped, in the unit of the samples; 0 where ``cut_off`` is 0.
    spike : array
        Part of the range of the samples that a stretch of 20 ms causes.
    jump : array
        Part of the range that the second largest change of level within 4 ms has. Square waves and
        pulses have nearly 1.
    mains : array
        Share of the power at 50 or 60 Hz and the next two harmonics. It has no effect on the score.
    beats : array
        Number of peaks that could be QRS complexes.
    kurtosis, skewness : array
        Of the signal in the QRS band. Noise has the kurtosis 3, ECG about 7 to 25. A positive
        skewness means that the QRS complexes point upwards.
    similarity : array
        Mean correlation between the beats; 0.4 for a single beat.
    step : array
        Change of level across the beats, compared with their height.
    qrs_share : array
        Power in the QRS band divided by the power of the segment.
    noise : array
        Power above the QRS band divided by the power in it.
    lead_scores : array
        From 0, not an ECG, to 1. It is 0 if ``flat`` >= 0.5, ``clipped`` >= 0.2, ``cut_off`` >=
        0.3, ``spike`` >= 0.6 or ``jump`` >= 0.78, and else a logistic regression on kurtosis,
        similarity, step, qrs_share and noise.

    See Also
    --------
    quality : Assess the segments of a recording.
    segment_quality : Assess segments that are cut already.

    Notes
    -----
    The indices up to ``mains`` are computed at the recorder's rate, the others after filtering.
    Segments shorter than 1.5 s may lie between two beats, so those of the recorder alone decide.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.signal import quality
    >>> found = quality(np.random.default_rng(0).normal(size=1500), 250)
    >>> found.usable, found.kurtosis.round().tolist()
    (array([False, False]), [[3.0], [3.0]])
    """

    flat: NDArray[np.float64]
    clipped: NDArray[np.float64]
    cut_off: NDArray[np.float64]
    rail: NDArray[np.float64]
    spike: NDArray[np.float64]
    jump: NDArray[np.float64]
    mains: NDArray[np.float64]
    beats: NDArray[np.float64]
    kurtosis: NDArray[np.float64]
    skewness: NDArray[np.float64]
    similarity: NDArray[np.float64]
    step: NDArray[np.float64]
    qrs_share: NDArray[np.float64]
    noise: NDArray[np.float64]
    lead_scores: NDArray[np.float64]

    @property
    def score(self) -> NDArray[np.float64]:
        """Score of each segment, shape (n,): the largest that more than half of its leads reach."""
        leads = self.lead_scores.shape[1]
        ascending: NDArray[np.float64] = np.sort(self.lead_scores, axis=1)
        return ascending[:, (leads - 1) // 2]

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Whether more than half of a segment's leads have a score of at least 0.5; shape (n,)."""
        usable: NDArray[np.bool_] = self.score >= LEAST_SCORE
        return usable

    def __len__(self) -> int:
        return len(self.flat)


def as_quality(arrays: dict[str, NDArray[np.float64]]) -> Quality:
    """Return the core's arrays as one object."""
    indices = dict(arrays)
    return Quality(lead_scores=indices.pop("score"), **indices)


def segment_quality(X: Any, sampling_rate: float) -> Quality:
    """Assess segments that are already filtered, at any scale.

    Parameters
    ----------
    X : array or tensor, shape (n, L) or (n, leads, L)
        Segments, as :meth:`dt4ecg.Preprocessor.transform` returns them.
    sampling_rate : float
        Samples per second of the segments, usually 100.

    Returns
    -------
    Quality
        All indices are those of X. Hum that the preprocessing removed does not show.

    Raises
    ------
    ValueError
        If X has another shape, or samples that are not finite, or the sampling rate is not legal.
    TypeError
        If the samples are not float32, float64 or integers.

    See Also
    --------
    quality : Assess the segments of a recording.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.signal import segment_quality
    >>> noise = np.random.default_rng(0).normal(size=(5, 300))
    >>> segment_quality(noise, 100).usable
    array([False, False, False, False, False])
    """
    segments = to_numpy("quality", X, allow_empty=True)
    if segments.ndim not in (2, 3) or 0 in segments.shape[1:]:
        raise ValueError(
            f"quality: expects segments (n, L) or (n, leads, L), got shape {segments.shape}"
        )
    require_finite("quality", segments)
    rate = number("sampling_rate", sampling_rate)
    if rate <= 0:
        raise ValueError(f"quality: sampling_rate must be above 0 Hz, got {rate:g}")
    leads = 1 if segments.ndim == 2 else segments.shape[1]
    rows = segments.reshape(len(segments) * leads, segments.shape[-1])
    return as_quality(_core.signal.assess_segments(rows, leads, rate))
