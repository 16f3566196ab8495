"""Paired tests and intervals: McNemar, Holm, and a bootstrap over recordings and seeds.

Segments of one recording resemble each other. The interval of Wilson and the test of McNemar treat
them as independent, so they are too narrow and too certain. The bootstrap draws whole recordings,
and the seeds of the trainings with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

RESAMPLES = 20_000  # other random numbers move an end by about 2 % of its distance to the mean
CONFIDENCE = 0.95


def mcnemar(a: np.ndarray, b: np.ndarray) -> tuple[int, int, float]:
    """Compare two models on the same segments with the exact test of McNemar [1]_.

    Parameters
    ----------
    a, b : bool array of shape (n,)
        Whether each model was right on each segment.

    Returns
    -------
    only_a, only_b : int
        Number of segments on which only one model was right.
    p : float
        Two-sided binomial p value; 1 if the models never differ.

    Raises
    ------
    ValueError
        The arrays differ in shape or are not one-dimensional.

    References
    ----------
    .. [1] Q. McNemar, Psychometrika 12:153, 1947.

    Examples
    --------
    >>> import numpy as np
    >>> mcnemar(np.array([True, True, True, False]), np.zeros(4, bool))
    (3, 0, 0.25)
    """
    from scipy.stats import binomtest

    a, b = np.asarray(a, bool), np.asarray(b, bool)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"mcnemar: needs two arrays of one shape (n,), got {a.shape}, {b.shape}")
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    differ = only_a + only_b
    return only_a, only_b, float(binomtest(only_a, differ).pvalue) if differ else 1.0


def holm(p: Sequence[float]) -> list[float]:
    """Adjust p values for the number of tests with the method of Holm [1]_.

    Parameters
    ----------
    p : sequence of float
        Unadjusted p values.

    Returns
    -------
    list of float
        Adjusted p values in the same order.

    References
    ----------
    .. [1] S. Holm, Scandinavian Journal of Statistics 6:65, 1979.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.5])
    [0.03, 0.08, 0.5]
    """
    adjusted, largest = [0.0] * len(p), 0.0
    for rank, index in enumerate(np.argsort(p, kind="stable").tolist()):
        largest = max(largest, min(1.0, (len(p) - rank) * p[index]))
        adjusted[index] = largest
    return adjusted


def bootstrap_over(
    groups: np.ndarray,
    values: np.ndarray,
    runs: np.ndarray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the 95 % percentile interval of a mean when whole groups are drawn.

    Parameters
    ----------
    groups : array of shape (n,)
        Group of each value, such as its recording. All values of a group are drawn together.
    values : array of shape (n,)
        Values of which the mean is taken.
    runs : array of shape (n,), optional
        Training that each value comes from. Trainings are drawn independently of the groups, so
        that the interval contains the variation between trainings.
    resamples : int, default 20000
        Number of bootstrap samples.
    seed : int, default 0
        Seed of the random numbers.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        There are no values, or the shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> recordings, values = np.array([0, 0, 1, 1]), np.array([1.0, 1.0, 0.0, 0.0])
    >>> bootstrap_over(recordings, values)
    (0.0, 1.0)
    """
    return interval(resampled_means(groups, values, runs, resamples, seed), CONFIDENCE)


def interval(means: np.ndarray, confidence: float) -> tuple[float, float]:
    """Return the central interval that holds a fraction ``confidence`` of the means.

    Examples
    --------
    >>> import numpy as np
    >>> interval(np.arange(101), confidence=0.5)
    (25.0, 75.0)
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def resampled_means(
    groups: np.ndarray,
    values: np.ndarray,
    runs: np.ndarray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> np.ndarray:
    """Return the mean of each bootstrap sample; :func:`bootstrap_over` has the parameters."""
    groups, values = np.asarray(groups), np.asarray(values, float)
    runs = np.zeros(groups.shape, int) if runs is None else np.asarray(runs)
    if groups.shape != values.shape or runs.shape != values.shape or not values.size:
        raise ValueError(
            "bootstrap_over: groups, runs and values must have one shape (n,) with at least one "
            f"value, got {groups.shape}, {runs.shape} and {values.shape}"
        )
    (names, group), (run_names, run) = (np.unique(x, return_inverse=True) for x in (groups, runs))
    sums, sizes = np.zeros((2, len(names), len(run_names)))
    np.add.at(sums, (group, run), values)
    np.add.at(sizes, (group, run), 1)
    drawn = _draws(len(names), resamples, seed)
    drawn_runs = _draws(len(run_names), resamples, seed + 1)
    total, count = (((drawn @ table) * drawn_runs).sum(1) for table in (sums, sizes))
    tested = count > 0  # a sample is empty if its runs do not test its groups
    return np.asarray(total[tested] / count[tested])


@lru_cache(maxsize=4)
def _draws(n: int, resamples: int, seed: int) -> np.ndarray:
    """Return how often each of n groups is drawn, as an array (resamples, n)."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=resamples)
