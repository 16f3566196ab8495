"""Sines and cosines of a place or of a time step, as inputs of a network."""

from __future__ import annotations

import math

import torch


def sinusoids(time: torch.Tensor, channels: int) -> torch.Tensor:
    """Return sines, then cosines, of time steps or places (n,), float32 (n, channels).

    The frequencies are those of Vaswani et al. (2017), section 3.5.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.biometrics.sinusoids import sinusoids
    >>> sinusoids(torch.tensor([0]), 4)
    tensor([[0., 0., 1., 1.]])
    """
    half = channels // 2
    rates = torch.exp(-math.log(10_000) * torch.arange(half) / half)
    angles = time[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)
