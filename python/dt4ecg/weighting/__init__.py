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

from dt4ecg import _core
from dt4ecg.weighting.gradients import IMTLG, MGDA, AlignedMTL, CAGrad, NashMTL, PCGrad
from dt4ecg.weighting.gradnorm import Chen2018, Paper, PaperRenorm, PaperReset
from dt4ecg.weighting.losses import DWA, FAMO, RLW, Equal, Uncertainty
from dt4ecg.weighting.table import DEFAULT, build, describe, get, names

State = _core.train.State

__all__ = [
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
