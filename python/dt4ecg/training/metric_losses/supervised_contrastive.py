"""The supervised contrastive loss, with the weights of hard negatives of CroMoTEX."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from dt4ecg.training.metric_losses.pairs import Pairs, column, pairs_of, within

WEIGHTS = ("none", "linear", "topk", "exp")


@dataclass(frozen=True)
class SupervisedContrastive:
    """Give each segment a high share of similarity to its own person, among all of the batch.

    Parameters
    ----------
    weights : {"none", "linear", "topk", "exp"}, default="none"
        Weight of the other people's segments in the denominator. ``"linear"`` rises from 1 for the
        least similar to `hardness` for the most similar, ``"topk"`` is `hardness` for the most
        similar ones, and ``"exp"`` is ``1 + exp(hardness s / temperature)``.
    mask_positives : bool, default=True
        Weigh the segments of other people only, as the paper's text says. False weighs the person's
        own segments too, as the released code does.
    pair_weight : float, default=1.0
        Weight of a pair whose target ``"pair"`` is equal, such as two views of one segment, next to
        1 for other pairs of one person. CroMoTEX has 3. It needs the target ``"pair"`` unless it is
        1.
    temperature : float, default=0.1
        Divides the similarities, above 0. CroMoTEX has 0.01.
    across : str, optional
        Name of a target, such as ``"session"``, ``"activity"`` or ``"view"``, in which a segment
        and those that it is compared with must differ. With the modality as ``"view"``, the loss is
        that of CroMoTEX.
    hardness : float, default=5.0
        Largest weight of the choices above; at least 1.
    share : float, default=0.1
        Share of the compared segments that ``"topk"`` takes for hard, above 0 and at most 1.

    Raises
    ------
    ValueError
        If a setting is outside its range.

    Notes
    -----
    The loss of segment i is ``-sum_j m_ij log(e^(s_ij/t) / sum_k w_ik e^(s_ik/t)) / sum_j m_ij``,
    with j over its person's segments and k over all segments that it is compared with. m is 1, or
    the weight of the pair. The batch has the mean over the segments with at least one pair. Without
    weights, this is equation 2 of Khosla et al. (2020), "Supervised contrastive learning". The
    weights are those of Punyamoorty et al. (2025), CroMoTEX, arXiv 2506.19329. All sums are of
    logarithms, so that ``"exp"`` is finite at t = 0.01, where the released code overflows. That
    code also adds 1e-6 and 1e-8 to its quotients.

    See Also
    --------
    dt4ecg.training.metric_losses.MultiSimilarity : Weighs pairs of both kinds.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.metric_losses import SupervisedContrastive
    >>> features = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> objective = SupervisedContrastive(temperature=1.0)
    >>> loss = objective({"features": features}, torch.tensor([0, 0, 1]))
    >>> round(loss["supervised_contrastive"].item(), 4)  # log(1 + exp(-1))
    0.3133
    """

    weights: str = "none"
    mask_positives: bool = True
    pair_weight: float = 1.0
    temperature: float = 0.1
    across: str | None = None
    hardness: float = 5.0
    share: float = 0.1
    tasks = ("supervised_contrastive",)

    def __post_init__(self) -> None:
        loss = "SupervisedContrastive"
        if self.weights not in WEIGHTS:
            choices = ", ".join(WEIGHTS)
            raise ValueError(f"{loss}: weights must be one of {choices}, got {self.weights!r}")
        within(loss, "pair_weight", self.pair_weight, 0.0)
        within(loss, "temperature", self.temperature, 0.0)
        if within(loss, "hardness", self.hardness, 0.0) < 1:
            raise ValueError(f"{loss}: hardness must be at least 1, got {self.hardness!r}")
        within(loss, "share", self.share, 0.0, 1.0)

    def __call__(self, outputs: dict[str, torch.Tensor], targets: Any) -> dict[str, torch.Tensor]:
        """Return the loss of a batch, or nothing if no segment has one of the same person."""
        pairs = pairs_of("SupervisedContrastive", outputs, targets, self.across)
        anchors = pairs.same.any(1)
        if not anchors.any():
            return {}
        logits = pairs.similarity / self.temperature
        compared = pairs.same | pairs.other
        exponents = (logits + self._log_weights(pairs, logits)).masked_fill(~compared, -math.inf)
        log_shares = logits[anchors] - exponents[anchors].logsumexp(1, keepdim=True)
        m = pairs.same[anchors].to(logits.dtype)
        if self.pair_weight != 1:
            pair = column("SupervisedContrastive", targets, "pair", len(logits))
            m = torch.where((pair[:, None] == pair)[anchors], m * self.pair_weight, m)
        losses = -(log_shares * m).sum(1) / m.sum(1)
        return {"supervised_contrastive": losses.mean()}

    def _log_weights(self, pairs: Pairs, logits: torch.Tensor) -> torch.Tensor:
        """Return the logarithm of w (n, n); the entries that are not compared have no meaning."""
        if self.weights == "none":
            return torch.zeros_like(logits)
        weighed = pairs.other if self.mask_positives else pairs.same | pairs.other
        if self.weights == "exp":
            log_weights = functional.softplus(self.hardness * logits, threshold=80)
        elif self.weights == "linear":
            log_weights = self._rising(pairs, logits).log()
        else:
            log_weights = self._largest(logits, weighed)
        return torch.where(weighed, log_weights, 0.0)

    def _rising(self, pairs: Pairs, logits: torch.Tensor) -> torch.Tensor:
        """Return weights from 1 to `hardness` between the extremes of the other people."""
        if self.mask_positives:
            low = logits.masked_fill(~pairs.other, math.inf).amin(1, keepdim=True)
            high = logits.masked_fill(~pairs.other, -math.inf).amax(1, keepdim=True)
            low, high = (torch.where(high >= low, x, 0.0) for x in (low, high))
        else:  # the released code counts the person's own segments as similarity 0
            others = torch.where(pairs.other, logits, 0.0)
            low, high = others.amin(1, keepdim=True), others.amax(1, keepdim=True)
        slope = (self.hardness - 1) / (high - low + 1e-8)
        return (1 + slope * (logits - low)).clamp(min=1e-6)

    def _largest(self, logits: torch.Tensor, weighed: torch.Tensor) -> torch.Tensor:
        """Return log(`hardness`) for the share of the weighed segments that is most similar."""
        order = logits.detach().masked_fill(~weighed, -math.inf).argsort(1, descending=True)
        hard = (self.share * weighed.sum(1, keepdim=True)).floor()
        rank = order.argsort(1)
        return (rank < hard) * math.log(self.hardness)
