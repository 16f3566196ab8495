"""The Siamese network of convolutions and a Transformer."""

from __future__ import annotations

import torch

from dt4ecg.biometrics.siamese.layers import CHANNELS, Layers


class CnnTransformer(torch.nn.Module):
    """A backbone of three convolutions and two Transformer layers.

    Each convolution has a kernel of 7 and a stride of 2, with batch norm and ReLU; the channels are
    32, 64 and 64.

    Parameters
    ----------
    in_channels : int
        Number of leads.
    segment_length : int
        Samples of a segment.

    Notes
    -----
    Deshpande, Getnet and Dargie (2025), arXiv 2507.06402 version 1, describe a hybrid of a CNN and
    a Transformer without its sizes. Those here are of this package. Version 2 of their paper has no
    Siamese networks.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.biometrics.siamese import CnnTransformer
    >>> CnnTransformer(1, 300)(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 64, 38])
    """

    def __init__(self, in_channels: int, segment_length: int) -> None:
        super().__init__()
        parts: list[torch.nn.Module] = []
        length = segment_length
        for before, after in ((in_channels, 32), (32, CHANNELS), (CHANNELS, CHANNELS)):
            parts += [
                torch.nn.Conv1d(before, after, 7, 2, padding=3, bias=False),
                torch.nn.BatchNorm1d(after),
                torch.nn.ReLU(),
            ]
            length = (length - 1) // 2 + 1
        self.convolutions = torch.nn.Sequential(*parts)
        self.layers = Layers(length)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return feature maps (batch, 64, tokens) of segments (batch, leads, T)."""
        found: torch.Tensor = self.layers(self.convolutions(x))
        return found
