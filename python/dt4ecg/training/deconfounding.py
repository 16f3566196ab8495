"""Training against confounders: features from which a confounder cannot be predicted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.functional import cross_entropy, linear, log_softmax

from dt4ecg._common import numbers
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.nn.called_module import FEATURES
from dt4ecg.nn.network import Network
from dt4ecg.training.objectives import CrossEntropy

METHODS = ("confusion", "reversal", "confusion-released")
_RELEASED = 10.0  # the factor of the released code


@dataclass(frozen=True)
class Deconfounding:
    """How a training makes the features uninformative about confounders.

    A confounder is a label that goes along with a task and is not its cause, such as the person in
    the recognition of activities. A linear head, which the trained model does not keep, learns to
    predict it from the features; the rest of the network is trained against that head.

    Parameters
    ----------
    method : {"confusion", "reversal", "confusion-released"}, default="confusion"
        ``"confusion"`` moves the predictions of the head towards the uniform distribution, and
        ``"reversal"`` makes its cross-entropy larger. ``"confusion-released"`` is the loss of the
        released code of MOSCARD, for comparisons; see the notes.
    strength : float, default=1.0
        Factor of the loss of the features, above 0. ``"confusion-released"`` has its own. This
        loss is divided among the losses of the tasks, so a weighting of tasks scales it too.

    Raises
    ------
    ValueError
        If the method is another text, or the strength is not a finite number above 0.

    See Also
    --------
    DeconfoundedCrossEntropy : The objective of a trainer.
    dt4ecg.metrics.linear_probe : Measures what remains of a confounder.

    Notes
    -----
    Let p be the softmax of the head W f + b of C classes, for features f. The head always
    minimises its cross-entropy L with f fixed. The features minimise, with W and b fixed,
    ``strength * (-log C - mean_c log p_c)`` in ``"confusion"`` (the divergence of p from the
    uniform distribution; Tzeng et al. 2015, equation 3) and ``-strength * L`` in ``"reversal"``
    (Ganin and Lempitsky 2015, equation 3).

    In the released code of MOSCARD (Pi et al. 2025), head and features both minimise
    ``L - 10 mean(sum_c u_c log p_c)`` with new random weights u_c from 0 to 1 in every step. No
    gradient is stopped, so L draws the confounder into the features.

    Examples
    --------
    >>> from dt4ecg.training import Deconfounding
    >>> Deconfounding("reversal", strength=0.3).strength
    0.3
    """

    method: str = "confusion"
    strength: float = 1.0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(
                f"Deconfounding: method must be one of {', '.join(METHODS)}, got {self.method!r}"
            )
        if not 0 < numbers.real(self.strength) < math.inf:
            raise ValueError(
                f"Deconfounding: strength must be a finite number above 0, got {self.strength!r}"
            )


class DeconfoundedCrossEntropy:
    """Cross-entropy of the tasks of a network, with features trained against confounders.

    The network has a head for each confounder, as for a task. :meth:`dt4ecg.Trainer.fit` takes
    class indices (n, tasks + confounders) in the order of the network's heads; -1 is unknown. The
    history holds the cross-entropy of the tasks alone.

    Parameters
    ----------
    network : dt4ecg.nn.Network
        The network that is trained.
    confounders : sequence of str
        Those of its tasks that are confounders.
    settings : Deconfounding, optional
        Default: ``Deconfounding()``.
    label_smoothing : float, default=0.0
        Of the tasks, in [0, 1).

    Attributes
    ----------
    tasks : tuple of str
        The other tasks.

    Raises
    ------
    ValueError
        If a confounder is not a task of the network, has one class, or no other task remains.

    See Also
    --------
    dt4ecg.DT4ECGClassifier : ``fit(X, y, confounders=...)`` builds this and removes the heads.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> from dt4ecg.training import DeconfoundedCrossEntropy
    >>> X = np.random.default_rng(0).standard_normal((8, 1, 60))
    >>> y = np.array([[0, 0], [1, 0], [0, 1], [1, 1]] * 2)
    >>> tasks = {"activity": 2, "subject": 2}
    >>> network = dt4ecg.nn.Network(tasks=tasks, segment_length=60, seed=0)
    >>> objective = DeconfoundedCrossEntropy(network, ["subject"])
    >>> run = dt4ecg.Trainer(network, objective=objective, epochs=1, n_threads=1).fit(X, y)
    >>> run.history["tasks"]
    ('activity',)
    """

    def __init__(
        self,
        network: Network,
        confounders: Any,
        settings: Deconfounding | None = None,
        label_smoothing: float = 0.0,
    ) -> None:
        self.settings = Deconfounding() if settings is None else settings
        if isinstance(confounders, str):
            raise ValueError(
                f"DeconfoundedCrossEntropy: confounders must be several names, such as "
                f"({confounders!r},)"
            )
        self.confounders = tuple(confounders)
        self._network = network
        self._order = tuple(network.tasks)
        self.tasks = tuple(task for task in self._order if task not in self.confounders)
        self._main = CrossEntropy(label_smoothing)
        self.label_smoothing = self._main.label_smoothing
        single = [name for name in self.confounders if network.tasks.get(name, 0) < 2]
        if single or not self.confounders or not self.tasks:
            raise ValueError(
                "DeconfoundedCrossEntropy: confounders must be tasks of the network with at least "
                f"two classes, next to other tasks; got {self.confounders} of {network.tasks}"
            )

    def __call__(self, outputs: Mapping[str, torch.Tensor], targets: Any) -> dict[str, Any]:
        """Return one loss per task that has a label in targets (n, tasks + confounders)."""
        if not isinstance(targets, torch.Tensor) or targets.dim() != 2:
            raise ValueError(
                "DeconfoundedCrossEntropy: y must be class indices (n, tasks + confounders)"
            )
        if targets.shape[1] != len(self._order):
            raise ValueError(
                f"DeconfoundedCrossEntropy: y must have the columns {', '.join(self._order)}, got "
                f"{targets.shape[1]} columns"
            )
        labels = dict(zip(self._order, targets.unbind(1), strict=True))
        main = torch.stack([labels[task] for task in self.tasks], 1)
        losses: dict[str, Any] = self._main({task: outputs[task] for task in self.tasks}, main)
        terms = [
            self._term(outputs[name], outputs[FEATURES], name, labels[name])
            for name in self.confounders
            if (labels[name] != UNKNOWN).any()
        ]
        if terms and losses:
            # Only the gradient counts, so that the losses are those of the tasks.
            total = torch.stack(terms).sum() / len(losses)
            losses = {task: loss + (total - total.detach()) for task, loss in losses.items()}
        return losses

    def _term(
        self, logits: torch.Tensor, features: torch.Tensor, name: str, labels: torch.Tensor
    ) -> torch.Tensor:
        """Return a loss whose gradient trains the head, and the features against it."""
        known = labels != UNKNOWN
        of_head = cross_entropy(logits[known], labels[known])
        if self.settings.method == "confusion-released":
            log_p = log_softmax(logits[known], 1)
            return of_head - _RELEASED * (torch.rand_like(log_p) * log_p).sum(1).mean()
        head = self._network.heads.get_submodule(name)
        weight, bias = head.get_parameter("weight"), head.get_parameter("bias")
        fixed = linear(features[known], weight.detach(), bias.detach())
        # The gradient of this difference reaches the head alone: that of the features cancels.
        learned = of_head - cross_entropy(fixed, labels[known])
        if self.settings.method == "reversal":
            return learned - self.settings.strength * cross_entropy(fixed, labels[known])
        return learned - self.settings.strength * log_softmax(fixed, 1).mean()
