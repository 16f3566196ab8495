"""The drawing of the paper's Fig. 6 and 7 from the histories of cells."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg import plots
from dt4ecg._common.text import shortened
from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.rows import Figure, Row
from dt4ecg.paper.run.result import Result
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes


LONGEST_TITLE = 120  # characters


def draw(
    figure: Figure, results: Mapping[Cell, Result], simulated: bool, run: str
) -> dict[str, bytes] | None:
    """Draw a figure. Equal results give equal bytes.

    Lines are means over the seeds. Bands reach from the lowest seed to the highest.

    Parameters
    ----------
    figure : Figure
        The rows, and the lines of the paper.
    results : dict of Cell to Result
        The finished cells.
    simulated : bool
        Mark the data as simulated.
    run : str
        Text of the title: data, protocol and seeds.

    Returns
    -------
    dict of str to bytes, or None
        The images ``png`` and ``svg``; None if no cell of the figure is computed.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    curves = {row.label: _histories(row, results) for row in figure.rows}
    curves = {label: found for label, found in curves.items() if found}
    if not curves:
        return None
    tasks = next(iter(curves.values()))[0]["tasks"]
    canvas = Canvas(figsize=(5.2 * len(tasks), 4.3), layout="constrained")
    FigureCanvasAgg(canvas)
    title = f"{figure.short_title}: {shortened(run, LONGEST_TITLE)}"
    canvas.suptitle(title, fontsize="medium", parse_math=False)
    axes = canvas.subplots(1, len(tasks), squeeze=False, sharey=True)[0]
    for i, (ax, task) in enumerate(zip(axes, tasks, strict=True)):
        lines = {label: _accuracy(found, i) for label, found in curves.items()}
        _panel(ax, task, lines, simulated)
        for epoch in figure.epochs.get(task, ()):
            ax.axvline(epoch, color=drawing.TRACE, linestyle=":", linewidth=1)
        if task in figure.levels:
            ax.axhline(figure.levels[task] / 100, color=drawing.TRACE, linestyle=":", linewidth=1)
    drawn = {}
    # A fixed salt and no date, so that two drawings of one figure have equal bytes.
    with matplotlib.rc_context({"svg.hashsalt": "dt4ecg"}):
        for kind, metadata in (("png", None), ("svg", {"Date": None})):
            file = io.BytesIO()
            canvas.savefig(file, format=kind, dpi=120, metadata=metadata)
            drawn[kind] = file.getvalue()
    return drawn


def _histories(row: Row, results: Mapping[Cell, Result]) -> list[dict[str, Any]]:
    found = [results[cell].history for cell in row.cells if cell in results]
    return [history for history in found if history is not None]


def _accuracy(histories: list[dict[str, Any]], column: int) -> np.ndarray:
    """Return the training accuracy as an array of shape (seeds, epochs)."""
    return np.array([history["accuracy"] for history in histories], float)[:, :, column]


def _panel(ax: Axes, title: str, lines: Mapping[str, np.ndarray], simulated: bool) -> None:
    epochs = np.arange(1, next(iter(lines.values())).shape[1] + 1)
    for i, accuracy in enumerate(lines.values()):
        colour = drawing.COLOURS[i % len(drawing.COLOURS)]
        ax.fill_between(epochs, accuracy.min(0), accuracy.max(0), color=colour, alpha=0.2, lw=0)
    means = np.stack([accuracy.mean(0) for accuracy in lines.values()], axis=1)
    history = {"epoch": epochs, "tasks": tuple(lines), "train": {"accuracy": means}}
    plots.training_curves(history, title=title, simulated=simulated, ax=ax)
