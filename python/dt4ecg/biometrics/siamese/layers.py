"""The Transformer layers that both networks share."""

from __future__ import annotations

import torch

from dt4ecg.biometrics.sinusoids import sinusoids

CHANNELS = 64
HEADS = 4
LAYERS = 2


class Layers(torch.nn.Module):
    """Positions and Transformer layers on feature maps (batch, 64, length).

    Parameters
    ----------
    length : int
        Number of tokens.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.biometrics.siamese.layers import Layers
    >>> Layers(10)(torch.zeros(2, 64, 10)).shape
    torch.Size([2, 64, 10])
    """

    position: torch.Tensor

    def __init__(self, length: int) -> None:
        super().__init__()
        self.register_buffer("position", positions(length), persistent=False)
        layer = torch.nn.TransformerEncoderLayer(
            CHANNELS, HEADS, 2 * CHANNELS, dropout=0.0, batch_first=True, norm_first=True
        )
        self.layers = torch.nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.norm = torch.nn.LayerNorm(CHANNELS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return feature maps of the same shape."""
        tokens = self.layers(x.transpose(1, 2) + self.position)
        found: torch.Tensor = self.norm(tokens).transpose(1, 2)
        return found


def positions(length: int) -> torch.Tensor:
    """Return the positions (length, 64) of Vaswani et al. (2017), section 3.5.

    Examples
    --------
    >>> from dt4ecg.biometrics.siamese.layers import positions
    >>> positions(3)[0, :4]
    tensor([0., 1., 0., 1.])
    """
    found = sinusoids(torch.arange(length), CHANNELS)
    return found.reshape(length, 2, CHANNELS // 2).mT.reshape(length, CHANNELS)  # in pairs
