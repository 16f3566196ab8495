"""Weightings that look at the losses alone: a step costs one backward pass."""

from dataclasses import dataclass

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting, seed_of


@dataclass(frozen=True)
class Equal(CoreWeighting):
    """``none``: every weight is 1 (the paper's equation 9 without GradNorm)."""

    def build(self):
        return _core.train.EqualWeighting()


@dataclass(frozen=True)
class Uncertainty(CoreWeighting):
    """``uncertainty``: homoscedastic uncertainty (Kendall et al., CVPR 2018).

    The loss is sum_i exp(-s_i) L_i + s_i / 2 (their classification form) with learnt
    s_i = log sigma_i^2, 0 at first; so w_i = exp(-s_i), of its own scale: that is what is learnt. A
    step's losses are weighted before s takes its step by an Adam of its own. |s_i| stays below 20,
    the one deviation: a loss of 0 would drive its weight to infinity.

    Parameters
    ----------
    weight_rate : float
        Learning rate of s; theirs is that of the network.
    """

    weight_rate: float = 1e-3

    def build(self):
        return _core.train.Uncertainty(self.weight_rate)


@dataclass(frozen=True)
class DWA(CoreWeighting):
    """``dwa``: dynamic weight average (Liu et al., CVPR 2019).

    w_i = tasks exp(r_i / T) / sum_j exp(r_j / T), with r_i the ratio of the task's mean losses in
    the last two epochs: 1 for the first two, and where it is not finite. The trainer says when an
    epoch ends; who calls it by hand says ``build().end_epoch(state)``.

    Parameters
    ----------
    temperature : float
        T: the larger, the more equal the weights (theirs, 2).
    """

    temperature: float = 2.0

    def build(self):
        return _core.train.DWA(self.temperature)


@dataclass(frozen=True)
class RLW(CoreWeighting):
    """``rlw``: random loss weighting (Lin et al., TMLR 2022).

    w = tasks softmax(z), z standard normal, afresh at each step (theirs sum to 1, here to the
    number of tasks, so that the learning rate keeps its meaning).

    Parameters
    ----------
    seed : int
        The draws are a function of seed and step, apart from all other random numbers.
    """

    seed: int = 0

    def build(self):
        return _core.train.RLW(seed_of("rlw", self.seed))


@dataclass(frozen=True)
class FAMO(CoreWeighting):
    """``famo``: fast adaptive multitask optimisation (Liu et al., NeurIPS 2023).

    w_i is proportional to softmax(xi)_i / L_i, here of sum ``tasks`` (theirs, 1). After the update
    the same batch is evaluated once more, in training mode and as in the authors' code, and Adam
    moves xi against the gradient of sum_i softmax(xi)_i log(L_i before / L_i after), plus decay xi.
    So a step costs one more forward pass; it leaves no trace in batch norm or random numbers. Their
    clipping of the gradient to length 1 is left out: Adam does not see a common factor. Called by
    hand, it waits for ``build().look_back(losses, state)``.

    Parameters
    ----------
    weight_rate : float
        Learning rate of xi (theirs, 0.025).
    decay : float
        Weight decay of xi (theirs, 0.01).
    """

    weight_rate: float = 0.025
    decay: float = 0.01

    def build(self):
        return _core.train.FAMO(self.weight_rate, self.decay)
