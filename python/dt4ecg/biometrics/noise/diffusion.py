"""Denoising diffusion: the noising of images, the loss, and deterministic reverse steps."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

STEPS = 1000
BETAS = (1e-4, 0.02)  # first and last of a linear schedule


def signal_shares() -> torch.Tensor:
    """Return alpha-bar of each time step, float64 (1000,): the share of the image in the power.

    Equation 4 of Ho, Jain and Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020.

    Examples
    --------
    >>> signal_shares()[[0, 30, 999]]
    tensor([9.9990e-01, 9.8771e-01, 4.0358e-05], dtype=torch.float64)
    """
    return (1 - torch.linspace(*BETAS, STEPS, dtype=torch.float64)).cumprod(0)


def noised(x: torch.Tensor, noise: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
    """Return images (n, F, W) with the noise of a time step (n,) (Ho et al., equation 4).

    Examples
    --------
    >>> noised(torch.ones(1, 1, 1), torch.zeros(1, 1, 1), torch.tensor([30])).item() ** 2
    0.987...
    """
    share = signal_shares()[time].to(x.dtype)[:, None, None]
    return share.sqrt() * x + (1 - share).sqrt() * noise


def reverse(
    network: nn.Module, x: torch.Tensor, times: Sequence[int], last: int = -1
) -> torch.Tensor:
    """Remove noise in deterministic steps; the network is called once for each time.

    Equation 12 of Song, Meng and Ermon, "Denoising diffusion implicit models", ICLR 2021, with
    eta = 0. The estimate of the clean image is kept in [-1, 1].

    Parameters
    ----------
    network : torch.nn.Module
        Called as ``network(images, times)``; it returns the noise.
    x : torch.Tensor (n, F, W)
        Images with the noise of the first time.
    times : sequence of int
        Falling time steps.
    last : int, default -1
        Time after the last step; -1 for the clean image.

    Examples
    --------
    >>> no_noise = lambda x, time: torch.zeros_like(x)
    >>> start = torch.full((1, 1, 1), 0.5)
    >>> round(reverse(no_noise, start, [30, 20, 10]).item() * 0.98771**0.5, 3)
    0.5
    """
    shares = signal_shares().to(x.dtype)
    for time, following in zip(times, [*times[1:], last], strict=True):
        share = shares[time]
        noise = network(x, torch.full((len(x),), time))
        clean = ((x - (1 - share).sqrt() * noise) / share.sqrt()).clamp(-1, 1)
        if following < 0:
            x = clean
        else:
            share = shares[following]
            x = share.sqrt() * clean + (1 - share).sqrt() * noise
    return x


class NoiseLoss(nn.Module):
    """The loss of each image, as a module that :class:`dt4ecg.Trainer` can train.

    Parameters
    ----------
    network : torch.nn.Module
        Called as ``network(images, times)``; it returns the noise.
    largest : int, default 1000
        Times are drawn below it.
    """

    def __init__(self, network: nn.Module, largest: int = STEPS) -> None:
        super().__init__()
        self.network = network
        self.largest = largest

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the mean squared error of the noise of each image (Ho et al., equation 14)."""
        time = torch.randint(0, self.largest, (len(x),))
        noise = torch.randn_like(x)
        error = self.network(noised(x, noise, time), time) - noise
        return {"noise": error.square().flatten(1).mean(1, keepdim=True)}


def mean_loss(outputs: dict[str, torch.Tensor], targets: object) -> dict[str, torch.Tensor]:
    """Return the objective that belongs to :class:`NoiseLoss`."""
    return {"noise": outputs["noise"].mean()}
