"""Weightings that use the losses alone: a step needs one backward pass."""

from dataclasses import dataclass

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting, checked_seed


@dataclass(frozen=True)
class Equal(CoreWeighting):
    """``none``: every weight is 1, so the loss is the plain sum over the tasks.

    This is the default, and the paper's system without its weighting (equation 9).

    References
    ----------
    S. You et al., 2025, equation 9.

    Examples
    --------
    >>> from dt4ecg.weighting import Equal, State
    >>> Equal()([2.7, 1.1], None, State([15, 3]))
    array([1., 1.], dtype=float32)
    """

    def build(self) -> _core.train.Weighting:
        return _core.train.EqualWeighting()


@dataclass(frozen=True)
class Uncertainty(CoreWeighting):
    """``uncertainty``: weights from a learnt uncertainty of each task (Kendall et al.).

    The loss is sum_i exp(-s_i) L_i + s_i / 2, the authors' form for classification, with learnt
    s_i = log sigma_i^2, which start at 0. So w_i = exp(-s_i). The weights are not scaled to a sum,
    because their scale is what is learnt.

    Parameters
    ----------
    weight_rate : float, default 1e-3
        Learning rate of s in an Adam optimiser of its own, finite and at least 0. The authors use
        that of the network.

    Notes
    -----
    A step uses the weights before s is updated. abs(s_i) stays below 20, the one departure from the
    authors' method: a loss of 0 would let its weight grow without bound.

    References
    ----------
    A. Kendall, Y. Gal and R. Cipolla, "Multi-task learning using uncertainty to weigh losses for
    scene geometry and semantics", CVPR 2018.

    Examples
    --------
    For constant losses, the weights approach 1 / (2 L_i):

    >>> from dt4ecg.weighting import State, Uncertainty
    >>> state, weighting = State([15, 3]), Uncertainty(weight_rate=0.01)
    >>> for step in range(2000):
    ...     weights = weighting([0.25, 2.0], None, state)
    >>> weights.round(1)
    array([2. , 0.2], dtype=float32)
    """

    weight_rate: float = 1e-3

    def build(self) -> _core.train.Weighting:
        return _core.train.Uncertainty(self.weight_rate)


@dataclass(frozen=True)
class DWA(CoreWeighting):
    """``dwa``: dynamic weight average (Liu et al.).

    w_i = tasks exp(r_i / T) / sum_j exp(r_j / T). Here r_i is the ratio of the task's mean losses
    in the last two epochs. It is 1 in the first two epochs, and where it is not finite.

    Parameters
    ----------
    temperature : float, default 2.0
        T, finite and above 0. A larger T makes the weights more equal. The default is the authors'.

    Notes
    -----
    The trainer reports the end of each epoch. Other callers call ``build().end_epoch(state)``.

    References
    ----------
    S. Liu, E. Johns and A. J. Davison, "End-to-end multi-task learning with attention", CVPR 2019.

    Examples
    --------
    The loss of the first task falls more slowly, so the task gains weight:

    >>> from dt4ecg.weighting import DWA, State
    >>> state, weighting = State([15, 3]), DWA()
    >>> for epoch_losses in ([2.7, 1.1], [2.4, 0.5]):
    ...     weights = weighting(epoch_losses, None, state)
    ...     weighting.build().end_epoch(state)
    >>> weighting([2.0, 0.5], None, state).round(3)
    array([1.108, 0.892], dtype=float32)
    """

    temperature: float = 2.0

    def build(self) -> _core.train.Weighting:
        return _core.train.DWA(self.temperature)


@dataclass(frozen=True)
class RLW(CoreWeighting):
    """``rlw``: random loss weighting (Lin et al.).

    w = tasks softmax(z), where z is drawn from a standard normal distribution at each step.

    Parameters
    ----------
    seed : int, default 0
        Seed of the draws, from 0 to 2**64 - 1. A draw is a function of seed and step, and does not
        change other random numbers.

    Notes
    -----
    The authors' weights sum to 1. Here they sum to the number of tasks, so that the learning rate
    keeps its meaning.

    References
    ----------
    B. Lin, F. Ye, Y. Zhang and I. W. Tsang, "Reasonable effectiveness of random weighting: a litmus
    test for multi-task learning", TMLR 2022.

    Examples
    --------
    >>> from dt4ecg.weighting import RLW, State
    >>> weights = RLW(seed=3)([2.7, 1.1], None, State([15, 3]))
    >>> print(f"{weights.sum():.3f}")
    2.000
    """

    seed: int = 0

    def build(self) -> _core.train.Weighting:
        return _core.train.RLW(checked_seed("rlw", self.seed))


@dataclass(frozen=True)
class FAMO(CoreWeighting):
    """``famo``: fast adaptive multitask optimisation (Liu et al.).

    w_i is proportional to softmax(xi)_i / L_i. After the update, the losses of the same batch are
    computed once more, and Adam moves xi against the gradient of
    sum_i softmax(xi)_i log(L_i before / L_i after), plus ``decay`` xi.

    Parameters
    ----------
    weight_rate : float, default 0.025
        Learning rate of xi, finite and at least 0. The default is the authors'.
    decay : float, default 0.01
        Weight decay of xi, finite and at least 0. The default is the authors'.

    Notes
    -----
    A step costs one more forward pass. It runs in training mode, as in the authors' code, but
    changes neither batch norm statistics nor random numbers. The trainer makes this pass; other
    callers call ``build().look_back(losses, state)``.

    The weights sum to the number of tasks; the authors' sum to 1. The authors clip the gradient of
    xi to length 1. This is left out, because Adam is independent of a common factor.

    References
    ----------
    B. Liu, Y. Feng, P. Stone and Q. Liu, "FAMO: fast adaptive multitask optimization", NeurIPS
    2023.

    Examples
    --------
    The loss of the second task fell more, so the first task gains weight:

    >>> from dt4ecg.weighting import FAMO, State
    >>> state, weighting = State([15, 3]), FAMO(weight_rate=0.5)
    >>> weighting([1.0, 1.0], None, state)
    array([1., 1.], dtype=float32)
    >>> weighting.build().look_back([0.9, 0.5], state)
    >>> bool(weighting([1.0, 1.0], None, state)[0] > 1)
    True
    """

    weight_rate: float = 0.025
    decay: float = 0.01

    def build(self) -> _core.train.Weighting:
        return _core.train.FAMO(self.weight_rate, self.decay)
