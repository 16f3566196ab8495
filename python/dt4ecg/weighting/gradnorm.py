"""Weightings by gradient norms: the paper's Algorithm 1, two repairs of it, and GradNorm."""

from dataclasses import dataclass
from typing import Literal

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting


@dataclass(frozen=True)
class Paper(CoreWeighting):
    """``paper``: Algorithm 1 of You et al. as printed.

    With g_i the gradient of task i and share_i = ||g_i|| / sum_j ||g_j||, each step sets
    w_i <- w_i exp(alpha (share_i - 1)).

    Parameters
    ----------
    alpha : float, default 2.0
        Exponent of a step, finite. The default is the paper's.

    See Also
    --------
    PaperReset, PaperRenorm : Repairs whose weights do not vanish.
    Chen2018 : GradNorm as published.

    Notes
    -----
    The exponents of a step sum to -alpha (tasks - 1), so all weights fall. They are exactly 0 in
    float32 after about a hundred steps; the trainer warns once. The task with the larger gradient
    keeps the larger weight.

    References
    ----------
    S. You et al., 2025, Algorithm 1.

    Examples
    --------
    Two orthogonal gradients of norms 1 and 3 have the fractions 1/4 and 3/4 of their sum:

    >>> import numpy as np
    >>> from dt4ecg.weighting import Paper, State
    >>> losses, gram, state = [2.7, 1.1], np.diag([1.0, 9.0]), State([15, 3])
    >>> Paper()(losses, gram, state).round(3)
    array([0.223, 0.607], dtype=float32)
    >>> Paper()(losses, gram, state).round(3)
    array([0.05 , 0.368], dtype=float32)
    """

    alpha: float = 2.0

    def build(self) -> _core.train.Weighting:
        return _core.train.PaperWeighting(_core.train.PaperVariant.printed, self.alpha)


@dataclass(frozen=True)
class PaperReset(CoreWeighting):
    """``paper_reset``: Algorithm 1 without memory, w_i = exp(alpha (share_i - 1)) at each step.

    Parameters
    ----------
    alpha : float, default 2.0
        Exponent, finite. The default is the paper's.

    See Also
    --------
    Paper : The algorithm as printed, and its source.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.weighting import PaperReset, State
    >>> losses, gram, state = [2.7, 1.1], np.diag([1.0, 9.0]), State([15, 3])
    >>> [PaperReset()(losses, gram, state).round(3).tolist() for step in range(2)]
    [[0.223..., 0.606...], [0.223..., 0.606...]]
    """

    alpha: float = 2.0

    def build(self) -> _core.train.Weighting:
        return _core.train.PaperWeighting(_core.train.PaperVariant.reset, self.alpha)


@dataclass(frozen=True)
class PaperRenorm(CoreWeighting):
    """``paper_renorm``: Algorithm 1, then scaled so that the weights sum to the number of tasks.

    Parameters
    ----------
    alpha : float, default 2.0
        Exponent of a step, finite. The default is the paper's.

    See Also
    --------
    Paper : The algorithm as printed, and its source.

    Notes
    -----
    The task with the larger gradient gains weight at every step, until it has all of it.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.weighting import PaperRenorm, State
    >>> losses, gram, state = [2.7, 1.1], np.diag([1.0, 9.0]), State([15, 3])
    >>> PaperRenorm()(losses, gram, state).round(3)
    array([0.538, 1.462], dtype=float32)
    """

    alpha: float = 2.0

    def build(self) -> _core.train.Weighting:
        return _core.train.PaperWeighting(_core.train.PaperVariant.renorm, self.alpha)


@dataclass(frozen=True)
class Chen2018(CoreWeighting):
    """``chen2018``: GradNorm of Chen et al., in closed form.

    Let G_i = w_i ||g_i||, and r_i the loss ratio L_i / L_i(0) of task i, divided by the mean ratio.
    The weights take one step of gradient descent on sum_i abs(G_i - target_i), with the constant
    target_i = mean(G) r_i^alpha:

    w_i <- w_i - weight_rate sign(G_i - target_i) ||g_i||.

    The weights are then raised to at least 1e-3 and scaled so that they sum to the number of tasks.
    A step uses the weights before this update.

    Parameters
    ----------
    alpha : float, default 1.5
        Strength with which tasks that learn slowly gain weight, at least 0. The default is the
        authors' (their asymmetry).
    weight_rate : float, default 0.025
        Learning rate of the weights, at least 0. The default is the authors'.
    reference : {"log_classes", "first"}, default "log_classes"
        L_i(0): ln(number of classes), or the loss of the first batch with labels of the task. For a
        loss that is not a cross-entropy, it is always the latter.

    Notes
    -----
    The floor of 1e-3 is the one departure from the authors' method: it keeps weights positive.

    References
    ----------
    Z. Chen, V. Badrinarayanan, C.-Y. Lee and A. Rabinovich, "GradNorm: gradient normalization for
    adaptive loss balancing in deep multitask networks", ICML 2018.

    Examples
    --------
    Identity has 15 classes and has learnt little (2.7 of ln 15 = 2.71), so it gains weight:

    >>> import numpy as np
    >>> from dt4ecg.weighting import Chen2018, State
    >>> losses, gram, state = [2.7, 0.5], np.diag([1.0, 9.0]), State([15, 3])
    >>> Chen2018()(losses, gram, state)
    array([1., 1.], dtype=float32)
    >>> Chen2018()(losses, gram, state).round(3)
    array([1.051, 0.949], dtype=float32)
    """

    alpha: float = 1.5
    weight_rate: float = 0.025
    reference: Literal["log_classes", "first"] = "log_classes"

    def build(self) -> _core.train.Weighting:
        if self.reference not in ("log_classes", "first"):
            raise ValueError(
                f"chen2018: reference must be 'log_classes' or 'first', got {self.reference!r}"
            )
        reference = getattr(_core.train.Reference, self.reference)
        return _core.train.Chen2018(self.alpha, self.weight_rate, reference)
