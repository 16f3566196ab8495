"""The loss of a head that predicts classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from dt4ecg._common import numbers
from dt4ecg.training.head_losses.known import finite_outputs, known_classes
from dt4ecg.training.options import fraction


@dataclass(frozen=True)
class ClassLoss:
    """Mean cross-entropy of class indices.

    Parameters
    ----------
    classes : int
        Number of classes, at least 2, and of the outputs of the head.
    label_smoothing : float, default=0.0
        Fraction of each label that is spread over all classes, in [0, 1).
    weights : sequence of float, optional
        Weight of each class, at least 0. Default: equal weights.

    Raises
    ------
    ValueError
        If a number is outside its range.

    See Also
    --------
    dt4ecg.training.objectives.CrossEntropy : The same for networks that predict classes alone.

    Notes
    -----
    The loss is the mean of :func:`torch.nn.functional.cross_entropy` over the rows whose target is
    not -1, weighted by the class of the row.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.head_losses import ClassLoss
    >>> loss = ClassLoss(4)(torch.zeros(2, 4), torch.tensor([3, -1]))
    >>> round(loss.item(), 4)  # log(4)
    1.3863
    """

    classes: int
    label_smoothing: float = 0.0
    weights: Sequence[float] | None = None

    def __post_init__(self) -> None:
        numbers.integer("ClassLoss", "classes", self.classes, 2)
        fraction("label_smoothing", self.label_smoothing)
        if self.weights is not None:
            weights = [numbers.real(weight) for weight in self.weights]
            legal = len(weights) == self.classes and all(0 <= w < float("inf") for w in weights)
            if not legal or not any(weights):
                raise ValueError(
                    f"ClassLoss: weights must be {self.classes} finite numbers of at least 0, not "
                    f"all 0, got {self.weights!r}"
                )

    @property
    def outputs(self) -> int:
        """Number of outputs that the head needs."""
        return self.classes

    def __call__(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor | None:
        """Return the loss of outputs (n, classes) and class indices (n,); None if none is known."""
        z, labels = known_classes("ClassLoss", outputs, targets, self.classes, self.classes)
        if not len(labels):
            return None
        weight = None if self.weights is None else torch.tensor(self.weights).to(z)
        if weight is not None and not (weight[labels] > 0).any():
            return None
        return torch.nn.functional.cross_entropy(
            z, labels, weight, label_smoothing=self.label_smoothing
        )

    def probabilities(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return the probability of each class (n, classes).

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.training.head_losses import ClassLoss
        >>> ClassLoss(2).probabilities(torch.zeros(1, 2))
        tensor([[0.5000, 0.5000]])
        """
        return finite_outputs("ClassLoss", outputs, self.classes).softmax(1)

    def predict(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return the most probable class (n,).

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.training.head_losses import ClassLoss
        >>> ClassLoss(2).predict(torch.tensor([[0.0, 1.0]]))
        tensor([1])
        """
        return finite_outputs("ClassLoss", outputs, self.classes).argmax(1)
