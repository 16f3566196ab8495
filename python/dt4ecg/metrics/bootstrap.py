"""A bootstrap that draws whole groups, such as people or recordings, and trainings with them.

Segments of one recording resemble each other. The interval of Wilson and the test of McNemar treat
them as independent, so they are too narrow and too certain.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.nested import as_array
from dt4ecg._common.numbers import integer, real

RESAMPLES = 20_000  # other random numbers move an end by about 2 % of its distance to the mean
CONFIDENCE = 0.95
_MOST_RESAMPLES = 10**6
_BLOCK = 10**7  # draws in memory at once


def bootstrap_interval(
    values: ArrayLike,
    groups: ArrayLike,
    runs: ArrayLike | None = None,
    n_resamples: int = RESAMPLES,
    confidence: float = CONFIDENCE,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the percentile interval of a mean when whole groups are drawn [1]_.

    Parameters
    ----------
    values : array-like of shape (n,)
        Values of which the mean is taken: for an accuracy, whether each prediction is right; for a
        difference, that of two models on the same segment.
    groups : array-like of shape (n,)
        Group of each value, such as its person or recording. All values of a group are drawn
        together.
    runs : array-like of shape (n,), optional
        Training that each value comes from. Trainings are drawn independently of the groups, so
        that the interval contains the variation between trainings.
    n_resamples : int, default 20000
        Number of bootstrap samples.
    confidence : float, default 0.95
        Coverage of the interval, between 0 and 1.
    seed : int, default 0
        Seed of the random numbers.

    Returns
    -------
    (float, float)
        Lower and upper bound.

    Raises
    ------
    ValueError
        If there are fewer than two groups, values that are not finite, or arrays of different
        shapes.

    See Also
    --------
    wilson_interval : For independent trials.
    dt4ecg.biometrics.curves : Error rates of verification with a bootstrap over people.

    Notes
    -----
    With fewer than about 20 groups, percentile intervals are too narrow. If all values are equal,
    the interval has no width, although the next group may differ; report
    :func:`wilson_interval` with the number of groups then.

    References
    ----------
    .. [1] C. A. Field, A. H. Welsh, "Bootstrapping clustered data", Journal of the Royal
       Statistical Society B 69:369-390, 2007.

    Examples
    --------
    >>> from dt4ecg.metrics import bootstrap_interval
    >>> right = [True, True, True, False, True, False]
    >>> people = ["Ann", "Ann", "Bo", "Bo", "Cy", "Cy"]
    >>> bootstrap_interval(right, people)
    (0.5, 1.0)
    """
    coverage = real(confidence)
    if not 0 < coverage < 1:
        raise ValueError(
            f"bootstrap_interval: confidence must be between 0 and 1, got {confidence!r}"
        )
    n_resamples = integer("bootstrap_interval", "n_resamples", n_resamples, 1, _MOST_RESAMPLES)
    seed = integer("bootstrap_interval", "seed", seed, 0, 2**63 - 2)
    given = as_array("bootstrap_interval: values", values)
    names = as_array("bootstrap_interval: groups", groups)
    if given.dtype.kind not in "bfiu" or not np.isfinite(given).all():
        wrong = " with NaN or infinity" if given.dtype.kind == "f" else ""
        raise ValueError(
            f"bootstrap_interval: values must be finite numbers, got {given.dtype}{wrong}; leave "
            "out segments without a label"
        )
    of_runs = None if runs is None else as_array("bootstrap_interval: runs", runs)
    means = resampled_means(names, given, of_runs, n_resamples, seed)
    if len(np.unique(names)) < 2:
        raise ValueError(
            "bootstrap_interval: all values are of one group, which shows no variation between "
            "groups; pass smaller groups, such as recordings, or use wilson_interval"
        )
    return central_interval(means, coverage)


def central_interval(means: NDArray[np.float64], confidence: float) -> tuple[float, float]:
    """Return the central interval that holds a fraction ``confidence`` of the means.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.bootstrap import central_interval
    >>> central_interval(np.arange(101), confidence=0.5)
    (25.0, 75.0)
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)


def resampled_means(
    groups: NDArray[np.generic],
    values: NDArray[np.generic],
    runs: NDArray[np.generic] | None = None,
    n_resamples: int = RESAMPLES,
    seed: int = 0,
) -> NDArray[np.float64]:
    """Return the mean of each bootstrap sample; :func:`bootstrap_interval` has the parameters.

    Raises
    ------
    ValueError
        If there are no values, or the shapes differ.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.bootstrap import resampled_means
    >>> means = resampled_means(np.array([0, 1]), np.array([0.0, 1.0]), n_resamples=100)
    >>> np.unique(means).tolist()
    [0.0, 0.5, 1.0]
    """
    groups, amounts = np.asarray(groups), np.asarray(values, float)
    runs = np.zeros(groups.shape, int) if runs is None else np.asarray(runs)
    if not (groups.shape == amounts.shape == runs.shape == (amounts.size,)) or not amounts.size:
        raise ValueError(
            "bootstrap: values, groups and runs must have one shape (n,) with at least one value, "
            f"got {amounts.shape}, {groups.shape} and {runs.shape}"
        )
    (names, group), (run_names, run) = (np.unique(x, return_inverse=True) for x in (groups, runs))
    sums, sizes = np.zeros((2, len(names), len(run_names)))
    np.add.at(sums, (group, run), amounts)
    np.add.at(sizes, (group, run), 1)
    drawn_runs = _draws(len(run_names), n_resamples, seed + 1)
    means, done = [], 0
    for drawn in _blocks(len(names), n_resamples, seed):
        of_runs = drawn_runs[done : done + len(drawn)]
        total, count = (((drawn @ table) * of_runs).sum(1) for table in (sums, sizes))
        tested = count > 0  # a sample is empty if its runs do not test its groups
        means.append(total[tested] / count[tested])
        done += len(drawn)
    return np.concatenate(means)


def _blocks(n: int, n_resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Yield the draws of :func:`_draws` in blocks that fit into memory."""
    if n * n_resamples <= _BLOCK:
        yield _draws(n, n_resamples, seed)
        return
    generator, rows = np.random.default_rng(seed), max(1, _BLOCK // n)
    for start in range(0, n_resamples, rows):
        size = min(rows, n_resamples - start)
        yield generator.multinomial(n, np.full(n, 1 / n), size=size)


@lru_cache(maxsize=4)
def _draws(n: int, n_resamples: int, seed: int) -> NDArray[np.int64]:
    """Return how often each of n groups is drawn, as an array (n_resamples, n)."""
    return np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=n_resamples)
