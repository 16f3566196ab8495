"""The detection error tradeoff of verification."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg._common.text import shortened
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dt4ecg.metrics import DetCurve, VerificationCurves

    Curve = DetCurve | VerificationCurves

LOWEST = 1e-3
TICKS = (0.001, 0.01, 0.05, 0.2, 0.5, 0.8, 0.95)


def det(
    curves: Curve | Mapping[str, Curve],
    title: str = "Detection error tradeoff",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw false rejects against false accepts on normal deviate axes [1]_.

    Parameters
    ----------
    curves : DetCurve, VerificationCurves, or dict of str to one of these
        Result of :func:`dt4ecg.metrics.det_curve` or :func:`dt4ecg.biometrics.curves`; several with
        their names for the legend.
    title : str, default "Detection error tradeoff"
        Title of the axes.
    simulated : bool, default False
        Add "(simulated data)" to the title.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, whose units are quantiles of the normal distribution. Rates outside 0.1 % to
        99.9 % lie on the border. The dotted diagonal has equal rates, and a point marks the equal
        error rate on each curve.

    Raises
    ------
    ValueError
        If there is no curve.

    See Also
    --------
    dt4ecg.biometrics.curves : The rates with intervals.

    References
    ----------
    .. [1] A. Martin et al., "The DET curve in assessment of detection task performance",
       Eurospeech 1997.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from dt4ecg import metrics, plots
    >>> found = metrics.det_curve([0.9, 0.6, 0.7, 0.1], [True, True, False, False])
    >>> plots.det(found).get_xlabel()
    'false accept rate'
    """
    from scipy.stats import norm

    from dt4ecg.metrics.verification import crossing

    named: Mapping[str, Any] = curves if isinstance(curves, Mapping) else {"": curves}
    if not named:
        raise ValueError("det: needs at least one curve, got none")
    ax = drawing.axes(ax, (4.6, 4.4))
    ends = norm.ppf([LOWEST, 1 - LOWEST])
    ax.plot(ends, ends, ls=":", lw=1, color=drawing.ink(ax))
    for i, (name, given) in enumerate(named.items()):
        curve = getattr(given, "curve", given)
        rates = (curve.false_accept_rates, curve.false_reject_rates)
        far, frr = (norm.ppf(np.clip(rate, LOWEST, 1 - LOWEST)) for rate in rates)
        equal = crossing(*rates)
        label = f"{shortened(name, drawing.LONGEST_LINE)}{', ' if name else ''}EER {equal:.1%}"
        ax.plot(far, frr, color=drawing.colour(i), lw=1.8, label=label)
        place = norm.ppf(np.clip(equal, LOWEST, 1 - LOWEST))
        ax.plot(place, place, "o", ms=5, color=drawing.colour(i))
    places = norm.ppf(TICKS)
    ax.set_xticks(places, [f"{tick:.1%}".replace(".0%", "%") for tick in TICKS])
    ax.set_yticks(places, [f"{tick:.1%}".replace(".0%", "%") for tick in TICKS])
    highest = max(
        float(np.max(getattr(given, "curve", given).false_reject_rates.clip(0, 0.55)))
        for given in named.values()
    )
    top = norm.ppf(min(max(highest, 0.5), 1 - LOWEST)) + 0.2
    ax.set_xlim(ends[0], top)
    ax.set_ylim(ends[0], top)
    ax.set_aspect("equal")
    ax.set_ylabel("false reject rate")
    for text in ax.legend(frameon=False).get_texts():
        text.set_parse_math(False)
    return drawing.finish(ax, "false accept rate", title, simulated)
