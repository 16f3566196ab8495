"""Paired tests of classifiers on the same segments, and their correction for several tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.nested import as_array


class McNemar(NamedTuple):
    """Result of McNemar's exact test.

    Attributes
    ----------
    only_first, only_second : int
        Number of segments on which only one model was right.
    p_value : float
        Two-sided p value of the binomial test; 1 if the models never differ.

    See Also
    --------
    mcnemar : Makes this result.

    Examples
    --------
    >>> from dt4ecg.metrics import mcnemar
    >>> mcnemar([True, True, True], [False, False, False]).p_value
    0.25
    """

    only_first: int
    only_second: int
    p_value: float


def mcnemar(first: ArrayLike, second: ArrayLike) -> McNemar:
    """Compare two models on the same segments with the exact test of McNemar [1]_.

    Parameters
    ----------
    first, second : array-like of bool of shape (n,)
        Whether each model was right on each segment.

    Returns
    -------
    McNemar
        The numbers of segments on which only one model was right, and the p value.

    Raises
    ------
    ValueError
        If the arrays differ in shape, are not one-dimensional, are empty, or hold other values
        than true and false.

    See Also
    --------
    holm : Adjusts the p values of several comparisons.
    bootstrap_interval : An interval of the difference that draws whole recordings or people.

    Notes
    -----
    The test takes the segments as independent. Segments of one recording are not, so its p value
    is too small.

    References
    ----------
    .. [1] Q. McNemar, "Note on the sampling error of the difference between correlated proportions
       or percentages", Psychometrika 12:153-157, 1947.

    Examples
    --------
    >>> from dt4ecg.metrics import mcnemar
    >>> mcnemar([True, True, True, False], [False, False, False, False])
    McNemar(only_first=3, only_second=0, p_value=0.25)
    """
    from scipy.stats import binomtest

    one, other = (_right(name, values) for name, values in (("first", first), ("second", second)))
    if one.shape != other.shape or one.ndim != 1 or not one.size:
        raise ValueError(
            "mcnemar: needs two arrays of one shape (n,) with n > 0, got "
            f"{one.shape}, {other.shape}"
        )
    only_first, only_second = int((one & ~other).sum()), int((other & ~one).sum())
    differ = only_first + only_second
    p_value = float(binomtest(only_first, differ).pvalue) if differ else 1.0
    return McNemar(only_first, only_second, p_value)


def _right(name: str, values: ArrayLike) -> NDArray[np.bool_]:
    found = as_array(f"mcnemar: {name}", values)
    if found.dtype != bool and not (found.dtype.kind in "iu" and np.isin(found, (0, 1)).all()):
        raise ValueError(
            f"mcnemar: {name} must hold whether the model was right (True or False) on each "
            f"segment, got {found.dtype}; pass, for example, predicted == true"
        )
    return found.astype(bool)


def holm(p_values: Sequence[float] | NDArray[np.float64]) -> list[float]:
    """Adjust p values for the number of tests with the method of Holm [1]_.

    Parameters
    ----------
    p_values : sequence of float of shape (n,)
        Unadjusted p values, from 0 to 1.

    Returns
    -------
    list of float
        Adjusted p values in the same order. Rejecting those of at most alpha keeps the probability
        of any false rejection at most alpha.

    Raises
    ------
    ValueError
        If a value is not from 0 to 1, or the values are not one-dimensional.

    References
    ----------
    .. [1] S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal
       of Statistics 6:65-70, 1979.

    Examples
    --------
    >>> from dt4ecg.metrics import holm
    >>> holm([0.01, 0.04, 0.5])
    [0.03, 0.08, 0.5]
    """
    given = as_array("holm: p_values", p_values)
    if given.ndim != 1 or (given.size and given.dtype.kind not in "fiu"):
        raise ValueError(
            f"holm: p_values must be numbers of shape (n,), got {given.dtype} of shape "
            f"{given.shape}"
        )
    p = given.astype(np.float64)
    illegal = p[~((p >= 0) & (p <= 1))]
    if illegal.size:
        raise ValueError(f"holm: p values must be from 0 to 1, got {illegal[0]:g}")
    adjusted, largest = [0.0] * len(p), 0.0
    for rank, index in enumerate(np.argsort(p, kind="stable").tolist()):
        largest = max(largest, min(1.0, (len(p) - rank) * float(p[index])))
        adjusted[index] = largest
    return adjusted
