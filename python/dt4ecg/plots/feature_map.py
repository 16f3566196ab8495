"""A map of segments by their features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.numbers import integer
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "osD^vP"
METHODS = ("pca", "tsne")


def embedding(
    features: ArrayLike,
    labels: Sequence[object] | NDArray[Any],
    method: str = "pca",
    title: str = "",
    seed: int = 0,
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw segments as points in a plane, in which similar features are close.

    Parameters
    ----------
    features : array-like of shape (n, channels)
        Such as ``classifier.embed(X)``.
    labels : sequence of shape (n,)
        Label of each segment, for its colour and marker. There are 36 different pairs.
    method : {"pca", "tsne"}, default "pca"
        Principal components, which keep distances, or t-SNE, which keeps neighbours only.
    title : str, default the method
        Title of the axes. With ``"pca"`` the axes name the share of the variance.
    seed : int, default 0
        Seed of t-SNE.
    simulated : bool, default False
        Add "(simulated data)" to the title.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with a legend for at most 12 labels, and names in the middle of each label's
        points for more.

    Raises
    ------
    ValueError
        If the features are not finite or not of shape (n, channels) with n and channels above 2,
        the numbers of labels and segments differ, or the method is unknown.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from dt4ecg import plots
    >>> features = np.random.default_rng(0).normal(size=(20, 8))
    >>> ax = plots.embedding(features, ["rest", "run"] * 10)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['rest', 'run']
    """
    points = np.asarray(features, dtype=np.float64)
    if points.ndim != 2 or min(points.shape) < 3 or not np.isfinite(points).all():
        raise ValueError(
            "embedding: features must be finite and of shape (n, channels) with at least 3 of "
            f"both, got shape {points.shape}"
        )
    names = np.asarray(labels, dtype=object).astype(str)
    if names.shape != (len(points),):
        raise ValueError(f"embedding: got labels of shape {names.shape} for {len(points)} segments")
    seed = integer("embedding", "seed", seed, 0, 2**32 - 1)
    places, xlabel, ylabel = _plane(points, method, seed)
    ax = drawing.axes(ax, (5.6, 4.6))
    classes = np.unique(names).tolist()
    for i, name in enumerate(classes):
        chosen = places[names == name]
        ax.scatter(
            chosen[:, 0],
            chosen[:, 1],
            s=18,
            alpha=0.75,
            lw=0,
            color=drawing.colour(i),
            marker=MARKERS[i // len(drawing.COLOURS) % len(MARKERS)],
            label=drawing.labels([name])[0],
        )
        if len(classes) > drawing.LEGIBLE_ENTRIES:
            x, y = np.median(chosen, axis=0)
            ax.text(
                x,
                y,
                drawing.labels([name])[0],
                ha="center",
                va="center",
                fontsize=8,
                color=drawing.ink(ax),
                path_effects=drawing.outline(ax),
                parse_math=False,
            )
    if len(classes) <= drawing.LEGIBLE_ENTRIES:
        legend = ax.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
        for text in legend.get_texts():
            text.set_parse_math(False)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_ylabel(ylabel)
    return drawing.finish(ax, xlabel, title or f"Features ({method})", simulated, grid=False)


def _plane(
    points: NDArray[np.float64], method: str, seed: int
) -> tuple[NDArray[np.float64], str, str]:
    """Return places (n, 2) and the labels of both axes."""
    if method == "pca":
        from sklearn.decomposition import PCA

        found = PCA(n_components=2)
        places = found.fit_transform(points)
        shares = [f"component {i + 1} ({s:.0%})" for i, s in enumerate(_shares(found))]
        return places, shares[0], shares[1]
    if method == "tsne":
        from sklearn.manifold import TSNE

        near = min(30.0, (len(points) - 1) / 3)
        places = TSNE(perplexity=near, init="pca", random_state=seed).fit_transform(points)
        return places, "", ""
    raise ValueError(f"embedding: method must be one of {', '.join(METHODS)}, got {method!r}")


def _shares(found: Any) -> list[float]:
    return [float(share) for share in np.nan_to_num(found.explained_variance_ratio_)]
