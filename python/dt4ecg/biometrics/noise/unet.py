"""A small U-Net that estimates the noise of an image at a time step."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from dt4ecg.biometrics.sinusoids import sinusoids

GROUPS = 8


class Block(nn.Module):
    """A residual block of two convolutions, which also reads the time step.

    Parameters
    ----------
    before, after, embedding : int
        Channels of the input, of the output and of the time step.
    """

    def __init__(self, before: int, after: int, embedding: int) -> None:
        super().__init__()
        self.norm_1 = nn.GroupNorm(GROUPS, before)
        self.convolution_1 = nn.Conv2d(before, after, 3, padding=1)
        self.time = nn.Linear(embedding, after)
        self.norm_2 = nn.GroupNorm(GROUPS, after)
        self.convolution_2 = nn.Conv2d(after, after, 3, padding=1)
        self.skip = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def forward(self, x: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        """Map features (n, before, F, W) to (n, after, F, W)."""
        z = self.convolution_1(functional.silu(self.norm_1(x)))
        z = z + self.time(time)[:, :, None, None]
        z = self.convolution_2(functional.silu(self.norm_2(z)))
        added: torch.Tensor = self.skip(x) + z
        return added


class Attention(nn.Module):
    """Self-attention over all places of a feature map."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.attention = nn.MultiheadAttention(channels, 4, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map features to features of the same shape."""
        tokens = self.norm(x).flatten(2).mT
        mixed = self.attention(tokens, tokens, tokens, need_weights=False)[0]
        added: torch.Tensor = x + mixed.mT.reshape(x.shape)
        return added


class UNet(nn.Module):
    """Estimate the noise in images (n, F, W) at times (n,); F and W are multiples of 8.

    Three resolutions, from half of the image's; each has twice the channels of the one above, and
    the lowest one has attention. The form is that of Ho, Jain and Abbeel (2020), smaller.

    Parameters
    ----------
    channels : int
        Channels of the highest resolution, a multiple of 8.

    Examples
    --------
    >>> import torch
    >>> network = UNet(16)
    >>> network(torch.zeros(2, 32, 64), torch.tensor([3, 900])).shape
    torch.Size([2, 32, 64])
    >>> sum(parameter.numel() for parameter in network.parameters())
    239300
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels
        low, middle, high = channels, 2 * channels, 4 * channels
        self.embedding = nn.Sequential(nn.Linear(low, high), nn.SiLU(), nn.Linear(high, high))
        self.stem = nn.Conv2d(4, low, 3, padding=1)
        self.down_1 = Block(low, low, high)
        self.down_2 = Block(low, middle, high)
        self.down_3 = Block(middle, high, high)
        self.attention = Attention(high)
        self.centre = Block(high, high, high)
        self.up_2 = Block(high + middle, middle, high)
        self.up_1 = Block(middle + low, low, high)
        self.norm = nn.GroupNorm(GROUPS, low)
        self.head = nn.Conv2d(low, 4, 3, padding=1)
        for parameter in self.head.parameters():
            nn.init.zeros_(parameter)

    def forward(self, x: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        """Return the noise, of the shape of x."""
        step = self.embedding(sinusoids(time, self.channels))
        # Squares of 2 x 2 pixels become channels, so the costly layers run at half resolution.
        first = self.down_1(self.stem(functional.pixel_unshuffle(x[:, None], 2)), step)
        second = self.down_2(functional.avg_pool2d(first, 2), step)
        third = self.down_3(functional.avg_pool2d(second, 2), step)
        third = self.centre(self.attention(third), step)
        second = self.up_2(torch.cat([_doubled(third), second], 1), step)
        first = self.up_1(torch.cat([_doubled(second), first], 1), step)
        noise = self.head(functional.silu(self.norm(first)))
        return functional.pixel_shuffle(noise, 2)[:, 0]


def _doubled(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")
