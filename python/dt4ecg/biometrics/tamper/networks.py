"""Networks that classify wavelet images as clean or tampered.

Each takes images (n, frequencies, width), whose frequencies are the channels of convolutions over
time, and returns ``{"tampered": logits (n, 2)}``.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from dt4ecg.nn import Network
from dt4ecg.nn.contexts import seeded

TASK = "tampered"
CHANNELS = 64
HEADS = 4
LAYERS = 2


class EncoderLayer(nn.Module):
    """A layer of a Transformer encoder, normalised first (Vaswani et al. 2017; Xiong et al. 2020).

    Parameters
    ----------
    channels : int
    feed_forward : torch.nn.Module
        It maps (n, channels, time) to the same shape.
    """

    def __init__(self, channels: int, feed_forward: nn.Module) -> None:
        super().__init__()
        self.norm_1 = nn.LayerNorm(channels)
        self.attention = nn.MultiheadAttention(channels, HEADS, batch_first=True)
        self.norm_2 = nn.LayerNorm(channels)
        self.feed_forward = feed_forward

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Map tokens (n, time, channels) to tokens."""
        z = self.norm_1(x)
        x = x + self.attention(z, z, z, need_weights=False)[0]
        mixed: torch.Tensor = x + self.feed_forward(self.norm_2(x).mT).mT
        return mixed


class ConvolutionTransformer(nn.Module):
    """Features of a small CNN, read by a Transformer over time.

    The paper names FeatCNN-Tran and FeatCNN-TranCNN but does not publish their layers, so these
    are ours: two convolutions, two layers with four heads, and the mean over time.

    Parameters
    ----------
    frequencies, width : int
        Size of the images.
    kernel : int
        Kernel of the two convolutions of the feed-forward part: 1 for a plain Transformer, 3 for a
        convolutional one.
    """

    def __init__(self, frequencies: int, width: int, kernel: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv1d(frequencies, CHANNELS, 5, padding=2, bias=False),
            nn.BatchNorm1d(CHANNELS),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Conv1d(CHANNELS, CHANNELS, 5, padding=2, bias=False),
            nn.BatchNorm1d(CHANNELS),
            nn.ReLU(),
        )
        self.position = nn.Parameter(0.02 * torch.randn(width // 2, CHANNELS))
        self.layers = nn.Sequential(
            *(
                EncoderLayer(
                    CHANNELS,
                    nn.Sequential(
                        nn.Conv1d(CHANNELS, 2 * CHANNELS, kernel, padding=kernel // 2),
                        nn.ReLU(),
                        nn.Conv1d(2 * CHANNELS, CHANNELS, kernel, padding=kernel // 2),
                    ),
                )
                for _ in range(LAYERS)
            )
        )
        self.norm = nn.LayerNorm(CHANNELS)
        self.head = nn.Linear(CHANNELS, 2)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the logits of each image."""
        tokens = self.layers(self.features(x).mT + self.position)
        return {TASK: self.head(self.norm(tokens).mean(1))}


def _backbone(name: str) -> Callable[[int, int], nn.Module]:
    def build(frequencies: int, width: int) -> nn.Module:
        return Network(
            backbone=name,
            attention="none",
            tasks={TASK: 2},
            in_channels=frequencies,
            segment_length=width,
        )

    return build


NETWORKS: dict[str, Callable[[int, int], nn.Module]] = {
    "cnn": _backbone("cnn"),
    "resnet": _backbone("resnet"),
    "featcnn-tran": lambda frequencies, width: ConvolutionTransformer(frequencies, width, 1),
    "featcnn-trancnn": lambda frequencies, width: ConvolutionTransformer(frequencies, width, 3),
}


def build(name: str, frequencies: int, width: int, seed: int) -> nn.Module:
    """Return a network with the initial parameters of a seed.

    Examples
    --------
    >>> import torch
    >>> build("featcnn-tran", 32, 64, seed=0)(torch.zeros(3, 32, 64))["tampered"].shape
    torch.Size([3, 2])
    """
    with seeded(seed):
        return NETWORKS[name](frequencies, width)
