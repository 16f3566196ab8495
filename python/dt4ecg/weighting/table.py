"""The table of named weightings, and conversions between names, objects and the core."""

from dataclasses import asdict
from typing import Any

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting, Weighting
from dt4ecg.weighting.gradients import IMTLG, MGDA, AlignedMTL, CAGrad, NashMTL, PCGrad
from dt4ecg.weighting.gradnorm import Chen2018, Paper, PaperRenorm, PaperReset
from dt4ecg.weighting.losses import DWA, FAMO, RLW, Equal, Uncertainty

DEFAULT = "none"
"""Name of the default weighting; docs/weightings.md gives the reason."""

_TABLE: dict[str, type[CoreWeighting]] = {
    "none": Equal,
    "paper": Paper,
    "paper_reset": PaperReset,
    "paper_renorm": PaperRenorm,
    "chen2018": Chen2018,
    "uncertainty": Uncertainty,
    "dwa": DWA,
    "rlw": RLW,
    "famo": FAMO,
    "pcgrad": PCGrad,
    "mgda": MGDA,
    "cagrad": CAGrad,
    "imtl_g": IMTLG,
    "nash_mtl": NashMTL,
    "aligned_mtl": AlignedMTL,
}

ALIASES = {"gradnorm": "chen2018"}
"""Other names of weightings.

GradNorm is the method of Chen et al. (2018). Algorithm 1 of the paper, ``"paper"``, is based on it
but computes other weights.
"""


def names() -> tuple[str, ...]:
    """Return the names that ``weighting=`` takes.

    Each name means its class with the default parameters.

    Returns
    -------
    tuple of str
        The names, in the order of the documentation.

    Examples
    --------
    >>> from dt4ecg import weighting
    >>> weighting.names()[:3]
    ('none', 'paper', 'paper_reset')
    """
    return tuple(_TABLE)


def get(weighting: str | Weighting) -> Weighting:
    """Return the weighting with a name; an object is returned unchanged.

    Parameters
    ----------
    weighting : str or callable
        One of :func:`names` or of `ALIASES`, or a callable ``(losses, gram, state) -> weights``.

    Returns
    -------
    callable
        The weighting.

    Raises
    ------
    ValueError
        If no weighting has this name.
    TypeError
        If ``weighting`` is a class, or cannot be called.

    Examples
    --------
    >>> from dt4ecg import weighting
    >>> weighting.get("chen2018")
    Chen2018(alpha=1.5, weight_rate=0.025, reference='log_classes')
    >>> weighting.get("gradnorm") == weighting.get("chen2018")
    True
    >>> weighting.get(weighting.CAGrad(c=0.2))
    CAGrad(c=0.2)
    """
    if isinstance(weighting, str):
        weighting = ALIASES.get(weighting, weighting)
        if weighting not in _TABLE:
            raise ValueError(
                f"weighting: no weighting is called {weighting!r}; there are {', '.join(_TABLE)}, "
                "or pass an object (losses, gram, state) -> weights"
            )
        return _TABLE[weighting]()
    if isinstance(weighting, type) or not callable(weighting):
        raise TypeError(
            f"weighting: takes a name ({', '.join(_TABLE)}) or an object called as "
            f"(losses, gram, state) -> weights, got {weighting!r}"
        )
    return weighting


def build(weighting: Weighting) -> _core.train.Weighting:
    """Return the core's object for a weighting; the trainer uses it.

    Parameters
    ----------
    weighting : callable
        A result of :func:`get`.

    Returns
    -------
    dt4ecg._core.train.Weighting
        The core's object. Its ``needs_gram`` says whether a step needs the tasks' gradients.

    Examples
    --------
    >>> from dt4ecg import weighting
    >>> weighting.build(weighting.DWA()).needs_gram
    False
    """
    if isinstance(weighting, CoreWeighting):
        return weighting.build()
    return _core.train.PythonWeighting(weighting)


def describe(weighting: Weighting) -> dict[str, Any]:
    """Return the name and the parameters of a weighting, as they are saved with a model.

    Parameters
    ----------
    weighting : callable
        A result of :func:`get`.

    Returns
    -------
    dict
        ``name``, and the parameters of a named weighting. The name of another object is that of the
        function, or of the object's class.

    Examples
    --------
    >>> from dt4ecg import weighting
    >>> weighting.describe(weighting.CAGrad(c=0.2))
    {'name': 'cagrad', 'c': 0.2}
    """
    for name, kind in _TABLE.items():
        if type(weighting) is kind:
            return {"name": name, **asdict(weighting)}
    return {"name": getattr(weighting, "__name__", type(weighting).__name__)}
