"""Plots of segments and of the steps of the preprocessing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.text import shortened
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dt4ecg.datasets import Recording, SegmentSet
    from dt4ecg.signal.preprocessor import Preprocessor


def segments(
    data: SegmentSet,
    per_class: int = 1,
    task: str = "activity",
    title: str = "",
    seed: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """Plot segments of each class of a task, one below the other.

    The first lead is shown, and each segment fills its row.

    Parameters
    ----------
    data : SegmentSet
        The segments. The title says if they are simulated.
    per_class : int, default 1
        Segments of each class, drawn at random.
    task : str, default "activity"
        The task.
    title : str, default the name of the set
        Title of the axes.
    seed : int, default 0
        Seed of the choice of segments.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; time in s, or the number of the sample if the set has no start times.

    Raises
    ------
    ValueError
        If the set does not have the task, or no label of it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from dt4ecg import datasets, plots
    >>> recordings = datasets.simulate_cohort(subjects=2, seconds=12, seed=0)
    >>> ax = plots.segments(datasets.from_recordings(recordings))
    >>> len(ax.get_lines())
    3
    """
    if task not in data.tasks:
        raise ValueError(f"segments: no task {task!r}; there are {', '.join(data.tasks)}")
    labels = data.y[:, data.tasks.index(task)]
    present = [label for label in range(len(data.classes[task])) if (labels == label).any()]
    if not present:
        raise ValueError(f"segments: no segment has a label of {task}")
    rng = np.random.default_rng(seed)
    n_rows = len(present) * per_class
    ax = drawing.axes(ax, (6.4, 0.8 + 0.6 * n_rows))
    n_samples = data.X.shape[2]
    seconds = float(data.meta["stop"][0] - data.meta["start"][0])
    timed = np.isfinite(seconds)  # a set can be without start times
    length = seconds if timed else float(n_samples)
    time = np.arange(n_samples) * length / n_samples
    names: list[str] = []
    for i, label in enumerate(present):
        choices = np.flatnonzero(labels == label)
        for index in rng.choice(choices, per_class, replace=len(choices) < per_class):
            trace = data.X[index, 0]
            spread = np.ptp(trace) or 1.0
            row = n_rows - 1 - len(names)
            ax.plot(
                time, row + 0.85 * (trace - trace.min()) / spread, color=drawing.colour(i), lw=1
            )
            names.append(data.classes[task][label])
    ax.set_yticks(np.arange(n_rows)[::-1] + 0.4, drawing.labels(names), parse_math=False)
    ax.set_xlim(0, length)
    ax.tick_params(axis="y", length=0)
    title = title or f"Segments of {shortened(data.name, drawing.LONGEST_LINE)}"
    unit = "time (s)" if timed else "sample"
    return drawing.finish(ax, unit, title, data.simulated, horizontal=False)


def filters(
    x: NDArray[np.float64], rate: float, preprocessor: Preprocessor
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield the name of each filter and its result, in the order of the preprocessor."""
    from dt4ecg import signal

    ways = preprocessor.zero_phase, preprocessor.settle
    for name in ("notch", "high-pass") if preprocessor.settle else ("high-pass", "notch"):
        if name == "notch" and preprocessor.notch:
            x = signal.notch(x, rate, preprocessor.notch, preprocessor.notch_quality, *ways)
            yield f"notch\n{preprocessor.notch:g} Hz", x
        elif name == "high-pass" and preprocessor.highpass:
            x = signal.highpass(x, rate, preprocessor.highpass, preprocessor.highpass_order, *ways)
            yield f"high-pass\n{preprocessor.highpass:g} Hz", x


def preprocessing_stages(
    recording: Recording,
    preprocessor: Preprocessor,
    start: float = 0.0,
    seconds: float = 6.0,
    title: str = "",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Plot a stretch of a recording's first lead, raw and after each step of the preprocessing.

    Each trace fills its row.

    Parameters
    ----------
    recording : Recording
        The recording.
    preprocessor : Preprocessor
        The steps. Here its filters run over the whole recording, gaps included, so the traces can
        differ from the segments next to a gap. Traces of causal filters include the time in which
        the notch settles, which segments leave out.
    start : float, default 0.0
        Start of the stretch, in s.
    seconds : float, default 6.0
        Length of the stretch, in s.
    title : str, default the name of the recording
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
        If the stretch is outside the recording, the sampling rate is too low for a filter, or
        samples are not finite.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import dt4ecg
    >>> from dt4ecg import datasets, plots
    >>> recording = datasets.simulate_cohort(subjects=1, seconds=6, seed=0)[0]
    >>> ax = plots.preprocessing_stages(recording, dt4ecg.Preprocessor())
    >>> [label.get_text().splitlines()[0] for label in ax.get_yticklabels()]
    ['raw', 'notch', 'high-pass', 'at 100 Hz']
    """
    from dt4ecg import signal

    rate = recording.sampling_rate
    x = recording.samples[0].astype(np.float64)
    stages = [("raw", rate, x)]
    stages += [(name, rate, filtered) for name, filtered in filters(x, rate, preprocessor)]
    x = stages[-1][2]
    if preprocessor.target_rate:
        x = signal.resample(x, rate, preprocessor.target_rate)
        stages.append((f"at {preprocessor.target_rate:g} Hz", preprocessor.target_rate, x))
    ax = drawing.axes(ax, (7.2, 1.0 + 0.9 * len(stages)))
    for row, (_, stage_rate, samples) in enumerate(reversed(stages)):
        part = samples[round(start * stage_rate) : round((start + seconds) * stage_rate)]
        if not len(part):
            raise ValueError(
                f"preprocessing_stages: starts at {start:g} s of {recording.seconds:.1f} s"
            )
        time = start + np.arange(len(part)) / stage_rate
        ax.plot(
            time,
            row + 0.85 * (part - part.min()) / (np.ptp(part) or 1.0),
            color=drawing.ink(ax),
            lw=0.8,
        )
    ax.set_yticks(np.arange(len(stages))[::-1] + 0.4, [name for name, _, _ in stages])
    ax.tick_params(axis="y", length=0)
    ax.set_xlim(start, start + seconds)
    title = title or f"Preprocessing of {shortened(recording.name, drawing.LONGEST_LINE)}"
    return drawing.finish(ax, "time (s)", title, simulated, horizontal=False)
