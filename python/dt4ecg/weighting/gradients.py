"""Weightings that combine the tasks' gradients g_i into sum_i w_i g_i.

They compute w from the Gram matrix G = (g_i . g_j) alone, over the parameters that the trainer's
``norm_scope`` selects. The weights apply to the parameters that tasks share. Parameters of a single
task (its head) follow the plain loss of the task: the papers combine gradients of shared parameters
only, and a weight of 0 or below would stop a head or train it away from its task.

A task without labels in a batch, or with a zero gradient, is left out and keeps its weight.
"""

from dataclasses import dataclass

from dt4ecg import _core
from dt4ecg.weighting.base import CoreWeighting, checked_seed


@dataclass(frozen=True)
class PCGrad(CoreWeighting):
    """``pcgrad``: gradient surgery (Yu et al.).

    Two gradients conflict if their inner product is negative. From each g_i, its component along
    every other g_j that it conflicts with is subtracted, one after the other in random order. The
    results are added. Each weight is at least 1, and 1 without conflict.

    Parameters
    ----------
    seed : int, default 0
        Seed of the orders, from 0 to 2**64 - 1. An order is a function of seed and step; it has no
        effect with two tasks.

    References
    ----------
    T. Yu, S. Kumar, A. Gupta, S. Levine, K. Hausman and C. Finn, "Gradient surgery for multi-task
    learning", NeurIPS 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.weighting import PCGrad, State
    >>> conflict = np.array([[1.0, -1.0], [-1.0, 9.0]])
    >>> PCGrad()([2.7, 1.1], conflict, State([15, 3])).round(3)
    array([2.   , 1.111], dtype=float32)
    """

    seed: int = 0

    def build(self) -> _core.train.Weighting:
        return _core.train.PCGrad(checked_seed("pcgrad", self.seed))


@dataclass(frozen=True)
class MGDA(CoreWeighting):
    """``mgda``: the multiple-gradient descent algorithm (Desideri; Sener and Koltun).

    The shortest vector sum_i a_i g_i with a_i >= 0 and sum_i a_i = 1 is found, and w = tasks a. The
    factor keeps the meaning of the learning rate. The task with the smaller gradient has the larger
    weight.

    References
    ----------
    J.-A. Desideri, "Multiple-gradient descent algorithm (MGDA) for multiobjective optimization",
    Comptes Rendus Mathematique 350:313-318, 2012.

    O. Sener and V. Koltun, "Multi-task learning as multi-objective optimization", NeurIPS 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.weighting import MGDA, State
    >>> MGDA()([2.7, 1.1], np.diag([1.0, 9.0]), State([15, 3])).round(3)
    array([1.8, 0.2], dtype=float32)
    """

    def build(self) -> _core.train.Weighting:
        return _core.train.MGDA()


@dataclass(frozen=True)
class CAGrad(CoreWeighting):
    """``cagrad``: conflict-averse gradient descent (Liu et al.).

    With g_0 the mean gradient, the direction is the d with ||d - g_0|| <= c ||g_0|| that has the
    largest min_i d . g_i. It is multiplied by the number of tasks, so that c = 0 equals ``none``.

    Parameters
    ----------
    c : float, default 0.4
        Radius of the ball around g_0, relative to its length, in [0, 1). The default is the
        authors'.

    Notes
    -----
    If the solution of the dual problem is the zero vector, d = g_0, as in the authors' code.

    References
    ----------
    B. Liu, X. Liu, X. Jin, P. Stone and Q. Liu, "Conflict-averse gradient descent for multi-task
    learning", NeurIPS 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.weighting import CAGrad, State
    >>> losses, gram = [2.7, 1.1], np.diag([1.0, 9.0])
    >>> CAGrad()(losses, gram, State([15, 3])).round(3)
    array([2.265, 1.   ], dtype=float32)
    >>> CAGrad(c=0)(losses, gram, State([15, 3]))
    array([1., 1.], dtype=float32)
    """

    c: float = 0.4

    def build(self) -> _core.train.Weighting:
        return _core.train.CAGrad(self.c)


@dataclass(frozen=True)
class IMTLG(CoreWeighting):
    """``imtl_g``: impartial multi-task learning, the gradient part (Liu et al.).

    The combination has equal projections on all unit gradients g_i / ||g_i||. With two tasks, w_i
    is proportional to 1 / ||g_i||. With more tasks a weight may be negative, as in the paper.

    Notes
    -----
    sum_i abs(w_i) is the number of tasks. The paper demands sum_i w_i = 1, which has no solution or
    reverses the direction if the sum is 0 or below.

    References
    ----------
    L. Liu, Y. Li, Z. Kuang, J.-H. Xue, Y. Chen, W. Yang, Q. Liao and W. Zhang, "Towards impartial
    multi-task learning", ICLR 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.weighting import IMTLG, State
    >>> IMTLG()([2.7, 1.1], np.diag([1.0, 9.0]), State([15, 3])).round(3)
    array([1.5, 0.5], dtype=float32)
    """

    def build(self) -> _core.train.Weighting:
        return _core.train.IMTLG()


@dataclass(frozen=True)
class NashMTL(CoreWeighting):
    """``nash_mtl``: multi-task learning as a bargaining game (Navon et al.).

    w > 0 solves (G w)_i = 1 / w_i, and is then scaled to the sum of the number of tasks. With two
    tasks, w_i is proportional to 1 / ||g_i||, as in ``imtl_g``.

    Notes
    -----
    At the paper's scale, the length of a step does not depend on the size of the gradients (the
    authors' code clips it). The weights are found at every step.

    References
    ----------
    A. Navon, A. Shamsian, I. Achituve, H. Maron, K. Kawaguchi, G. Chechik and E. Fetaya,
    "Multi-task learning as a bargaining game", ICML 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.weighting import NashMTL, State
    >>> NashMTL()([2.7, 1.1], np.diag([1.0, 9.0]), State([15, 3])).round(3)
    array([1.5, 0.5], dtype=float32)
    """

    def build(self) -> _core.train.Weighting:
        return _core.train.NashMTL()


@dataclass(frozen=True)
class AlignedMTL(CoreWeighting):
    """``aligned_mtl``: independent component alignment (Senushkin et al.).

    The g_i are replaced by orthogonal vectors of equal length, which are added. The length is the
    smallest singular value of (g_1, ..., g_tasks) that is not 0 up to rounding. So
    w = sqrt(lambda_min) G^(-1/2) 1, with lambda_min the smallest such eigenvalue of G.

    Notes
    -----
    The scale is the paper's times the number of tasks: orthogonal gradients of equal length have
    weights of 1. A weight may be negative.

    References
    ----------
    D. Senushkin, N. Patakin, A. Kuznetsov and A. Konushin, "Independent component alignment for
    multi-task learning", CVPR 2023.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.weighting import AlignedMTL, State
    >>> AlignedMTL()([2.7, 1.1], np.diag([1.0, 9.0]), State([15, 3])).round(3)
    array([1.   , 0.333], dtype=float32)
    """

    def build(self) -> _core.train.Weighting:
        return _core.train.AlignedMTL()
