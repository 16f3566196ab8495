"""GradNorm."""

from dataclasses import dataclass

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting


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
