"""The contrastive loss of pairs."""

from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg._common import numbers
from dt4ecg.training.metric_losses.pairs import pairs_of, within


@dataclass(frozen=True)
class Contrastive:
    """Pull pairs of one person together, and push pairs of two people apart up to a margin.

    Parameters
    ----------
    negative_margin : float, default=1.0
        Distance from which on a pair of two people has no loss, above 0 and at most 2.
    positive_margin : float, default=0.0
        Distance up to which a pair of one person has no loss, at least 0 and below 2.
    across : str, optional
        Name of a target, such as ``"session"``, in which the segments of a pair must differ.

    Raises
    ------
    ValueError
        If a margin is outside its range.

    Notes
    -----
    With the Euclidean distance d of features at unit length, the loss is the mean of
    ``d - positive_margin`` over the pairs of one person in which it is positive, plus the mean of
    ``negative_margin - d`` over the pairs of two people in which it is positive. This is the loss
    of Hadsell et al. (2006), "Dimensionality reduction by learning an invariant mapping", with d
    in place of its square, as the library pytorch-metric-learning has it.

    See Also
    --------
    dt4ecg.training.metric_losses.Triplet : Compares distances instead of limiting them.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.metric_losses import Contrastive
    >>> features = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> loss = Contrastive()({"features": features}, torch.tensor([0, 0, 1]))
    >>> round(loss["contrastive"].item(), 4)  # sqrt(2) + (0.1056 + 0.3675) / 2
    1.6508
    """

    negative_margin: float = 1.0
    positive_margin: float = 0.0
    across: str | None = None
    tasks = ("contrastive",)

    def __post_init__(self) -> None:
        within("Contrastive", "negative_margin", self.negative_margin, 0.0, 2.0)
        if not 0 <= numbers.real(self.positive_margin) < 2:
            raise ValueError(
                "Contrastive: positive_margin must be at least 0 and below 2, got "
                f"{self.positive_margin!r}"
            )

    def __call__(self, outputs: dict[str, torch.Tensor], targets: Any) -> dict[str, torch.Tensor]:
        """Return the loss of a batch, or nothing if the batch has no pair."""
        pairs = pairs_of("Contrastive", outputs, targets, self.across)
        if not (pairs.same.any() or pairs.other.any()):
            return {}
        distance = pairs.distance
        far = (distance - self.positive_margin).clamp(min=0)[pairs.same]
        near = (self.negative_margin - distance).clamp(min=0)[pairs.other]
        return {"contrastive": _mean_of_positive(far) + _mean_of_positive(near)}


def _mean_of_positive(losses: torch.Tensor) -> torch.Tensor:
    return losses.sum() / (losses > 0).sum().clamp(min=1)
