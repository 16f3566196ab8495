"""A segment with the weights that the attention SCA gives to its time steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dt4ecg.inference import ScaWeights


def sca_weights(
    segment: ArrayLike,
    weights: ScaWeights,
    index: int = 0,
    seconds: float = 3.0,
    title: str = "SCA weights of time steps",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw the first lead of a segment above a strip that shows the weight of each time step.

    Parameters
    ----------
    segment : array-like of shape (T,) or (leads, T)
        The segment.
    weights : ScaWeights
        Result of :func:`dt4ecg.inference.sca_weights`.
    index : int, default 0
        Row of the segment in the weights.
    seconds : float, default 3.0
        Length of the segment, in s.
    title : str, default "SCA weights of time steps"
        Title of the axes.
    simulated : bool, default False
        Add "(simulated data)" to the title.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. The colours reach from the smallest weight of the segment to the largest; both
        stand next to the colour bar.

    Raises
    ------
    ValueError
        If the segment has another shape, or there is no such row.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from dt4ecg import inference, nn, plots
    >>> X = np.random.default_rng(0).normal(size=(1, 1, 300))
    >>> found = inference.sca_weights(nn.Network(seed=0), X)
    >>> plots.sca_weights(X[0], found).images[0].get_array().shape
    (1, 38)
    """
    trace = np.atleast_2d(np.asarray(segment, dtype=np.float64))
    if trace.ndim != 2:
        raise ValueError(f"sca_weights: segment must be (T,) or (leads, T), got {trace.shape}")
    if not -len(weights.steps) <= index < len(weights.steps):
        raise ValueError(f"sca_weights: no row {index} in weights of {len(weights.steps)} segments")
    steps = weights.steps[index]
    first = trace[0]
    ax = drawing.axes(ax, (7.2, 2.8))
    scaled = (first - first.min()) / (np.ptp(first) or 1.0)
    time = np.arange(len(first)) * seconds / len(first)
    ax.plot(time, scaled, color=drawing.ink(ax), lw=0.9)
    strip = ax.imshow(steps[None], cmap="viridis", aspect="auto", extent=(0, seconds, -0.28, -0.08))
    ax.figure.colorbar(strip, ax=ax, label="weight", pad=0.01, format="%.2f")
    ax.set_xlim(0, seconds)
    ax.set_ylim(-0.32, 1.05)
    ax.set_yticks([])
    return drawing.finish(ax, "time (s)", title, simulated, horizontal=False)
