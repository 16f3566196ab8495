"""Segments as pictures, for convolutions over two dimensions."""

from __future__ import annotations

import math

import numpy as np
import torch

from dt4ecg.paper.comparators._training import fit_module
from dt4ecg.paper.comparators.setting import Setting


def fit_spectrogram_cnn(X: np.ndarray, y: np.ndarray, setting: Setting):
    """Convolutions over the log spectrogram, after Bento et al. (IJMLC 10:259, 2020).

    Ours: windows of 0.64 s every 0.08 s, and a network of three convolutions.
    """
    window = min(max(8, round(0.64 * setting.sampling_rate)), X.shape[2])
    hop = max(1, round(0.08 * setting.sampling_rate))
    return fit_module(
        lambda classes: torch.nn.Sequential(
            Spectrogram(window, hop), _convolutions(X.shape[1], classes)
        ),
        X,
        y,
        setting,
    )


def fit_colour_cnn(X: np.ndarray, y: np.ndarray, setting: Setting):
    """A light network over colour-coded windows, after Yatbaz et al. (IEEE Sens J 21:14191, 2021).

    Each sample becomes a colour of the range that the training segments span; the window is folded
    into a square picture. Theirs: rows of a picture are body-worn sensors. Ours: each lead is a
    picture of its own.
    """
    low, high = float(X.min()), float(X.max())
    return fit_module(
        lambda classes: torch.nn.Sequential(
            Colours(low, high), _convolutions(3 * X.shape[1], classes)
        ),
        X,
        y,
        setting,
    )


class Spectrogram(torch.nn.Module):
    """Segments (batch, leads, L) to log power (batch, leads, frequencies, times)."""

    window: torch.Tensor

    def __init__(self, window: int, hop: int):
        super().__init__()
        self.hop = hop
        self.register_buffer("window", torch.hann_window(window))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n = len(self.window)
        frames = (x - x.mean(2, keepdim=True)).unfold(2, n, self.hop) * self.window
        return torch.log(torch.fft.rfft(frames).abs().square() + 1e-6).transpose(2, 3)


class Colours(torch.nn.Module):
    """Segments (batch, leads, L) to square pictures (batch, leads * 3, side, side).

    Low samples are blue, those in the middle green, high ones red; the rest of the square is black.
    """

    def __init__(self, low: float, high: float):
        super().__init__()
        self.low, self.range = low, max(high - low, 1e-12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        side = math.ceil(math.sqrt(x.shape[2]))
        value = ((x - self.low) / self.range).clamp(0, 1)
        colours = torch.stack([(1 - 2 * (value - at).abs()).clamp(min=0) for at in (1, 0.5, 0)], 2)
        colours = torch.nn.functional.pad(colours, (0, side * side - x.shape[2]))
        return colours.reshape(len(x), -1, side, side)


def _convolutions(channels: int, classes: int) -> torch.nn.Sequential:
    widths = (16, 32, 64)
    layers: list[torch.nn.Module] = [torch.nn.BatchNorm2d(channels)]
    for before, width in zip((channels, *widths[:-1]), widths, strict=True):
        layers += [
            torch.nn.Conv2d(before, width, 3, padding=1),
            torch.nn.BatchNorm2d(width),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2, ceil_mode=True),
        ]
    return torch.nn.Sequential(
        *layers,
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(widths[-1], classes),
    )
