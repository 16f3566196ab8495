"""Segments with the maps that explain their predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg._common.numbers import integer, real
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dt4ecg.inference.explain import Attribution


def attribution(
    X: Any,
    found: Attribution | Any,
    index: int = 0,
    sampling_rate: float | None = None,
    title: str = "",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a segment, and behind it the map that explains its prediction.

    Parameters
    ----------
    X : array or tensor (n, T) or (n, leads, T)
        The segments that were explained. Each lead fills its row.
    found : Attribution, or array or tensor (n, T)
        The maps, from 0 to 1; the darker the background, the larger the value.
    index : int, default 0
        The segment to draw.
    sampling_rate : float, optional
        In Hz, for a time axis in s. By default the axis counts samples.
    title : str, optional
        Title of the axes. The default names task, class, probability and method.
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
        If the maps do not fit the segments, there is no such segment, or the sampling rate is not
        a finite number above 0.

    See Also
    --------
    dt4ecg.DT4ECGClassifier.explain : Computes the maps.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from dt4ecg import plots
    >>> X = np.sin(np.arange(300) / 10)[None]
    >>> ax = plots.attribution(X, np.linspace(0, 1, 300)[None], sampling_rate=100, title="a sine")
    >>> len(ax.get_lines()), ax.get_xlabel()
    (1, 'time (s)')
    """
    segments = _array(X)
    maps = _array(getattr(found, "maps", found))
    if segments.ndim == 2:
        segments = segments[:, None]
    if segments.ndim != 3 or maps.shape != (len(segments), segments.shape[2]):
        raise ValueError(
            "attribution: needs segments (n, T) or (n, leads, T) and their maps (n, T), got "
            f"{segments.shape} and {maps.shape}"
        )
    index = integer("attribution", "index", index, 0, len(segments) - 1)
    rate = 1.0 if sampling_rate is None else real(sampling_rate)
    if not 0 < rate < np.inf:
        raise ValueError(
            f"attribution: sampling_rate must be a finite number above 0 Hz, got {sampling_rate!r}"
        )
    leads, samples = segments[index].shape
    ax = drawing.axes(ax, (7.2, 1.4 + 1.1 * leads))
    extent = (-0.5 / rate, (samples - 0.5) / rate, -0.1, leads)
    ax.imshow(maps[index][None], "Oranges", aspect="auto", extent=extent, vmin=0, vmax=1.3)
    for row, trace in enumerate(segments[index, ::-1]):
        spread = np.ptp(trace) or 1.0
        places = row + 0.85 * (trace - trace.min()) / spread
        ax.plot(np.arange(samples) / rate, places, color=drawing.ink(ax), lw=1)
    ax.set_yticks([])
    ax.set_xlim(extent[:2])
    title = title or _title(found, index)
    unit = "sample" if sampling_rate is None else "time (s)"
    return drawing.finish(ax, unit, title, simulated, grid=False)


def _title(found: Any, index: int) -> str:
    if not hasattr(found, "maps"):
        return "Attribution"
    method = found.method.replace("_", " ")
    return f"{found.task} {found.target[index]} ({found.probability[index]:.2f}), {method}"


def _array(values: Any) -> Any:
    """Return an array, also of a tensor with a gradient or on another device."""
    return np.asarray(values.numpy(force=True) if hasattr(values, "numpy") else values)
