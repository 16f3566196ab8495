"""The loss of a guided training: cross-entropy, agreement of maps with windows, and the rhythm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg._common import numbers
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.training.objectives import CrossEntropy
from dt4ecg.training.options import fraction

RHYTHM_OUTPUT = "rhythm features"
_SMALLEST = 1e-6


def cross_correlation(maps: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the normalised cross-correlation of each map with its target, at lag 0.

    Parameters
    ----------
    maps, targets : Tensor (n, length)

    Returns
    -------
    Tensor (n,)
        Pearson's correlation, from -1 to 1; 0 for a constant map or target.

    Raises
    ------
    ValueError
        If the shapes differ.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.guidance import cross_correlation
    >>> cross_correlation(torch.tensor([[0.0, 1.0, 2.0]]), torch.tensor([[3.0, 5.0, 7.0]]))
    tensor([1.0000])
    """
    if maps.dim() != 2 or maps.shape != targets.shape:
        raise ValueError(
            "cross_correlation: needs maps and targets of one shape (n, length), got "
            f"{tuple(maps.shape)} and {tuple(targets.shape)}"
        )
    x = maps - maps.mean(1, keepdim=True)
    y = targets - targets.mean(1, keepdim=True)
    # Constant rows divide by the smallest length, so their gradient is finite.
    norms = (
        x.square().sum(1).clamp_min(_SMALLEST**2).sqrt()
        * y.square().sum(1).clamp_min(_SMALLEST**2).sqrt()
    )
    return (x * y).sum(1) / norms


@dataclass(frozen=True)
class GuidanceLoss:
    """Loss of a :class:`dt4ecg.nn.MapNetwork` that is guided towards the waves of the heartbeats.

    The targets are those of :meth:`GuidanceTargets.with_labels`.

    Parameters
    ----------
    classes : dict of str to int
        Number of classes of each task.
    weight : float, default 1.0
        Weight of the guidance, at least 0.
    rhythm_weight : float, default 0.1
        Weight of the features of the rhythm, at least 0. Only with an output ``"rhythm features"``.
        Their loss is divided among the tasks, so a weighting of tasks scales it too.
    label_smoothing : float, default 0.0
        As in :class:`~dt4ecg.training.objectives.CrossEntropy`.

    Raises
    ------
    ValueError
        If a weight is negative or not finite, or the label smoothing outside [0, 1).

    See Also
    --------
    dt4ecg.nn.MapNetwork : Returns the maps.

    Notes
    -----
    The loss of a task is ``cross-entropy + weight * mean(1 - NCC(relu(map), windows))``, where the
    map is that of the true class, and NCC the normalised cross-correlation. The mean is over
    segments with a label and at least one R peak. EXGnet [1]_ names this loss; its weight, its
    target and the use of its quantitative features are not published, so they are ours. Here a
    linear layer on the pooled features predicts the features of the rhythm, and its Huber loss is
    divided among the tasks.

    References
    ----------
    .. [1] T. T. Showrav, S. I. Lincoln, M. K. Hasan, "EXGnet: a single-lead explainable-AI guided
           multiresolution network with train-only quantitative features for trustworthy ECG
           arrhythmia classification", arXiv 2506.12404, 2025.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.guidance import GuidanceLoss
    >>> maps = torch.tensor([[0.0, 0.0, 0.0, 0.0, 1.0, 0.0]])  # two classes, three steps
    >>> targets = {"labels": torch.tensor([[1]]), "windows": torch.tensor([[0.0, 1.0, 0.0]])}
    >>> loss = GuidanceLoss({"activity": 2}, weight=5.0)({"activity": maps}, targets)
    >>> round(loss["activity"].item(), 4)  # log(1 + exp(-1/3)): the map is the window
    0.5403
    """

    classes: Mapping[str, int]
    weight: float = 1.0
    rhythm_weight: float = 0.1
    label_smoothing: float = 0.0

    def __post_init__(self) -> None:
        for name in ("weight", "rhythm_weight"):
            value = numbers.real(getattr(self, name))
            if not 0 <= value < float("inf"):
                raise ValueError(
                    f"GuidanceLoss: {name} must be a finite number of at least 0, got "
                    f"{getattr(self, name)!r}"
                )
        fraction("label_smoothing", self.label_smoothing)

    @property
    def tasks(self) -> tuple[str, ...]:
        """Names of the losses: the tasks."""
        return tuple(self.classes)

    def __call__(
        self, outputs: Mapping[str, torch.Tensor], targets: Any
    ) -> dict[str, torch.Tensor]:
        """Return one loss per task that has a label in this batch."""
        if not isinstance(targets, Mapping):
            raise TypeError(
                "GuidanceLoss: targets must be a dictionary with labels and windows, such as "
                f"GuidanceTargets.with_labels(y), got {type(targets).__name__}"
            )
        losses = {}
        for column, (task, classes) in enumerate(self.classes.items()):
            maps = outputs[task].reshape(len(outputs[task]), classes, -1)
            labels = targets["labels"][:, column]
            if (labels != UNKNOWN).any():
                entropy = CrossEntropy(self.label_smoothing)
                losses[task] = entropy({task: maps.mean(2)}, labels[:, None])[task]
                if self.weight > 0:
                    losses[task] = losses[task] + self.weight * self._disagreement(
                        maps, labels, targets["windows"]
                    )
        rhythm = self._rhythm(outputs, targets)
        return {task: loss + rhythm / len(losses) for task, loss in losses.items()}

    def _disagreement(
        self, maps: torch.Tensor, labels: torch.Tensor, windows: torch.Tensor
    ) -> torch.Tensor:
        rows = ((labels != UNKNOWN) & (windows > 0).any(1)).nonzero()[:, 0]
        if not len(rows):
            return maps.new_zeros(())
        return (1 - cross_correlation(maps[rows, labels[rows]].relu(), windows[rows])).mean()

    def _rhythm(
        self, outputs: Mapping[str, torch.Tensor], targets: Mapping[str, torch.Tensor]
    ) -> torch.Tensor:
        predicted = outputs.get(RHYTHM_OUTPUT)
        if predicted is None or self.rhythm_weight == 0:
            return torch.zeros(())
        wanted = targets["rhythm"]
        known = ~wanted.isnan()
        if not known.any():
            return predicted.new_zeros(())
        loss = torch.nn.functional.smooth_l1_loss(predicted[known], wanted[known])
        return self.rhythm_weight * loss
