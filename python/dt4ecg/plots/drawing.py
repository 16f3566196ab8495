"""Axes, colours, lines and titles that the plots share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg._common.text import printable_lines, shortened
from dt4ecg._common.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, which people with any colour vision can distinguish. Task i has colour i.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
TRACE = "#333333"
_TRACE_ON_DARK, _GRID, _GRID_ON_DARK = "#CCCCCC", "#DDDDDD", "#4A4A4A"

LEGIBLE_CLASSES = 25  # a confusion matrix of more classes has no numbers
LEGIBLE_ENTRIES = 12  # of a legend
WIDE_TITLE = 40  # characters; longer titles take a second line
LONGEST_LABEL = 24  # characters; longer labels would leave no space for the axes
LONGEST_LINE = 60  # characters of a line of a legend or title


def axes(ax: Axes | None, size: tuple[float, float] = (6.4, 4.0)) -> Axes:
    """Return ``ax``, or the axes of a new figure of ``size`` in inches."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    return pyplot.subplots(figsize=size, layout="constrained")[1]


def labels(names: Sequence[object]) -> list[str]:
    return [shortened(name, LONGEST_LABEL) for name in names]


def colour(i: int) -> str:
    return COLOURS[i % len(COLOURS)]


def is_dark(ax: Axes) -> bool:
    """Return whether the axes are made for a dark background: their labels are light.

    The colour of the background does not say it, since a notebook may make it transparent.
    """
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(ax.xaxis.label.get_color())
    return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5


def ink(ax: Axes) -> str:
    """Return the colour of traces and reference lines."""
    return _TRACE_ON_DARK if is_dark(ax) else TRACE


def outline(ax: Axes) -> list[Any]:
    """Return path effects that keep a text legible on top of points."""
    from matplotlib.patheffects import withStroke

    return [withStroke(linewidth=2.5, foreground="black" if is_dark(ax) else "white")]


def lines(ax: Axes, epochs: Any, values: Any, labels: Sequence[str], dashes: str) -> None:
    """Draw one line for each column of ``values`` (epochs, tasks); a marker for a single epoch."""
    table = np.asarray(values, dtype=float)
    if table.shape != (len(epochs), len(labels)):
        raise ValueError(
            f"plot: history is {table.shape} for {counted(len(epochs), 'epoch')} and "
            f"{counted(len(labels), 'task')}"
        )
    marker = "o" if len(epochs) == 1 else None
    for i, label in enumerate(labels):
        ax.plot(
            epochs,
            table[:, i],
            dashes,
            color=colour(i),
            label=shortened(label, LONGEST_LINE),
            marker=marker,
            lw=1.8,
        )
    for text in ax.legend(frameon=False).get_texts():
        text.set_parse_math(False)


def finish(
    ax: Axes,
    xlabel: str,
    title: str,
    simulated: bool,
    grid: bool = True,
    horizontal: bool = True,
) -> Axes:
    """Set label, title, spines and grid; ``horizontal`` is for the grid's horizontal lines."""
    ax.set_xlabel(xlabel)
    if simulated:
        title += ("\n" if len(title) > WIDE_TITLE else " ") + "(simulated data)"
    ax.set_title(printable_lines(title), fontsize=11, parse_math=False)
    ax.spines[["top", "right"]].set_visible(False)
    if xlabel == "epoch":
        from matplotlib.ticker import MaxNLocator

        ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    if grid:
        colour = _GRID_ON_DARK if is_dark(ax) else _GRID
        ax.grid(axis="both" if horizontal else "x", color=colour, lw=0.6)
        ax.set_axisbelow(True)
    return ax
