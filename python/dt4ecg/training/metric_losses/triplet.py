"""The triplet loss with the hardest triplet of each segment."""

from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg.training.metric_losses.pairs import pairs_of, within


@dataclass(frozen=True)
class Triplet:
    """Bring the farthest segment of the same person nearer than the nearest other person.

    Parameters
    ----------
    margin : float, default=0.2
        Required difference of the two distances, above 0 and at most 2.
    across : str, optional
        Name of a target, such as ``"session"``, in which the segments of a pair must differ.

    Raises
    ------
    ValueError
        If the margin is outside its range.

    Notes
    -----
    The loss is the mean over the segments of ``max(0, farthest - nearest + margin)``, with
    Euclidean distances of features at unit length. This is the batch-hard form of Hermans et al.
    (2017), "In defense of the triplet loss for person re-identification", equation 5. A segment
    that lacks one of the two pairs is left out.

    See Also
    --------
    dt4ecg.training.metric_losses.MultiSimilarity : Weighs all pairs instead of two.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.metric_losses import Triplet
    >>> features = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    >>> loss = Triplet(margin=0.5)({"features": features}, torch.tensor([0, 0, 1, 1]))
    >>> round(loss["triplet"].item(), 4)  # all four distances are equal
    0.5
    """

    margin: float = 0.2
    across: str | None = None
    tasks = ("triplet",)

    def __post_init__(self) -> None:
        within("Triplet", "margin", self.margin, 0.0, 2.0)

    def __call__(self, outputs: dict[str, torch.Tensor], targets: Any) -> dict[str, torch.Tensor]:
        """Return the loss of a batch, or nothing if no segment has both kinds of pairs."""
        pairs = pairs_of("Triplet", outputs, targets, self.across)
        anchors = pairs.same.any(1) & pairs.other.any(1)
        if not anchors.any():
            return {}
        distance = pairs.distance
        farthest = distance.masked_fill(~pairs.same, -1.0).amax(1)[anchors]
        nearest = distance.masked_fill(~pairs.other, 3.0).amin(1)[anchors]
        return {"triplet": (farthest - nearest + self.margin).clamp(min=0).mean()}
