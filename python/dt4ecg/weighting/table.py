"""The table of weightings."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting
from dt4ecg.weighting.gradients import IMTLG, MGDA, AlignedMTL, CAGrad, NashMTL, PCGrad
from dt4ecg.weighting.gradnorm import Chen2018, Paper, PaperRenorm, PaperReset
from dt4ecg.weighting.losses import DWA, FAMO, RLW, Equal, Uncertainty

# By evidence: see the study in README.md.
DEFAULT = "none"

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


def names() -> tuple[str, ...]:
    """Names that ``weighting=`` takes; each stands for its class with the default parameters."""
    return tuple(_TABLE)


def get(weighting: str | Callable) -> Callable:
    """The weighting that a name stands for; an object is returned as it is.

    Raises
    ------
    ValueError
        For a name that is not in :func:`names`.
    TypeError
        For anything that cannot be called.
    """
    if isinstance(weighting, str):
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


def build(weighting: Callable) -> _core.train.Weighting:
    """The core's object for any weighting."""
    if isinstance(weighting, CoreWeighting):
        return weighting.build()
    return _core.train.PythonWeighting(weighting)


def describe(weighting: Callable) -> dict[str, Any]:
    """Name and parameters, for the saved model."""
    for name, kind in _TABLE.items():
        if type(weighting) is kind:
            return {"name": name, **asdict(weighting)}
    return {"name": getattr(weighting, "__name__", type(weighting).__name__)}
