"""Projection heads, which pre-training adds to a network and which are dropped afterwards."""

from __future__ import annotations

import torch
from torch.nn import functional


class DistillationHead(torch.nn.Module):
    """The head of DINO: three layers, a vector of length 1, and its products with prototypes.

    Parameters
    ----------
    features : int
        Length of the features.
    outputs : int
        Number of prototypes. Each has length 1.
    hidden : int, default=512
        Units of the first two layers.
    bottleneck : int, default=128
        Units of the third layer.

    Notes
    -----
    Caron et al. (2021), section 3.2 and appendix C. The sizes are those of the released code of
    Phan et al. (2022), which has 65,536 prototypes.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.pretraining.heads import DistillationHead
    >>> found = DistillationHead(16, 32)(torch.ones(2, 16))
    >>> found.shape, bool((found.abs() <= 1).all())
    (torch.Size([2, 32]), True)
    """

    def __init__(
        self, features: int, outputs: int, hidden: int = 512, bottleneck: int = 128
    ) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(features, hidden),
            torch.nn.GELU(),
            torch.nn.Linear(hidden, hidden),
            torch.nn.GELU(),
            torch.nn.Linear(hidden, bottleneck),
        )
        for layer in self.layers:
            if isinstance(layer, torch.nn.Linear):
                torch.nn.init.trunc_normal_(layer.weight, std=0.02)
                torch.nn.init.zeros_(layer.bias)
        self.prototypes = torch.nn.Parameter(torch.randn(outputs, bottleneck))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the cosines (n, outputs) of features (n, channels) with the prototypes."""
        vectors = functional.normalize(self.layers(x), dim=-1)
        return functional.linear(vectors, functional.normalize(self.prototypes, dim=-1))


def projection(features: int, hidden: int = 256, outputs: int = 128) -> torch.nn.Sequential:
    """Return two layers with batch norm between, as SimCLR and BYOL have them.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.training.pretraining.heads import projection
    >>> projection(16)(torch.ones(2, 16)).shape
    torch.Size([2, 128])
    """
    return torch.nn.Sequential(
        torch.nn.Linear(features, hidden),
        torch.nn.BatchNorm1d(hidden),
        torch.nn.ReLU(),
        torch.nn.Linear(hidden, outputs),
    )
