"""Wasserstein-1 distances between the scores of clean and of noisy segments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import wasserstein_distance


@dataclass(frozen=True)
class Separation:
    """Wasserstein-1 distances between the scores of clean and of noisy segments.

    Attributes
    ----------
    pooled : float
        After z-scoring over the union of both groups, as in the paper. It depends on the shares of
        the groups: two tight groups with the shares p and 1 - p have the distance
        ``1 / sqrt(p (1 - p))``. So it cannot be compared between sets.
    balanced : float
        The same with the weight 1/2 for each group in mean and standard deviation. Its largest
        value is 2.

    Examples
    --------
    >>> from dt4ecg.biometrics.noise import separation
    >>> separation([3.0, 3.0, 3.0], [1.0])
    Separation(pooled=2.309..., balanced=2.0)
    """

    pooled: float
    balanced: float


def separation(clean: ArrayLike, noisy: ArrayLike) -> Separation:
    """Return how far the scores of noisy segments are from those of clean ones.

    Parameters
    ----------
    clean, noisy : array-like (n,), (m,)
        Scores of any kind, such as those of :meth:`NoiseModel.score`.

    Returns
    -------
    Separation
        Both distances; 0 where all scores are equal.

    Raises
    ------
    ValueError
        If a group is empty or not one-dimensional, or has scores that are not finite.

    See Also
    --------
    scipy.stats.wasserstein_distance : The distance.

    Examples
    --------
    >>> from dt4ecg.biometrics.noise import separation
    >>> separation([2.0, 4.0], [1.0, 3.0]).balanced
    0.894...
    """
    groups = []
    for name, values in (("clean", clean), ("noisy", noisy)):
        scores = np.asarray(values, dtype=np.float64)
        if scores.ndim != 1 or not len(scores) or not np.isfinite(scores).all():
            raise ValueError(
                f"separation: {name} must be finite scores (n,), at least one, got the shape "
                f"{scores.shape}; leave out segments without a score"
            )
        groups.append(scores)
    found = []
    for shares in ((len(groups[0]), len(groups[1])), (1, 1)):
        weights = np.concatenate(
            [np.full(len(g), s / len(g)) for g, s in zip(groups, shares, strict=True)]
        )
        both = np.concatenate(groups)
        mean = np.average(both, weights=weights)
        spread = np.sqrt(np.average((both - mean) ** 2, weights=weights))
        distance = wasserstein_distance(*groups)
        found.append(float(distance / spread) if spread > 0 else 0.0)
    return Separation(*found)
