"""The loss of a head that predicts a number."""

import math
from dataclasses import dataclass

import torch

from dt4ecg._common import numbers
from dt4ecg.training.head_losses.known import check_shapes, finite_outputs

KINDS = ("squared", "huber")
_LARGEST = 1e15  # the square of a larger number could overflow in float32


@dataclass(frozen=True)
class RegressionLoss:
    """Mean squared error, or Huber's loss, of one number per segment.

    Parameters
    ----------
    kind : {"squared", "huber"}, default="squared"
        ``"squared"`` is ``e**2``. ``"huber"`` is ``e**2 / 2`` up to `delta` and
        ``delta * (|e| - delta / 2)`` beyond it (Huber 1964), so that single wrong targets count
        less. The error e is in units of `scale`.
    delta : float, default=1.0
        The limit of ``"huber"``, above 0.
    mean, scale : float, default=0.0, 1.0
        The head predicts ``(target - mean) / scale``. Take mean and standard deviation of the
        training targets, so that the first predictions are of the right size.

    Raises
    ------
    ValueError
        If `kind` is another text, a number is not finite, or `delta` or `scale` is not above 0.

    See Also
    --------
    OrdinalLoss : For ratings whose steps need not be equal.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.head_losses import RegressionLoss
    >>> outputs, targets = torch.tensor([[0.0], [3.0], [1.0]]), torch.tensor([0.5, 0.0, torch.nan])
    >>> RegressionLoss()(outputs, targets).item()  # (0.25 + 9) / 2
    4.625
    >>> RegressionLoss("huber")(outputs, targets).item()  # (0.125 + 2.5) / 2
    1.3125
    """

    kind: str = "squared"
    delta: float = 1.0
    mean: float = 0.0
    scale: float = 1.0
    outputs = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(
                f"RegressionLoss: kind must be one of {', '.join(KINDS)}, got {self.kind!r}"
            )
        for name in ("delta", "mean", "scale"):
            value = numbers.real(getattr(self, name))
            if not math.isfinite(value) or (name != "mean" and value <= 0):
                legal = "finite" if name == "mean" else "finite and above 0"
                raise ValueError(
                    f"RegressionLoss: {name} must be {legal}, got {getattr(self, name)!r}"
                )

    def __call__(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor | None:
        """Return the loss of outputs (n, 1) and numbers (n,); NaN marks an unknown one."""
        check_shapes("RegressionLoss", outputs, targets, 1)
        if targets.isinf().any() or (targets.abs() > _LARGEST).any():
            raise ValueError(
                f"RegressionLoss: targets must lie within +-{_LARGEST:g}, or be NaN where unknown"
            )
        known = ~targets.isnan()
        if not known.any():
            return None
        wanted = (targets[known].to(outputs) - self.mean) / self.scale
        if self.kind == "squared":
            return torch.nn.functional.mse_loss(outputs[known, 0], wanted)
        return torch.nn.functional.huber_loss(outputs[known, 0], wanted, delta=self.delta)

    def predict(self, outputs: torch.Tensor) -> torch.Tensor:
        """Return the predicted numbers (n,), in the unit of the targets.

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.training.head_losses import RegressionLoss
        >>> RegressionLoss(mean=5.0, scale=2.0).predict(torch.tensor([[0.5]]))
        tensor([6.])
        """
        return self.mean + self.scale * finite_outputs("RegressionLoss", outputs, 1)[:, 0]
