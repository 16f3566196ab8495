"""Recurrent networks as backbones: the GRU, and other sizes of the LSTM."""

from __future__ import annotations

import torch

from dt4ecg._common import numbers

CELLS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
HIDDEN = 64  # as the backbone "lstm" of the core


class Recurrent(torch.nn.Module):
    """Batch norm and a layer of recurrent cells that read the samples of a segment in turn.

    The backbone ``"gru"`` of :class:`dt4ecg.nn.Network` is such a layer with 64 units, and the
    backbone ``"lstm"`` of the core is its counterpart. They suit short sequences, such as a minute
    of heart rate. The network averages their states over time.

    Parameters
    ----------
    in_channels : int
        Number of values per sample.
    cell : {"gru", "lstm"}, default "gru"
        Kind of cell: gated recurrent unit (Cho et al. 2014) or long short-term memory (Hochreiter
        and Schmidhuber 1997), as :class:`torch.nn.GRU` and :class:`torch.nn.LSTM` compute them.
    hidden : int, default 64
        Number of units, at least 1.

    Raises
    ------
    ValueError
        If there is no such cell, or a number is below 1.

    See Also
    --------
    dt4ecg.nn.register_backbone : Adds one with another number of units.
    dt4ecg.datasets.heart_rate_windows : Windows of heart rate.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> dt4ecg.nn.Recurrent(1, hidden=8)(torch.zeros(2, 1, 60)).shape
    torch.Size([2, 8, 60])

    A backbone of 8 units:

    >>> dt4ecg.nn.register_backbone("gru_8", lambda leads, _: dt4ecg.nn.Recurrent(leads, hidden=8))
    >>> network = dt4ecg.nn.Network("gru_8", "none", tasks={"state": 4}, segment_length=60)
    """

    def __init__(self, in_channels: int, cell: str = "gru", hidden: int = HIDDEN) -> None:
        super().__init__()
        if cell not in CELLS:
            raise ValueError(f"Recurrent: cell must be one of {', '.join(CELLS)}, got {cell!r}")
        channels = numbers.integer("Recurrent", "in_channels", in_channels, 1)
        hidden = numbers.integer("Recurrent", "hidden", hidden, 1)
        self.norm = torch.nn.BatchNorm1d(channels)
        self.layer = CELLS[cell](channels, hidden, batch_first=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the states (batch, hidden, length) of segments (batch, in_channels, length)."""
        states: torch.Tensor = self.layer(self.norm(x).transpose(1, 2))[0]
        return states.transpose(1, 2)


def gru(in_channels: int, segment_length: int) -> Recurrent:
    """Build the backbone ``"gru"``; it has the same parameters for every length of segments."""
    return Recurrent(in_channels, "gru")
