"""The reliability diagram of calibrated probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dt4ecg._common.numbers import integer
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def reliability(
    probabilities: ArrayLike,
    y_true: ArrayLike,
    bins: int = 10,
    title: str = "",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a reliability diagram [1]_: accuracy by confidence, with a line where both are equal.

    Parameters
    ----------
    probabilities : array-like of shape (n, classes)
        Rows that sum to 1. The largest probability of a row is its confidence.
    y_true : array-like of int of shape (n,)
        Index of the true class of each row.
    bins : int, default 10
        Number of bins of equal width.
    title : str, default the calibration error
        Title of the axes.
    simulated : bool, default False
        Add "(simulated data)" to the title.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. A bar is the accuracy of a bin with its Wilson interval (95 %), which takes the
        segments as independent. Points at the bottom are larger for bins with more segments.

    Raises
    ------
    ValueError
        As :func:`dt4ecg.metrics.expected_calibration_error`.

    See Also
    --------
    dt4ecg.metrics.expected_calibration_error : The mean distance to the line.
    dt4ecg.DT4ECGClassifier.calibrate : Moves the bars towards the line.

    References
    ----------
    .. [1] C. Guo et al., "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from dt4ecg import plots
    >>> ax = plots.reliability([[0.85, 0.15]] * 4, [0, 0, 0, 1])
    >>> [float(bar.get_height()) for bar in ax.patches]
    [0.75]
    """
    from dt4ecg.metrics import expected_calibration_error, wilson_interval
    from dt4ecg.metrics.calibration import as_probabilities

    bins = integer("reliability", "bins", bins, 1, 1000)
    error = expected_calibration_error(probabilities, y_true, bins)
    found, truth = as_probabilities("reliability", probabilities, y_true)
    confidence, right = found.max(axis=1), found.argmax(axis=1) == truth
    index = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    ax = drawing.axes(ax, (4.4, 4.2))
    ink = drawing.ink(ax)
    ax.plot([0, 1], [0, 1], ls="--", lw=1, color=ink)
    counts = np.bincount(index, minlength=bins)
    for i in np.flatnonzero(counts):
        n, k = int(counts[i]), int(right[index == i].sum())
        low, high = wilson_interval(k, n)
        middle = (i + 0.5) / bins
        ax.bar(middle, k / n, width=0.92 / bins, color=drawing.colour(0), alpha=0.75)
        ax.plot([middle, middle], [low, high], color=ink, lw=1.2)
    middles = (np.flatnonzero(counts) + 0.5) / bins
    sizes = 4 + 60 * counts[counts > 0] / counts.max()
    ax.scatter(middles, np.full(len(middles), -0.05), s=sizes, color=drawing.colour(1), lw=0)
    ax.set_xlim(0, 1)
    ax.set_ylim(-0.1, 1.02)
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.set_ylabel("accuracy")
    title = title or f"Calibration error {error:.3f}"
    return drawing.finish(ax, "confidence", title, simulated)
