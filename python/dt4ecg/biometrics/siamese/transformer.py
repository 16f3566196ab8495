"""The Siamese Transformer."""

from __future__ import annotations

import torch

from dt4ecg.biometrics.siamese.layers import CHANNELS, Layers


class Transformer(torch.nn.Module):
    """A backbone of two Transformer layers on patches of a segment.

    Patches of 20 samples at a distance of 5, which is 0.2 s and 0.05 s at 100 Hz, become tokens of
    64 channels.

    Parameters
    ----------
    in_channels : int
        Number of leads.
    segment_length : int
        Samples of a segment, at least 20.

    Raises
    ------
    ValueError
        If a segment is shorter than a patch.

    Notes
    -----
    Deshpande, Getnet and Dargie (2025), arXiv 2507.06402 version 1, describe a Siamese Transformer
    without its sizes. Patches, layers and channels are those of this package. Version 2 of their
    paper has no Siamese networks.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.biometrics.siamese import Transformer
    >>> Transformer(1, 300)(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 64, 57])
    """

    patch = 20
    step = 5

    def __init__(self, in_channels: int, segment_length: int) -> None:
        super().__init__()
        if segment_length < self.patch:
            raise ValueError(
                f"Transformer: segments need at least {self.patch} samples, got {segment_length}"
            )
        self.patches = torch.nn.Conv1d(in_channels, CHANNELS, self.patch, self.step)
        self.layers = Layers((segment_length - self.patch) // self.step + 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return feature maps (batch, 64, tokens) of segments (batch, leads, T)."""
        found: torch.Tensor = self.layers(self.patches(x))
        return found
