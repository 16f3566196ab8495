"""The loss of a head that predicts ordered ratings."""

from dataclasses import dataclass

import torch
from torch.nn.functional import logsigmoid, softplus

from dt4ecg._common import numbers
from dt4ecg.training.head_losses.known import finite_outputs, known_classes


@dataclass(frozen=True)
class OrdinalLoss:
    """Negative log-likelihood of a cumulative link model, for ratings such as 1 to 9.

    Parameters
    ----------
    levels : int
        Number of ratings K, at least 2. Targets are 0 to K - 1 in their order, and -1 where a
        rating is unknown. The head has K - 1 outputs.

    Raises
    ------
    ValueError
        If `levels` is below 2.

    See Also
    --------
    RegressionLoss : For numbers with equal steps.

    Notes
    -----
    With outputs z and thresholds ``t_1 = z_1, t_k = t_(k-1) + log(1 + exp(z_k))``, the probability
    of a rating up to k is ``P(y <= k) = sigmoid(t_k)``. The thresholds ascend, so every rating has
    a probability above 0, and their sum is 1. This is the logit model of McCullagh (1980),
    "Regression models for ordinal data", in which here every threshold depends on the segment. The
    loss is computed from ``log P(y = k) = log sigmoid(t_k) + log sigmoid(-t_(k-1)) + log
    sigmoid(z_k)``, which does not lose digits. It is the mean over the known ratings.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.head_losses import OrdinalLoss
    >>> ratings = OrdinalLoss(3)
    >>> ratings.probabilities(torch.zeros(1, 2))  # thresholds 0 and log(2)
    tensor([[0.5000, 0.1667, 0.3333]])
    >>> round(ratings(torch.zeros(1, 2), torch.tensor([0])).item(), 4)  # log(2)
    0.6931
    """

    levels: int

    def __post_init__(self) -> None:
        numbers.integer("OrdinalLoss", "levels", self.levels, 2)

    @property
    def outputs(self) -> int:
        """Number of outputs that the head needs."""
        return self.levels - 1

    def __call__(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor | None:
        """Return the loss of outputs (n, levels - 1) and ratings (n,); None if none is known."""
        z, ratings = known_classes("OrdinalLoss", outputs, targets, self.outputs, self.levels)
        if not len(ratings):
            return None
        return torch.nn.functional.nll_loss(_log_probabilities(z), ratings)

    def probabilities(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return the probability of each rating (n, levels).

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.training.head_losses import OrdinalLoss
        >>> OrdinalLoss(2).probabilities(torch.zeros(1, 1))
        tensor([[0.5000, 0.5000]])
        """
        z = finite_outputs("OrdinalLoss", outputs, self.outputs)
        return _log_probabilities(z).exp()

    def expected(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return the mean rating (n,), a number from 0 to levels - 1.

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.training.head_losses import OrdinalLoss
        >>> OrdinalLoss(2).expected(torch.zeros(1, 1))
        tensor([0.5000])
        """
        probabilities = self.probabilities(outputs)
        return probabilities @ torch.arange(self.levels).to(probabilities)

    def predict(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return the median rating (n,), the first one up to which the probability is 1/2.

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.training.head_losses import OrdinalLoss
        >>> OrdinalLoss(3).predict(torch.tensor([[1.0, 0.0], [-9.0, 0.0]]))
        tensor([0, 2])
        """
        z = finite_outputs("OrdinalLoss", outputs, self.outputs)
        return (_thresholds(z) < 0).sum(1)


def _thresholds(z: torch.Tensor) -> torch.Tensor:
    return torch.cat([z[:, :1], softplus(z[:, 1:])], 1).cumsum(1)


def _log_probabilities(z: torch.Tensor) -> torch.Tensor:
    t = _thresholds(z)
    nothing = torch.zeros_like(z[:, :1])
    at_most = torch.cat([logsigmoid(t), nothing], 1)
    above = torch.cat([nothing, logsigmoid(-t)], 1)
    between = torch.cat([nothing, logsigmoid(z[:, 1:]), nothing], 1)
    return at_most + above + between
