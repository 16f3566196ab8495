"""Targets of a guided training: the windows of the waves of each segment, and its rhythm."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg import beats
from dt4ecg._common import numbers
from dt4ecg.nn.segments import as_segments

RHYTHM = len(fields(beats.RRFeatures))
_LIMIT = 5.0  # standard deviations, to which features of the rhythm are limited


@dataclass(frozen=True, eq=False)
class GuidanceTargets:
    """Windows of waves and features of the rhythm, one row per segment.

    Attributes
    ----------
    windows : float32 array (n, length)
        Share of each time step of the maps that lies inside the windows of P, QRS and T waves. 0 in
        the whole row where no R peak was found.
    rhythm : float32 array (n, 17)
        The features of :class:`dt4ecg.beats.RRFeatures`, in standard deviations from their mean
        over the segments. NaN where there are too few beats.
    rhythm_mean, rhythm_deviation : array (17,), optional
        The mean and the standard deviation that have scaled `rhythm`.

    See Also
    --------
    guidance_targets : Returns this.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training.guidance import GuidanceTargets
    >>> targets = GuidanceTargets(np.zeros((1, 4)), np.zeros((1, 17)))
    >>> sorted(targets.with_labels(np.array([[0]])))
    ['labels', 'rhythm', 'windows']
    """

    windows: NDArray[np.float32]
    rhythm: NDArray[np.float32]
    rhythm_mean: NDArray[np.float64] | None = None
    rhythm_deviation: NDArray[np.float64] | None = None

    def with_labels(self, labels: ArrayLike) -> dict[str, Any]:
        """Return the targets of :class:`GuidanceLoss`; labels are class indices (n, tasks)."""
        return {"labels": np.asarray(labels), "windows": self.windows, "rhythm": self.rhythm}


def guidance_targets(
    X: ArrayLike | torch.Tensor,
    sampling_rate: float,
    length: int,
    lead: int = 0,
    scale_of: GuidanceTargets | None = None,
) -> GuidanceTargets:
    """Find R peaks in segments, and return where the waves are expected and the rhythm.

    Parameters
    ----------
    X : array (n, leads, T)
        Segments of at least 2 s.
    sampling_rate : float
        In Hz, 80 to 20,000.
    length : int
        Time steps of the maps, at most T.
    lead : int, default 0
        The lead whose beats are searched.
    scale_of : GuidanceTargets, optional
        Targets of the training part, for segments of another part: their mean and deviation scale
        the rhythm. Default: those of X.

    Returns
    -------
    GuidanceTargets

    Raises
    ------
    ValueError
        If X has another shape, is too short or not finite, there is no such lead, the sampling
        rate is outside its range, or `scale_of` has no mean and deviation.
    TypeError
        If X does not hold numbers.

    See Also
    --------
    dt4ecg.beats.find, dt4ecg.beats.wave_windows, dt4ecg.beats.rr_features : Compute the parts.

    Examples
    --------
    >>> import dt4ecg
    >>> data = dt4ecg.datasets.load_paper_cohort()
    >>> targets = dt4ecg.training.guidance.guidance_targets(data.X[:20], 100, length=38)
    >>> targets.windows.shape, targets.rhythm.shape
    ((20, 38), (20, 17))
    """
    x = as_segments("guidance_targets", X).numpy(force=True)
    n, leads, samples = x.shape
    length = numbers.integer("guidance_targets", "length", length, 1, samples)
    lead = numbers.integer("guidance_targets", "lead", lead, 0, leads - 1)
    marks = np.zeros((n, samples), np.float32)
    rhythm = np.full((n, RHYTHM), np.nan)
    for i, row in enumerate(x[:, lead]):
        found = beats.find(row, sampling_rate)
        if len(found):
            marks[i] = beats.wave_windows(found, samples).union
            rhythm[i] = _rhythm(found)
    windows = torch.nn.functional.adaptive_avg_pool1d(torch.from_numpy(marks)[:, None], length)
    mean, deviation = _scale(rhythm)
    if scale_of is not None:
        if scale_of.rhythm_mean is None or scale_of.rhythm_deviation is None:
            raise ValueError(
                "guidance_targets: scale_of has no mean and deviation of the rhythm; pass targets "
                "that guidance_targets returned"
            )
        mean, deviation = scale_of.rhythm_mean, scale_of.rhythm_deviation
    scaled = (rhythm - mean) / np.where(deviation > 0, deviation, 1)
    limited = np.clip(scaled, -_LIMIT, _LIMIT).astype(np.float32)
    return GuidanceTargets(windows[:, 0].numpy(), limited, mean, deviation)


def _rhythm(found: beats.Beats) -> NDArray[np.float64]:
    try:
        return beats.rr_features(found).to_array()
    except ValueError:  # fewer than four beats in a row
        return np.full(RHYTHM, np.nan)


def _scale(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return mean and deviation of each feature over the segments that have it."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(0), 1)
    mean: NDArray[np.float64] = np.where(known, values, 0).sum(0) / count
    deviation = np.sqrt((np.where(known, values - mean, 0) ** 2).sum(0) / count)
    return mean, deviation
