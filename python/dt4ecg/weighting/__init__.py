"""Task weightings: how much each task's loss counts in a step.

A weighting is an object called as ``weighting(losses, gram, state) -> weights``:

- ``losses`` (tasks,): the unweighted losses of this step, NaN for a task without labels in it;
- ``gram`` (tasks, tasks): inner products of the tasks' unweighted gradients over the parameters in
  scope, so ``sqrt(diag(gram))`` are their norms; None if the object says ``needs_gram = False``;
- ``state``: to read, ``state.weights`` of the last step (ones at first), ``state.step``,
  ``state.classes``, ``state.labelled``; to write, named arrays of your own,
  ``state["name"] = array``, saved with the training;
- the answer (tasks,): finite weights that this step's losses are summed with; for the parameters
  that are shared among tasks alone, the others following their task's plain loss, if the object
  says ``weighs_own_parameters = False``.

The named ones below are computed by the C++ core; any Python object of that form works as well.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting
from dt4ecg.weighting.gradients import IMTLG, MGDA, AlignedMTL, CAGrad, NashMTL, PCGrad
from dt4ecg.weighting.losses import DWA, FAMO, RLW, Uncertainty

State = _core.train.State

__all__ = [
    "DWA",
    "FAMO",
    "IMTLG",
    "MGDA",
    "RLW",
    "AlignedMTL",
    "CAGrad",
    "Chen2018",
    "Equal",
    "NashMTL",
    "PCGrad",
    "Paper",
    "PaperRenorm",
    "PaperReset",
    "State",
    "Uncertainty",
    "get",
    "names",
]


@dataclass(frozen=True)
class Equal(CoreWeighting):
    """``none``: every weight is 1 (the paper's equation 9 without GradNorm)."""

    def build(self):
        return _core.train.EqualWeighting()


@dataclass(frozen=True)
class Paper(CoreWeighting):
    """``paper``: Algorithm 1 as printed.

    With share_i = ||g_i|| / sum_j ||g_j||: w_i <- w_i exp(alpha (share_i - 1)). The exponents of a
    step sum to -alpha (tasks - 1), so the weights reach exactly 0 in float32 within about a hundred
    steps, which is warned of once. ``alpha`` is the paper's 2, a per-step exponent.
    """

    alpha: float = 2.0

    def build(self):
        return _core.train.PaperWeighting(_core.train.PaperVariant.printed, self.alpha)


@dataclass(frozen=True)
class PaperReset(CoreWeighting):
    """``paper_reset``: w_i = exp(alpha (share_i - 1)), afresh at each step."""

    alpha: float = 2.0

    def build(self):
        return _core.train.PaperWeighting(_core.train.PaperVariant.reset, self.alpha)


@dataclass(frozen=True)
class PaperRenorm(CoreWeighting):
    """``paper_renorm``: Algorithm 1, then scaled so that the weights sum to the number of tasks.

    The task with the larger gradient gains at every step: winner takes all.
    """

    alpha: float = 2.0

    def build(self):
        return _core.train.PaperWeighting(_core.train.PaperVariant.renorm, self.alpha)


@dataclass(frozen=True)
class Chen2018(CoreWeighting):
    """``chen2018``: GradNorm of Chen et al. (ICML 2018), in closed form.

    With G_i = w_i ||g_i||, r_i the task's loss ratio L_i / L_i(0) over the mean ratio, the weights
    take one step of gradient descent on sum_i |G_i - mean(G) r_i^alpha|, the target held constant:
    w_i <- w_i - weight_rate sign(G_i - target_i) ||g_i||; then they are floored at 1e-3 (the one
    deviation: they cannot turn negative) and scaled to sum to the number of tasks.

    Parameters
    ----------
    alpha : float
        Strength of the pull towards tasks that learn slowly (their asymmetry, 1.5).
    weight_rate : float
        Learning rate of the weights (theirs, 0.025).
    reference : {"log_classes", "first"}
        L_i(0): ln(classes), or the loss of the first batch that has labels of the task.
    """

    alpha: float = 1.5
    weight_rate: float = 0.025
    reference: str = "log_classes"

    def build(self):
        if self.reference not in ("log_classes", "first"):
            raise ValueError(
                f"chen2018: reference must be 'log_classes' or 'first', got {self.reference!r}"
            )
        reference = getattr(_core.train.Reference, self.reference)
        return _core.train.Chen2018(self.alpha, self.weight_rate, reference)


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
