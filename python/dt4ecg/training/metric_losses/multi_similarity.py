"""The multi-similarity loss."""

import math
from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg._common import numbers
from dt4ecg.training.metric_losses.pairs import Pairs, pairs_of, within


@dataclass(frozen=True)
class MultiSimilarity:
    """Weigh the pairs of each segment by how hard they are.

    Parameters
    ----------
    alpha : float, default=2.0
        Steepness for pairs of one person, above 0.
    beta : float, default=50.0
        Steepness for pairs of two people, above 0.
    base : float, default=0.5
        Similarity around which both are centred, above -1 and at most 1.
    epsilon : float or None, default=0.1
        Margin of the choice of pairs, at least 0. A pair of one person counts if it is less similar
        than the most similar other person plus the margin, and the reverse for pairs of two people.
        None lets all pairs count.
    across : str, optional
        Name of a target, such as ``"session"``, in which the segments of a pair must differ.

    Raises
    ------
    ValueError
        If a number is outside its range.

    Notes
    -----
    With the cosine similarity s, the loss of a segment is
    ``log(1 + sum exp(-alpha (s - base))) / alpha`` over its pairs of one person, plus
    ``log(1 + sum exp(beta (s - base))) / beta`` over its pairs of two people. The loss of a batch
    is the mean over all segments. Wang et al. (2019), "Multi-similarity loss with general pair
    weighting for deep metric learning", equations 11 to 13.

    See Also
    --------
    dt4ecg.training.metric_losses.Triplet : Keeps the hardest pairs only.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.metric_losses import MultiSimilarity
    >>> features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> loss = MultiSimilarity(epsilon=None)({"features": features}, torch.tensor([0, 0, 1]))
    >>> round(loss["multi_similarity"].item(), 4)  # 2 / 3 of log(1 + exp(-1)) / 2
    0.1044
    """

    alpha: float = 2.0
    beta: float = 50.0
    base: float = 0.5
    epsilon: float | None = 0.1
    across: str | None = None
    tasks = ("multi_similarity",)

    def __post_init__(self) -> None:
        within("MultiSimilarity", "alpha", self.alpha, 0.0)
        within("MultiSimilarity", "beta", self.beta, 0.0)
        within("MultiSimilarity", "base", self.base, -1.0, 1.0)
        if self.epsilon is not None and not 0 <= numbers.real(self.epsilon) < math.inf:
            raise ValueError(
                "MultiSimilarity: epsilon must be a finite number of at least 0, or None, got "
                f"{self.epsilon!r}"
            )

    def __call__(self, outputs: dict[str, torch.Tensor], targets: Any) -> dict[str, torch.Tensor]:
        """Return the loss of a batch, or nothing if the batch has no pair."""
        pairs = pairs_of("MultiSimilarity", outputs, targets, self.across)
        if not (pairs.same.any() or pairs.other.any()):
            return {}
        s = pairs.similarity
        same, other = (pairs.same, pairs.other) if self.epsilon is None else self._hard(pairs)
        far = _log_one_plus_sum(-self.alpha * (s - self.base), same) / self.alpha
        near = _log_one_plus_sum(self.beta * (s - self.base), other) / self.beta
        return {"multi_similarity": (far + near).mean()}

    def _hard(self, pairs: Pairs) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the pairs that the margin of both kinds keeps."""
        s, epsilon = pairs.similarity.detach(), float(self.epsilon or 0)
        most_similar = s.masked_fill(~pairs.other, -math.inf).amax(1, keepdim=True)
        least_similar = s.masked_fill(~pairs.same, math.inf).amin(1, keepdim=True)
        return (
            pairs.same & (s - epsilon < most_similar),
            pairs.other & (s + epsilon > least_similar),
        )


def _log_one_plus_sum(exponents: torch.Tensor, counted: torch.Tensor) -> torch.Tensor:
    """Return log(1 + sum of exp) over the counted entries of each row, without overflow."""
    one = exponents.new_zeros(len(exponents), 1)
    return torch.cat([one, exponents.masked_fill(~counted, -math.inf)], 1).logsumexp(1)
