"""The figures of a report as PNG images."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg import plots
from dt4ecg._common.text import shortened
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dt4ecg.datasets import SegmentSet
    from dt4ecg.metrics import TaskReport
    from dt4ecg.runs.reporting.errors import ConfidentError

MOST_SHOWN = 6  # wrong predictions in a figure


def png(size: tuple[float, float], draw: Callable[[Figure], Any], name: str) -> bytes | None:
    """Draw one figure; None with a warning if it cannot be drawn.

    A display is not needed, and the user's matplotlib backend stays as it is.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    try:
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        draw(figure)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=110)
        return file.getvalue()
    except Exception as error:  # of matplotlib or of its fonts; the numbers are more important
        warnings.warn(f"report: the figure {name} could not be drawn: {error!r}", stacklevel=2)
        return None


def curves(history: Mapping[str, Any], simulated: bool) -> bytes | None:
    """Draw losses, accuracies, task weights and gradient norms by epoch."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots(2, 2).ravel()
        plots.training_curves(history, "loss", simulated=simulated, ax=axes[0])
        plots.training_curves(history, "accuracy", simulated=simulated, ax=axes[1])
        plots.task_weights(history, simulated=simulated, ax=axes[2])
        plots.gradient_norms(history, simulated=simulated, ax=axes[3])

    return png((9.6, 6.4), draw, "of the curves")


def confusion(task: str, scores: TaskReport, simulated: bool) -> bytes | None:
    """Draw the confusion matrix of a task."""
    side = min(9.0, max(4.4, 0.42 * len(scores.classes)))
    return png(
        (side + 0.4, side),
        lambda figure: plots.confusion_matrix(
            scores, title=task.capitalize(), simulated=simulated, ax=figure.subplots()
        ),
        f"of the confusions of {task}",
    )


def errors(data: SegmentSet, found: Sequence[ConfidentError]) -> bytes | None:
    """Draw the first lead of the segments of wrong predictions."""
    shown = found[:MOST_SHOWN]

    def draw(figure: Figure) -> None:
        axes = figure.subplots(-(-len(shown) // 2), 2, squeeze=False).ravel()
        for ax, error in zip(axes, shown, strict=False):
            trace = data.X[error.segment, 0]
            seconds = float(data.meta["stop"][error.segment] - data.meta["start"][error.segment])
            time = np.arange(len(trace)) * (seconds / len(trace) if np.isfinite(seconds) else 1)
            ax.plot(time, trace, color=drawing.ink(ax), lw=0.8)
            ax.set_yticks([])
            title = (
                f"{shortened(error.true, 16)} taken for {shortened(error.predicted, 16)} "
                f"({error.confidence:.2f})"
            )
            drawing.finish(ax, "", title, False, horizontal=False)
        for ax in axes[len(shown) :]:
            ax.remove()

    return png((9.6, 1.7 * -(-len(shown) // 2)), draw, "of the errors")
