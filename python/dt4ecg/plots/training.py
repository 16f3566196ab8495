"""Plots of trainings: curves, task weights and gradient norms by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    History = Mapping[str, Any] | Sequence[Mapping[str, Any]]

WIDE_RANGE = 30  # largest divided by smallest norm, above which the axis is logarithmic


def training_curves(
    history: History,
    quantity: str = "accuracy",
    tasks: Sequence[str] | None = None,
    title: str = "",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Plot accuracy or loss of each task by epoch, solid for training and dashed for validation.

    Parameters
    ----------
    history : dict, or sequence of dict
        A history such as ``Trainer.history``: ``epoch`` (epochs,), ``tasks``, and ``train`` and
        ``validation``, each a dict of ``quantity`` to (epochs, tasks). ``validation`` may be None.
        Several histories, one for each run, give the mean as a line, and a band from the lowest to
        the highest run over the epochs that all runs have.
    quantity : {"accuracy", "loss"}, default "accuracy"
        The quantity to plot.
    tasks : sequence of str, optional
        Names of the columns; by default ``history["tasks"]``.
    title : str, default the quantity
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
        If the quantity is unknown, a history does not have one row per epoch and one column per
        task, or several histories have different tasks.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from dt4ecg import plots
    >>> history = {
    ...     "tasks": ("identity", "activity"),
    ...     "epoch": [1, 2],
    ...     "train": {"accuracy": [[0.2, 0.5], [0.6, 0.9]]},
    ...     "validation": None,
    ... }
    >>> ax = plots.training_curves(history)
    >>> [line.get_label() for line in ax.get_lines()]
    ['identity, training', 'activity, training']
    """
    if quantity not in ("accuracy", "loss"):
        raise ValueError(
            f"training_curves: quantity must be 'accuracy' or 'loss', got {quantity!r}"
        )
    runs = _runs("training_curves", history)
    ax = drawing.axes(ax)
    for part, dashes in (("train", "-"), ("validation", "--")):
        scores = [(run.get(part) or {}).get(quantity) for run in runs]
        if any(of_run is None for of_run in scores):
            continue
        label = "training" if part == "train" else part
        names = [f"{task}, {label}" for task in tasks or runs[0]["tasks"]]
        _with_spread(ax, runs, scores, names, dashes)
    ax.set_ylabel(quantity)
    ax.set_ylim(bottom=0, top=1.02 if quantity == "accuracy" else None)
    return drawing.finish(ax, "epoch", title or f"{quantity.capitalize()} by epoch", simulated)


def task_weights(
    history: History,
    tasks: Sequence[str] | None = None,
    title: str = "Task weights",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Plot the weight of each task's loss by epoch.

    Parameters
    ----------
    history : dict, or sequence of dict
        A history such as ``Trainer.history``: ``epoch`` (epochs,), ``tasks``, and ``weight``
        (epochs, tasks). Several of them as in :func:`training_curves`.
    tasks : sequence of str, optional
        Names of the columns; by default ``history["tasks"]``.
    title : str, default "Task weights"
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
        If the history has not one row per epoch and one column per task.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from dt4ecg import plots
    >>> weights = [[1.0, 1.0], [1.2, 0.8]]
    >>> history = {"tasks": ("identity", "activity"), "epoch": [1, 2], "weight": weights}
    >>> plots.task_weights(history).get_title()
    'Task weights'
    """
    runs = _runs("task_weights", history)
    ax = drawing.axes(ax)
    _with_spread(ax, runs, [run["weight"] for run in runs], tasks or runs[0]["tasks"], "-")
    ax.set_ylabel("weight")
    ax.set_ylim(bottom=0)
    return drawing.finish(ax, "epoch", title, simulated)


def gradient_norms(
    history: History,
    tasks: Sequence[str] | None = None,
    title: str = "Gradient norms",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Plot the norm of each task's gradient by epoch.

    Parameters
    ----------
    history : dict, or sequence of dict
        A history such as ``Trainer.history``: ``epoch`` (epochs,), ``tasks``, and ``gradient_norm``
        (epochs, tasks). Several of them as in :func:`training_curves`.
    tasks : sequence of str, optional
        Names of the columns; by default ``history["tasks"]``.
    title : str, default "Gradient norms"
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
        If the history has not one row per epoch and one column per task.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from dt4ecg import plots
    >>> norms = [[2.0, 1.0], [0.5, 0.01]]
    >>> history = {"tasks": ("identity", "activity"), "epoch": [1, 2], "gradient_norm": norms}
    >>> plots.gradient_norms(history).get_yscale()
    'log'
    """
    runs = _runs("gradient_norms", history)
    ax = drawing.axes(ax)
    _with_spread(ax, runs, [run["gradient_norm"] for run in runs], tasks or runs[0]["tasks"], "-")
    ax.set_ylabel("gradient norm")
    norms = np.concatenate([np.ravel(run["gradient_norm"]) for run in runs])
    norms = norms[norms > 0]
    if len(norms) and norms.max() > WIDE_RANGE * norms.min():
        ax.set_yscale("log")
    else:
        ax.set_ylim(bottom=0)
    return drawing.finish(ax, "epoch", title, simulated)


def _runs(operation: str, history: History) -> list[Mapping[str, Any]]:
    runs = [history] if isinstance(history, Mapping) else list(history)
    if not runs:
        raise ValueError(f"{operation}: needs at least one history, got none")
    tasks = {tuple(run["tasks"]) for run in runs}
    if len(tasks) > 1:
        raise ValueError(
            f"{operation}: the histories have different tasks, "
            f"{' and '.join(map(str, sorted(tasks)))}; draw them on axes of their own"
        )
    return runs


def _with_spread(
    ax: Axes,
    runs: Sequence[Mapping[str, Any]],
    values: Sequence[Any],
    names: Sequence[str],
    dashes: str,
) -> None:
    """Draw the mean over the runs as lines, and bands from the lowest run to the highest."""
    if len(runs) == 1:
        drawing.lines(ax, runs[0]["epoch"], values[0], names, dashes)
        return
    shared = min(len(run["epoch"]) for run in runs)
    epochs = runs[0]["epoch"][:shared]
    stacked = np.stack([np.asarray(of_run, dtype=float)[:shared] for of_run in values])
    drawing.lines(ax, epochs, stacked.mean(axis=0), names, dashes)
    for i in range(len(names)):
        low, high = stacked[:, :, i].min(axis=0), stacked[:, :, i].max(axis=0)
        ax.fill_between(epochs, low, high, color=drawing.colour(i), alpha=0.2, lw=0)
