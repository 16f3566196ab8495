"""How far probabilities can be trusted: calibration error, and errors left after rejection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.nested import as_array
from dt4ecg._common.numbers import integer
from dt4ecg._common.wording import counted
from dt4ecg.metrics.pairs import Numbers

BINS = 15
_SUM_ERROR = 1e-3  # of probabilities in float32


def expected_calibration_error(
    probabilities: ArrayLike, y_true: ArrayLike, bins: int = BINS
) -> float:
    """Return the mean distance between confidence and accuracy.

    The confidence is the largest probability of a segment. It falls into one of several bins of
    equal width; in each, the mean confidence is compared with the share of right predictions. The
    distances are averaged with the numbers of segments.

    Parameters
    ----------
    probabilities : array-like (n, classes)
        Rows that sum to 1.
    y_true : array-like of int (n,)
        Index of the true class of each row.
    bins : int, default 15

    Returns
    -------
    error : float
        From 0 to 1.

    Raises
    ------
    ValueError
        If the shapes do not fit together, rows are not probabilities, or an index has no class.

    References
    ----------
    C. Guo et al., "On calibration of modern neural networks", ICML 2017, equation 3.

    Examples
    --------
    >>> from dt4ecg.metrics import expected_calibration_error
    >>> sure = [[0.9, 0.1]] * 10
    >>> round(expected_calibration_error(sure, [0] * 9 + [1]), 6)
    0.0
    >>> round(expected_calibration_error(sure, [0] * 5 + [1] * 5), 6)
    0.4
    """
    found, truth = as_probabilities("expected_calibration_error", probabilities, y_true)
    bins = integer("expected_calibration_error", "bins", bins, 1, 10**6)
    confidence, right = found.max(axis=1), found.argmax(axis=1) == truth
    # A confidence on a border belongs to the lower bin, as in the definition: (low, high].
    index = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.bincount(index, weights=confidence - right, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Errors among the segments that are kept, when the least certain ones are rejected.

    Attributes
    ----------
    coverage : array (n,)
        Fraction of the segments that are kept, ascending to 1.
    risk : array (n,)
        Fraction of errors among these. Segments of equal confidence are kept or rejected together,
        so their risk is that of all of them.
    area : float
        Mean of the risk over all coverages, the area under the curve (AURC); smaller is better.

    See Also
    --------
    risk_coverage : Makes this curve.

    Examples
    --------
    >>> from dt4ecg.metrics import risk_coverage
    >>> risk_coverage([[0.9, 0.1], [0.6, 0.4]], [0, 1]).risk.tolist()
    [0.0, 0.5]
    """

    coverage: Numbers
    risk: Numbers
    area: float

    def __repr__(self) -> str:
        risk = f"risk {self.risk[-1]:.3g} at full coverage, " if len(self.risk) else ""
        return f"RiskCoverage({counted(len(self.coverage), 'point')}, {risk}area {self.area:.3g})"

    def risk_at(self, coverage: float) -> float:
        """Return the risk at the least coverage of at least this value.

        Examples
        --------
        >>> from dt4ecg.metrics import risk_coverage
        >>> risk_coverage([[0.9, 0.1], [0.6, 0.4]], [0, 1]).risk_at(0.5)
        0.0
        """
        if not 0 < coverage <= 1:
            raise ValueError(f"risk_at: coverage must be above 0 and at most 1, got {coverage!r}")
        return float(self.risk[np.searchsorted(self.coverage, coverage - 1e-12)])


def risk_coverage(probabilities: ArrayLike, y_true: ArrayLike) -> RiskCoverage:
    """Return the errors that remain when the segments of least confidence are rejected.

    Parameters
    ----------
    probabilities, y_true
        As in :func:`expected_calibration_error`.

    Returns
    -------
    RiskCoverage

    Raises
    ------
    ValueError
        As :func:`expected_calibration_error`.

    References
    ----------
    Y. Geifman, R. El-Yaniv, "Selective classification for deep neural networks", NeurIPS 2017.

    Examples
    --------
    >>> from dt4ecg.metrics import risk_coverage
    >>> curve = risk_coverage([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], [0, 1, 1])
    >>> round(curve.area, 3)
    0.111
    """
    found, truth = as_probabilities("risk_coverage", probabilities, y_true)
    confidence, wrong = found.max(axis=1), found.argmax(axis=1) != truth
    order = np.argsort(-confidence, kind="stable")
    values, n = confidence[order], len(truth)
    last = np.append(np.flatnonzero(np.diff(values)), n - 1)  # of each group of equal values
    group = np.searchsorted(last, np.arange(n))
    risk = (np.cumsum(wrong[order]) / np.arange(1, n + 1))[last][group]
    return RiskCoverage(np.arange(1, n + 1) / n, risk, float(risk.mean()))


def as_probabilities(
    operation: str, probabilities: Any, y_true: Any
) -> tuple[Numbers, NDArray[np.int64]]:
    """Return checked probabilities (n, classes) and class indices (n,).

    Raises
    ------
    ValueError
        If the shapes do not fit together, rows are not probabilities, or an index has no class.

    Examples
    --------
    >>> from dt4ecg.metrics.calibration import as_probabilities
    >>> as_probabilities("risk_coverage", [[0.25, 0.75]], [1])[1]
    array([1])
    """
    found = as_array(f"{operation}: probabilities", probabilities)
    truth = as_array(f"{operation}: y_true", y_true)
    if found.ndim != 2 or not found.size or found.dtype.kind not in "fiu":
        raise ValueError(
            f"{operation}: probabilities must be numbers of shape (n, classes), got {found.dtype} "
            f"of shape {found.shape}"
        )
    found = found.astype(np.float64)
    sums = found.sum(axis=1)
    bad = ~((found >= 0).all(axis=1) & (np.abs(sums - 1) <= _SUM_ERROR))
    if bad.any():
        raise ValueError(
            f"{operation}: {bad.sum()} of {len(bad)} rows are not probabilities, which are not "
            "negative and sum to 1; leave out rows with NaN, such as unusable segments"
        )
    if truth.shape != (len(found),) or truth.dtype.kind not in "iu":
        raise ValueError(
            f"{operation}: y_true must be {len(found)} integers, the indices of the true classes, "
            f"got {truth.dtype} of shape {truth.shape}"
        )
    if (truth < 0).any() or (truth >= found.shape[1]).any():
        raise ValueError(
            f"{operation}: y_true must be from 0 to {found.shape[1] - 1}, got {truth.min()} to "
            f"{truth.max()}; leave out rows without a label or with an untrained one"
        )
    return found, truth.astype(np.int64)
