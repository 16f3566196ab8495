"""The plot of a confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.wording import counted
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dt4ecg.metrics import TaskReport


def confusion_matrix(
    counts: TaskReport | NDArray[Any],
    classes: Sequence[str] | None = None,
    title: str = "",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a confusion matrix: colours are fractions of the true class, numbers are counts.

    Parameters
    ----------
    counts : TaskReport, or array of shape (classes, classes)
        Counts, with the true classes in rows. A report also gives the class names and, as the
        title, its accuracy. The numbers are left out for more than 25 classes.
    classes : sequence of str, optional
        Class names; by default those of the report, or 0, 1, ...
    title : str, default the accuracy or "Confusion matrix"
        Title of the axes.
    simulated : bool, default False
        Add "(simulated data)" to the title.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes.

    Raises
    ------
    ValueError
        If the counts are not square, or the number of class names differs.

    See Also
    --------
    dt4ecg.metrics.report : Counts the predictions.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from dt4ecg import metrics, plots
    >>> scores = metrics.report([0, 0, 1], [0, 1, 1], classes=["rest", "run"])["label"]
    >>> ax = plots.confusion_matrix(scores)
    >>> [text.get_text() for text in ax.texts]
    ['1', '1', '1']
    """
    matrix = np.asarray(getattr(counts, "confusion", counts))
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"confusion_matrix: needs (classes, classes) counts, got {matrix.shape}")
    names = list(classes or getattr(counts, "classes", None) or range(len(matrix)))
    if len(names) != len(matrix):
        raise ValueError(
            f"confusion_matrix: {counted(len(names), 'class name')} for shape {matrix.shape}"
        )
    if not title and hasattr(counts, "confusion"):
        title = f"Accuracy {counts}"
    ax = drawing.axes(ax, (4.8, 4.4))
    fractions = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    ax.imshow(fractions, cmap="Blues", vmin=0, vmax=1)
    size = max(5.0, min(9.0, 90 / len(matrix)))
    step = -(-len(matrix) // drawing.LEGIBLE_CLASSES)
    for row, column in np.argwhere(matrix) if step == 1 else ():
        colour = "white" if fractions[row, column] > 0.5 else "black"
        ax.text(
            column, row, matrix[row, column], ha="center", va="center", color=colour, fontsize=size
        )
    places, shown = range(0, len(names), step), drawing.labels(names[::step])
    rotation = 45 if max(map(len, shown)) > 3 else 0
    ax.set_xticks(places, shown, rotation=rotation, fontsize=size + 1, parse_math=False)
    ax.set_yticks(places, shown, fontsize=size + 1, parse_math=False)
    ax.set_ylabel("true")
    return drawing.finish(ax, "predicted", title or "Confusion matrix", simulated, grid=False)
