"""Features of the intervals between beats, in the time domain."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg.beats.intervals import RRIntervals, rr_intervals

LEAST_PAIRS = 2
_BIN = 1000 / 128  # ms, the usual width of a bin of the triangular index
_NORMAL_MAD = 1.4826  # standard deviations of a normal distribution in one median deviation


@dataclass(frozen=True)
class RRFeatures:
    """The 17 features of the rhythm that EXGnet uses [1]_; times are in milliseconds.

    Attributes
    ----------
    bpm : float
        Beats per minute: 60,000 / ``mean_nn``.
    mean_nn, sdnn : float
        Mean and standard deviation (of a sample) of the intervals.
    sdsd, rmssd : float
        Standard deviation, and root of the mean square, of differences between successive
        intervals.
    cvnn, cvsd : float
        ``sdnn`` and ``rmssd`` divided by ``mean_nn``.
    median_nn, mad_nn, mcv_nn : float
        Median, median absolute deviation times 1.4826, and their ratio ``mad_nn / median_nn``.
    iqr_nn : float
        Distance between the quartiles.
    sdrmssd : float
        ``sdnn / rmssd``; NaN if all intervals are equal.
    prc20_nn, prc80_nn, min_nn, max_nn : float
        Quantiles at 20 and 80 %, shortest and longest interval.
    hti : float
        Triangular index: number of intervals divided by the largest bin of their histogram, whose
        bins are 1/128 s wide.

    See Also
    --------
    rr_features : Returns this.

    References
    ----------
    .. [1] T. T. Showrav et al., "EXGnet: a single-lead explainable-AI guided multiresolution
           network with train-only quantitative features for trustworthy ECG arrhythmia
           classification", arXiv 2506.12404, 2025.

    Examples
    --------
    >>> from dt4ecg.beats import rr_features
    >>> round(rr_features([0.0, 1.0, 1.9, 2.9]).bpm, 1)
    62.1
    """

    bpm: float
    mean_nn: float
    sdnn: float
    sdsd: float
    rmssd: float
    cvnn: float
    cvsd: float
    median_nn: float
    mad_nn: float
    mcv_nn: float
    iqr_nn: float
    sdrmssd: float
    prc20_nn: float
    prc80_nn: float
    min_nn: float
    max_nn: float
    hti: float

    def to_array(self) -> NDArray[np.float64]:
        """Return the features in the order of the attributes, shape (17,).

        Examples
        --------
        >>> from dt4ecg.beats import rr_features
        >>> rr_features([0.0, 1.0, 1.9, 2.9]).to_array().shape
        (17,)
        """
        return np.array(astuple(self))


def rr_features(beats: Any) -> RRFeatures:
    """Compute features of the rhythm.

    Parameters
    ----------
    beats : Beats, RRIntervals, or array-like of shape (n,)
        R peaks, intervals between them, or times of R peaks in seconds. Intervals of peaks are
        those of :func:`rr_intervals` with its default limits.

    Returns
    -------
    RRFeatures
        Differences are those between intervals with a common beat, so that a gap or a missed beat
        adds none.

    Raises
    ------
    ValueError
        If there are fewer than two differences, which takes four beats in a row, or times are not
        finite or do not ascend.
    TypeError
        If the times are not numbers.

    See Also
    --------
    find : R peaks of a recording.
    rr_intervals : The intervals.

    Notes
    -----
    Without gaps, the features are those of NeuroKit2's ``hrv_time``, to which ``bpm`` is added.

    Examples
    --------
    >>> from dt4ecg import beats
    >>> from dt4ecg.datasets import simulate_cohort
    >>> recording = simulate_cohort(subjects=1, seconds=30)[0]
    >>> features = beats.rr_features(beats.find(recording))
    >>> round(features.bpm), round(features.sdnn)
    (74, 34)
    """
    intervals = beats if isinstance(beats, RRIntervals) else rr_intervals(beats)
    nn = 1000 * intervals.seconds
    differences = np.diff(nn, prepend=0)[intervals.follows]
    if len(differences) < LEAST_PAIRS:
        raise ValueError(
            f"rr_features: needs at least {LEAST_PAIRS} differences between successive intervals, "
            f"which takes four beats in a row, got {len(differences)} from {len(nn)} intervals "
            f"({intervals.dropped} were dropped); pass a longer signal, and times in seconds"
        )
    mean, sdnn = float(nn.mean()), float(nn.std(ddof=1))
    rmssd = float(np.sqrt((differences**2).mean()))
    median = float(np.median(nn))
    mad = _NORMAL_MAD * float(np.median(np.abs(nn - median)))
    low, first, third, high = (float(one) for one in np.percentile(nn, [20, 25, 75, 80]))
    # As a histogram whose last bin has both of its ends, but without its many empty bins.
    bins = np.minimum(np.floor(nn / _BIN), np.ceil(nn.max() / _BIN) - 1)
    _, counts = np.unique(bins, return_counts=True)
    return RRFeatures(
        bpm=60_000 / mean,
        mean_nn=mean,
        sdnn=sdnn,
        sdsd=float(differences.std(ddof=1)),
        rmssd=rmssd,
        cvnn=sdnn / mean,
        cvsd=rmssd / mean,
        median_nn=median,
        mad_nn=mad,
        mcv_nn=mad / median,
        iqr_nn=third - first,
        sdrmssd=sdnn / rmssd if rmssd > 0 else float("nan"),
        prc20_nn=low,
        prc80_nn=high,
        min_nn=float(nn.min()),
        max_nn=float(nn.max()),
        hti=len(nn) / int(counts.max()),
    )
