"""Backbones with two encoders, of the segment and of its spectrogram, and a fusion of both."""

from __future__ import annotations

from collections import OrderedDict

import torch

from dt4ecg import _core
from dt4ecg.nn.stage import Stage
from dt4ecg.nn.two_views.time_frequency import Spectrogram

SEGMENT_BACKBONE = "resnet"
_HEADS = 4


class _TwoViews(torch.nn.Module):
    """Both encoders: ``segment`` and ``spectrogram``."""

    def __init__(self, in_channels: int, segment_length: int) -> None:
        super().__init__()
        graphs = _core.nn.backbone(SEGMENT_BACKBONE, in_channels, segment_length)
        stages: OrderedDict[str, torch.nn.Module] = OrderedDict(
            (stage, Stage(graph)) for stage, graph in graphs
        )
        self.segment = torch.nn.Sequential(stages)
        self.spectrogram = Spectrogram(in_channels, segment_length)
        self.channels: int = graphs[-1][1].output_shapes[0][0]


class Gated(_TwoViews):
    """A backbone that weighs a segment and its spectrogram by a gate.

    The gate is a softmax of two numbers, which a linear layer computes from the features of both
    encoders. Each number multiplies the features of its encoder, and the products are concatenated.

    Parameters
    ----------
    in_channels : int
        Number of leads.
    segment_length : int
        Samples of a segment, at least 25.

    Raises
    ------
    ValueError
        If a segment is too short.

    See Also
    --------
    CoAttention : The segment asks the spectrogram.
    dt4ecg.pretraining.SelfDistillation : Pre-trains each encoder.

    Notes
    -----
    Phan et al. (2022), arXiv 2210.06297; their code concatenates the two products instead of
    adding them.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> network = dt4ecg.nn.Network("gated", "none", tasks={"rhythm": 3}, seed=0)
    >>> network.embed(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 224])
    """

    def __init__(self, in_channels: int, segment_length: int) -> None:
        super().__init__(in_channels, segment_length)
        self.gate = torch.nn.Linear(self.channels + Spectrogram.channels, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return feature maps (batch, 224, 1) of segments (batch, leads, T)."""
        waveform = self.segment(x).mean(-1)
        image = self.spectrogram(x).mean(-1)
        shares = self.gate(torch.cat([waveform, image], 1)).softmax(1)
        return torch.cat([shares[:, :1] * waveform, shares[:, 1:] * image], 1)[..., None]


class CoAttention(_TwoViews):
    """A backbone whose segment asks its spectrogram by attention.

    Each time step of the segment's feature maps is a query; keys and values are the time steps of
    the spectrogram's. The answers are added to the segment's feature maps.

    Parameters
    ----------
    in_channels : int
        Number of leads.
    segment_length : int
        Samples of a segment, at least 25.

    Raises
    ------
    ValueError
        If a segment is too short.

    See Also
    --------
    Gated : Weighs the pooled features of both.

    Notes
    -----
    Pi et al. (2025), "MOSCARD", arXiv 2506.19174, fuse ECG and X-ray images by co-attention. Here
    the spectrogram has the part of the X-ray image.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> network = dt4ecg.nn.Network("co_attention", "none", tasks={"rhythm": 3}, seed=0)
    >>> network.embed(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 128])
    """

    def __init__(self, in_channels: int, segment_length: int) -> None:
        super().__init__(in_channels, segment_length)
        self.attention = torch.nn.MultiheadAttention(
            self.channels,
            _HEADS,
            kdim=Spectrogram.channels,
            vdim=Spectrogram.channels,
            batch_first=True,
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return feature maps (batch, 128, length) of segments (batch, leads, T)."""
        waveform: torch.Tensor = self.segment(x)
        image = self.spectrogram(x).mT
        answers, _ = self.attention(waveform.mT, image, image, need_weights=False)
        found: torch.Tensor = waveform + answers.mT
        return found
