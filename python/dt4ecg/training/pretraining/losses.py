"""The losses of pre-training, as functions of projections, and the centre of the teacher."""

from __future__ import annotations

import torch
from torch.nn import functional

CENTERINGS = ("mean", "released")


def distillation(
    student: torch.Tensor,
    teacher: torch.Tensor,
    center: torch.Tensor,
    student_temperature: float = 0.1,
    teacher_temperature: float = 0.04,
) -> torch.Tensor:
    """Return the cross-entropy between the teacher's and the student's views of a segment.

    Parameters
    ----------
    student : Tensor (views, n, d)
        Outputs of the student, the teacher's views first.
    teacher : Tensor (teacher_views, n, d)
        Outputs of the teacher.
    center : Tensor (d,)
        Is subtracted from the teacher's outputs.
    student_temperature, teacher_temperature : float

    Returns
    -------
    Tensor ()
        Mean over segments and over all pairs of a teacher's view with another view of the student.

    Notes
    -----
    Caron et al. (2021), "Emerging Properties in Self-Supervised Vision Transformers", algorithm 1.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.pretraining.losses import distillation
    >>> outputs = torch.zeros(2, 3, 8)
    >>> round(distillation(outputs, outputs, torch.zeros(8)).item(), 4)  # log(8)
    2.0794
    """
    wanted = ((teacher - center) / teacher_temperature).softmax(-1)
    found = (student / student_temperature).log_softmax(-1)
    pairs = [
        -(wanted[i] * found[j]).sum(-1).mean()
        for i in range(len(wanted))
        for j in range(len(found))
        if i != j
    ]
    return torch.stack(pairs).mean()


def next_center(
    center: torch.Tensor, teacher: torch.Tensor, momentum: float, centering: str
) -> torch.Tensor:
    """Return the moving average of the teacher's outputs after a batch.

    Parameters
    ----------
    center : Tensor (d,)
    teacher : Tensor (rows, d)
        Outputs of the teacher.
    momentum : float
        Weight of the old centre.
    centering : {"mean", "released"}
        ``"mean"`` adds the mean over the rows. ``"released"`` divides by the number of rows twice,
        as the released code of Phan et al. (2022) does, so that the centre stays near 0.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.pretraining.losses import next_center
    >>> outputs = torch.tensor([[1.0], [3.0]])
    >>> next_center(torch.zeros(1), outputs, 0.9, "mean")
    tensor([0.2000])
    >>> next_center(torch.zeros(1), outputs, 0.9, "released")
    tensor([0.1000])
    """
    mean = teacher.mean(0)
    if centering == "released":
        mean = mean / len(teacher)
    return momentum * center + (1 - momentum) * mean


def nt_xent(projections: torch.Tensor, temperature: float = 0.1) -> torch.Tensor:
    """Return the normalised temperature-scaled cross-entropy of two views.

    Parameters
    ----------
    projections : Tensor (2, n, d)
        Both views of each segment.
    temperature : float

    Returns
    -------
    Tensor ()
        Mean over the 2 n views. The other view of a segment is the positive, and all other views of
        the batch are negatives.

    Notes
    -----
    Chen et al. (2020), "A Simple Framework for Contrastive Learning of Visual Representations",
    equation 1.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.pretraining.losses import nt_xent
    >>> round(nt_xent(torch.ones(2, 4, 8)).item(), 4)  # log(7)
    1.9459
    """
    n = projections.shape[1]
    vectors = functional.normalize(projections.flatten(0, 1), dim=1)
    logits = vectors @ vectors.T / temperature
    own = torch.eye(2 * n, dtype=torch.bool, device=logits.device)
    positive = torch.arange(2 * n, device=logits.device).roll(n)
    return functional.cross_entropy(logits.masked_fill(own, -torch.inf), positive)


def regression(predictions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Return the squared distance of the prediction from the projection of the other view.

    Parameters
    ----------
    predictions, targets : Tensor (2, n, d)
        Predictions of the trained network, and projections of its moving average. Both are scaled
        to length 1.

    Returns
    -------
    Tensor ()
        Mean over the segments, summed over both directions, from 0 to 8.

    Notes
    -----
    Grill et al. (2020), "Bootstrap your own latent", equation 2.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.pretraining.losses import regression
    >>> regression(torch.ones(2, 4, 8), -torch.ones(2, 4, 8))
    tensor(8.)
    """
    p, z = functional.normalize(predictions, dim=-1), functional.normalize(targets, dim=-1)
    return (2 - 2 * (p * z.flip(0)).sum(-1)).mean(1).sum()
