"""The figures of a run folder."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg.storage.container import write_bytes

if TYPE_CHECKING:
    from dt4ecg.metrics import Report, TaskReport


def save_figures(folder: Path, history: dict[str, Any], report: Report, simulated: bool) -> None:
    """Draw training curves, task weights and confusion matrices as PNG files.

    A display is not needed, and the user's matplotlib backend stays as it is. A picture that cannot
    be drawn or written causes a warning, because the numbers of the run are more important.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from dt4ecg import plots

    def save(name: str, size: tuple[float, float], plot: Callable[[Any], Any]) -> None:
        path = folder / f"{name}.png"
        try:
            figure = Figure(figsize=size, layout="constrained")
            FigureCanvasAgg(figure)
            plot(figure.subplots())
            png = io.BytesIO()
            figure.savefig(png, format="png", dpi=150)
            write_bytes(path, png.getvalue())
        except Exception as error:  # of matplotlib, of its fonts, or of a full disk
            warnings.warn(f"{path} could not be drawn: {error!r}", stacklevel=3)

    def confusion(task: str, scores: TaskReport) -> None:
        side = min(9.0, max(4.4, 0.42 * len(scores.classes)))
        save(
            f"confusion_{task}",
            (side + 0.4, side),
            lambda ax: plots.confusion_matrix(
                scores, title=task.capitalize(), simulated=simulated, ax=ax
            ),
        )

    save("curves", (6.4, 4), lambda ax: plots.training_curves(history, simulated=simulated, ax=ax))
    save(
        "task_weights", (6.4, 4), lambda ax: plots.task_weights(history, simulated=simulated, ax=ax)
    )
    for task, scores in report.tasks.items():
        if scores is not None:
            confusion(task, scores)
