"""Weightings that combine the tasks' gradients g_i into sum_i w_i g_i.

All find w in the gram matrix G = (g_i . g_j) alone, over the parameters that the trainer's
``norm_scope`` says. They weigh the parameters that tasks share;
each task's own (its head) follow its plain loss, for their papers combine gradients of shared
parameters, and a negative or zero weight would turn a head against its task or halt it. A task
without labels in a batch, or with a zero gradient, has no part and keeps its weight.
"""

from dataclasses import dataclass

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting, seed_of


@dataclass(frozen=True)
class PCGrad(CoreWeighting):
    """``pcgrad``: gradient surgery (Yu et al., NeurIPS 2020).

    From each g_i its part along every other g_j that it conflicts with (negative inner product) is
    taken away, one after the other in random order; what remains is summed. Weights are at least 1,
    and 1 without conflict: their own scale.

    Parameters
    ----------
    seed : int
        The orders are a function of seed and step; they do not matter with two tasks.
    """

    seed: int = 0

    def build(self):
        return _core.train.PCGrad(seed_of("pcgrad", self.seed))


@dataclass(frozen=True)
class MGDA(CoreWeighting):
    """``mgda``: multiple gradient descent (Desideri 2012; Sener and Koltun, NeurIPS 2018).

    The shortest sum_i a_i g_i with a_i >= 0, sum_i a_i = 1; w = tasks a, so that the learning rate
    keeps its meaning. The task with the smaller gradient has the larger weight.
    """

    def build(self):
        return _core.train.MGDA()


@dataclass(frozen=True)
class CAGrad(CoreWeighting):
    """``cagrad``: conflict-averse gradient descent (Liu et al., NeurIPS 2021).

    With g_0 the mean gradient, the direction d of largest min_i d . g_i with
    ||d - g_0|| <= c ||g_0||; times ``tasks``, so that c = 0 is ``none``. Where the dual has the
    zero vector for its answer, d = g_0, as in the authors' code.

    Parameters
    ----------
    c : float
        Radius of the ball about g_0, in [0, 1) (theirs, 0.4).
    """

    c: float = 0.4

    def build(self):
        return _core.train.CAGrad(self.c)


@dataclass(frozen=True)
class IMTLG(CoreWeighting):
    """``imtl_g``: impartial multi-task learning, on gradients (Liu et al., ICLR 2021).

    The combination with equal projections on all g_i / ||g_i||. With two tasks w_i is proportional
    to 1 / ||g_i||; with more, a weight may be negative, as in the paper. sum_i |w_i| = tasks: the
    paper's sum_i w_i = 1 has no solution, or turns the direction round, where the sum is 0 or less.
    """

    def build(self):
        return _core.train.IMTLG()


@dataclass(frozen=True)
class NashMTL(CoreWeighting):
    """``nash_mtl``: multi-task learning as a bargaining game (Navon et al., ICML 2022).

    w > 0 with (G w)_i = 1 / w_i up to a common factor, found at every step; with two tasks w_i is
    proportional to 1 / ||g_i||, as for ``imtl_g``. sum_i w_i = tasks: at the paper's scale a step
    is equally long however small the gradients are (their code clips it).
    """

    def build(self):
        return _core.train.NashMTL()


@dataclass(frozen=True)
class AlignedMTL(CoreWeighting):
    """``aligned_mtl``: independent component alignment (Senushkin et al., CVPR 2023).

    The g_i are replaced by orthogonal vectors of one length, the smallest singular value of
    (g_1, ..., g_tasks) above rounding, and summed: w = sqrt(lambda_min) G^(-1/2) 1. The paper's own
    scale, times ``tasks``: orthogonal gradients of one length have weights of 1. A weight may be
    negative.
    """

    def build(self):
        return _core.train.AlignedMTL()
