"""Error rates of verification: is a pair of signals from the same person?"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dt4ecg._common.numbers import real
from dt4ecg.metrics.pairs import Numbers, as_pairs, as_scores, require_rate


@dataclass(frozen=True, eq=False)
class DetCurve:
    """The two error rates of verification at every threshold that changes them.

    A pair is accepted if its score is at least the threshold.

    Attributes
    ----------
    false_accept_rates : ndarray of shape (points,)
        Fractions of the pairs of different people that are accepted, in descending order.
    false_reject_rates : ndarray of shape (points,)
        Fractions of the pairs of one person that are rejected, in ascending order.
    thresholds : ndarray of shape (points,)
        In the unit of the scores, ascending. The last one may be infinite and rejects every pair.

    See Also
    --------
    det_curve : Makes this curve.

    Examples
    --------
    >>> from dt4ecg.metrics import det_curve
    >>> det_curve([0.9, 0.6, 0.7, 0.1], [True, True, False, False]).thresholds.tolist()
    [0.6, 0.7, 0.9]
    """

    false_accept_rates: Numbers
    false_reject_rates: Numbers
    thresholds: Numbers


def det_curve(scores: ArrayLike, same: ArrayLike) -> DetCurve:
    """Return false accept and false reject rates of pairs (detection error tradeoff).

    Parameters
    ----------
    scores : array-like of shape (pairs,)
        Similarity of each pair; larger means more similar.
    same : array-like of bool of shape (pairs,)
        Whether both sides of each pair are from one person.

    Returns
    -------
    DetCurve
        The points from the highest threshold without a false reject to the lowest one without a
        false accept. Equal scores share a point.

    Raises
    ------
    ValueError
        If scores are not finite, the shapes differ, or all pairs are of one kind.

    See Also
    --------
    sklearn.metrics.det_curve : Computes the points.
    equal_error_rate, true_accept_rate : Single numbers of the curve.

    References
    ----------
    A. Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997.

    Examples
    --------
    >>> from dt4ecg.metrics import det_curve
    >>> curve = det_curve([0.9, 0.6, 0.7, 0.1], [True, True, False, False])
    >>> curve.false_accept_rates, curve.false_reject_rates
    (array([0.5, 0.5, 0. ]), array([0. , 0.5, 0.5]))
    """
    from sklearn import metrics

    checked, kinds = as_pairs("det_curve", scores, same)
    far, frr, thresholds = metrics.det_curve(kinds, checked, drop_intermediate=False)
    if far[-1] > 0:  # older releases of scikit-learn stop at the largest score
        far, frr, thresholds = (
            np.append(values, end)
            for values, end in zip((far, frr, thresholds), (0.0, 1.0, np.inf), strict=True)
        )
    return DetCurve(far, frr, thresholds)


def equal_error_rate(scores: ArrayLike, same: ArrayLike) -> float:
    """Return the rate at which false accepts and false rejects are equally frequent.

    Parameters
    ----------
    scores, same
        As in :func:`det_curve`.

    Returns
    -------
    rate : float
        From 0 to 1; 0.5 for scores that say nothing, such as equal ones. Between two points of the
        curve, the rate is that of the straight line from one to the other.

    Raises
    ------
    ValueError
        If scores are not finite, the shapes differ, or all pairs are of one kind.

    See Also
    --------
    curves : This rate with an interval.

    Examples
    --------
    >>> from dt4ecg.metrics import equal_error_rate
    >>> equal_error_rate([0.9, 0.6, 0.7, 0.1], [True, True, False, False])
    0.5
    >>> equal_error_rate([0.9, 0.8, 0.7, 0.1], [True, True, False, False])
    0.0
    """
    curve = det_curve(scores, same)
    return crossing(curve.false_accept_rates, curve.false_reject_rates)


def crossing(false_accept_rates: Numbers, false_reject_rates: Numbers) -> float:
    """Return where a falling and a rising rate cross, with straight lines between the points.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.verification import crossing
    >>> crossing(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    0.5
    """
    gaps = false_reject_rates - false_accept_rates
    after = int(np.argmax(gaps >= 0))
    if gaps[after] == 0 or after == 0:
        return float(max(false_accept_rates[after], false_reject_rates[after]))
    before = after - 1
    part = gaps[before] / (gaps[before] - gaps[after])
    low, high = false_reject_rates[before], false_reject_rates[after]
    return float(low + part * (high - low))


def true_accept_rate(scores: ArrayLike, same: ArrayLike, far: float) -> float:
    """Return the fraction of pairs of one person that is accepted at a false accept rate.

    Parameters
    ----------
    scores, same
        As in :func:`det_curve`.
    far : float
        Largest false accept rate, from 0 to 1. The rate between two points is not interpolated:
        the lowest threshold that accepts no larger fraction counts.

    Returns
    -------
    rate : float
        From 0 to 1.

    Raises
    ------
    ValueError
        If `far` is not from 0 to 1, scores are not finite, the shapes differ, or all pairs are of
        one kind.

    Warns
    -----
    UserWarning
        If there are fewer than 1 / `far` pairs of different people. The rate is then that without
        a false accept.

    Examples
    --------
    >>> from dt4ecg.metrics import true_accept_rate
    >>> true_accept_rate([0.9, 0.6, 0.7, 0.1], [True, True, False, False], far=0.5)
    1.0
    """
    limit = require_rate("true_accept_rate", "far", far)
    curve = det_curve(scores, same)
    n_different = int((~np.asarray(same, dtype=bool)).sum())
    if 0 < limit * n_different < 1:
        warnings.warn(
            f"true_accept_rate: {n_different} pairs of different people cannot show a false accept "
            f"rate of {limit:g}; use at least {int(np.ceil(1 / limit))}, or a larger far",
            stacklevel=2,
        )
    return accepted_at(curve.false_accept_rates, curve.false_reject_rates, limit)


def accepted_at(false_accept_rates: Numbers, false_reject_rates: Numbers, far: float) -> float:
    """Return the true accept rate at the first point with a false accept rate of at most `far`.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.verification import accepted_at
    >>> accepted_at(np.array([1.0, 0.5, 0.0]), np.array([0.0, 0.25, 0.5]), 0.1)
    0.5
    """
    return float(1 - false_reject_rates[int(np.argmax(false_accept_rates <= far))])


def impostor_threshold(scores: ArrayLike, far: float) -> float:
    """Return the lowest of the scores of different people that keeps a false accept rate.

    Parameters
    ----------
    scores : array-like of shape (pairs,)
        Scores of pairs of different people.
    far : float
        Largest fraction of these pairs with a score of at least the threshold.

    Returns
    -------
    threshold : float
        One of the scores, or the next number above the largest of them.

    Raises
    ------
    ValueError
        If `far` is not above 0 and at most 1, if scores are not finite, or if there are fewer than
        1 / `far` of them, which cannot show this rate.

    See Also
    --------
    dt4ecg.biometrics.Gallery.fit_thresholds : Thresholds from the scores of a cohort.

    Examples
    --------
    >>> from dt4ecg.metrics import impostor_threshold
    >>> impostor_threshold([0.1, 0.2, 0.3, 0.4], far=0.25)
    0.4
    """
    limit = real(far)
    if not 0 < limit <= 1:
        raise ValueError(f"impostor_threshold: far must be above 0 and at most 1, got {far!r}")
    checked = as_scores("impostor_threshold", scores)
    if limit * len(checked) < 1:
        raise ValueError(
            f"impostor_threshold: {len(checked)} scores of different people cannot show a false "
            f"accept rate of {limit:g}; pass at least {int(np.ceil(1 / limit))}, or a larger far"
        )
    ordered = np.sort(checked)
    values, first = np.unique(ordered, return_index=True)
    kept = values[(len(ordered) - first) / len(ordered) <= limit]
    return float(kept[0]) if len(kept) else float(np.nextafter(ordered[-1], np.inf))
