"""Task weightings: how much the loss of each task counts in a training step.

The loss of a step is the sum of ``w_i L_i`` over the tasks. A weighting is a callable
``weighting(losses, gram, state) -> weights``:

- ``losses`` has the shape (tasks,): the unweighted losses of this step. The entry of a task
  without labels in the batch is NaN.
- ``gram`` has the shape (tasks, tasks): the inner products of the tasks' unweighted gradients, over
  the parameters that the trainer's ``norm_scope`` selects. ``sqrt(diag(gram))`` are the gradient
  norms. It is None if the callable has an attribute ``needs_gram = False``.
- ``state`` is a :class:`State`. ``state.weights`` holds the weights of the last step (1 at first),
  and ``state.step``, ``state.classes`` and ``state.labelled`` describe the step. Own arrays,
  ``state["name"] = array``, are saved with the training.
- The result has the shape (tasks,): the finite weights of this step. They also weight the
  parameters of a single task (its head), unless the callable has an attribute
  ``weighs_own_parameters = False``. Such parameters then follow the plain loss of their task.

The classes of this module are computed by the C++ core. Any Python callable of this form works too.
"""

from dt4ecg import _core
from dt4ecg.weighting.gradients import IMTLG, MGDA, AlignedMTL, CAGrad, NashMTL, PCGrad
from dt4ecg.weighting.gradnorm import Chen2018, Paper, PaperRenorm, PaperReset
from dt4ecg.weighting.losses import DWA, FAMO, RLW, Equal, Uncertainty
from dt4ecg.weighting.table import ALIASES, DEFAULT, build, describe, get, names

State = _core.train.State

__all__ = [
    "ALIASES",
    "DEFAULT",
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
    "build",
    "describe",
    "get",
    "names",
]


def __dir__() -> list[str]:
    return sorted(__all__)
