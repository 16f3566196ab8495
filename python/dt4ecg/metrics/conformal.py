"""Split-conformal sets of labels, which contain the true one with a stated probability."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.nested import as_array
from dt4ecg._common.numbers import real
from dt4ecg.metrics.calibration import as_probabilities


def conformal_threshold(
    probabilities: ArrayLike, y_true: ArrayLike, coverage: float = 0.9
) -> float:
    """Return the probability from which a class belongs to the set of a new segment.

    Parameters
    ----------
    probabilities : array-like (n, classes)
        Of held-out segments, on which the classifier was not trained.
    y_true : array-like of int (n,)
        Index of the true class of each row.
    coverage : float, default 0.9
        Smallest probability that the set of a new segment contains its true class.

    Returns
    -------
    threshold : float
        From 0 to 1.

    Raises
    ------
    ValueError
        If the values are not legal, or there are fewer than coverage / (1 - coverage) segments.

    See Also
    --------
    conformal_sets : Applies the threshold.

    Notes
    -----
    With s the probability of the true class, the threshold is the value of rank
    floor((n + 1) (1 - coverage)) of s, in ascending order. The statement holds for segments that
    are exchangeable with the held-out ones. Segments of another electrode or of other people are
    not, and neighbouring segments are not independent.

    References
    ----------
    M. Sadinle, J. Lei, L. Wasserman, "Least ambiguous set-valued classifiers with bounded error
    levels", Journal of the American Statistical Association 114, 2019.

    Examples
    --------
    >>> from dt4ecg.metrics import conformal_threshold
    >>> conformal_threshold([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7]], [0, 0, 1], coverage=0.5)
    0.7
    """
    found, truth = as_probabilities("conformal_threshold", probabilities, y_true)
    of_truth = np.sort(found[np.arange(len(truth)), truth])
    return threshold_of("conformal_threshold", of_truth, coverage)


def threshold_of(operation: str, of_truth: NDArray[np.float64], coverage: float) -> float:
    """Return the threshold from the probabilities of the true classes, in ascending order.

    Raises
    ------
    ValueError
        If the coverage is not between 0 and 1, or there are too few probabilities for it.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics.conformal import threshold_of
    >>> threshold_of("predict_set", np.array([0.25, 0.5, 0.75]), 0.5)
    0.5
    """
    share = real(coverage)
    if not 0 < share < 1:
        raise ValueError(f"{operation}: coverage must be between 0 and 1, got {coverage!r}")
    rank = int(np.floor((len(of_truth) + 1) * (1 - share) + 1e-9))
    if rank < 1:
        least = int(np.ceil(share / (1 - share) - 1e-9))
        raise ValueError(
            f"{operation}: {len(of_truth)} held-out segments cannot show a coverage of {share:g}; "
            f"use at least {least}, or a smaller coverage"
        )
    return float(of_truth[rank - 1])


def conformal_sets(probabilities: ArrayLike, threshold: float) -> NDArray[np.bool_]:
    """Return which classes belong to the set of each segment.

    Parameters
    ----------
    probabilities : array-like (n, classes)
    threshold : float
        As :func:`conformal_threshold` returns it.

    Returns
    -------
    members : bool array (n, classes)
        A row may be empty: the segment is like no class. A row with several classes is a rejection
        with the candidates named.

    Raises
    ------
    ValueError
        If a probability or the threshold is not from 0 to 1, or the shape is another one.

    Examples
    --------
    >>> from dt4ecg.metrics import conformal_sets
    >>> conformal_sets([[0.9, 0.1], [0.55, 0.45]], 0.4).tolist()
    [[True, False], [True, True]]
    """
    found = as_array("conformal_sets: probabilities", probabilities)
    if not 0 <= real(threshold) <= 1:
        raise ValueError(f"conformal_sets: threshold must be from 0 to 1, got {threshold!r}")
    if found.ndim != 2 or found.dtype.kind not in "fiu" or not ((found >= 0) & (found <= 1)).all():
        raise ValueError(
            "conformal_sets: probabilities must be from 0 to 1 and of shape (n, classes), got "
            f"{found.dtype} of shape {found.shape}; leave out rows with NaN"
        )
    members: NDArray[np.bool_] = found >= threshold
    return members
