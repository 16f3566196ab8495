"""Networks with two-dimensional convolutions over pictures of the segments."""

from __future__ import annotations

import math

import numpy as np
import torch

from dt4ecg.paper.comparators.base import FitSettings, Predict
from dt4ecg.paper.comparators.module_training import fit_module


def fit_spectrogram_cnn(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Train convolutions over the logarithm of the spectrogram, after Bento et al. [1]_.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Sampling rate, seed and number of epochs.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Notes
    -----
    The windows of 0.64 s, the hop of 0.08 s and the network of three convolutions are our choice.

    References
    ----------
    .. [1] Bento et al., IJMLC 10:259, 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> X = np.random.default_rng(0).normal(size=(4, 1, 100)).astype(np.float32)
    >>> predict = fit_spectrogram_cnn(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).shape
    (4,)
    """
    window = min(max(8, round(0.64 * settings.sampling_rate)), X.shape[2])
    hop = max(1, round(0.08 * settings.sampling_rate))
    return fit_module(
        lambda classes: torch.nn.Sequential(
            Spectrogram(window, hop), _convolutions(X.shape[1], classes)
        ),
        X,
        y,
        settings,
    )


def fit_colour_cnn(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Train a small network over colour-coded windows, after Yatbaz et al. [1]_.

    Each sample becomes a colour, scaled to the range of the training segments. The window is folded
    into a square picture.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Seed and number of epochs.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Notes
    -----
    In the paper, the rows of a picture are body-worn sensors. In this version, each lead is a
    picture with three channels.

    References
    ----------
    .. [1] Yatbaz et al., IEEE Sensors Journal 21:14191, 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> X = np.random.default_rng(0).normal(size=(4, 1, 100)).astype(np.float32)
    >>> predict = fit_colour_cnn(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).shape
    (4,)
    """
    low, high = float(X.min()), float(X.max())
    return fit_module(
        lambda classes: torch.nn.Sequential(
            Colours(low, high), _convolutions(3 * X.shape[1], classes)
        ),
        X,
        y,
        settings,
    )


class Spectrogram(torch.nn.Module):
    """Map segments (batch, leads, length) to log power (batch, leads, frequencies, times).

    Parameters
    ----------
    window : int
        Length of the Hann window in samples.
    hop : int
        Distance of two windows in samples.

    Examples
    --------
    >>> import torch
    >>> Spectrogram(window=64, hop=8)(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 1, 33, 30])
    """

    window: torch.Tensor

    def __init__(self, window: int, hop: int):
        super().__init__()
        self.hop = hop
        self.register_buffer("window", torch.hann_window(window))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logarithm of the power of each window."""
        n = len(self.window)
        frames = (x - x.mean(2, keepdim=True)).unfold(2, n, self.hop) * self.window
        return torch.log(torch.fft.rfft(frames).abs().square() + 1e-6).transpose(2, 3)


class Colours(torch.nn.Module):
    """Map segments (batch, leads, length) to square pictures (batch, leads * 3, side, side).

    Low samples are blue, medium samples green and high samples red. The rest of the square is
    black.

    Parameters
    ----------
    low, high : float
        Amplitudes of the ends of the colour scale.

    Examples
    --------
    >>> import torch
    >>> Colours(0.0, 1.0)(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 3, 18, 18])
    """

    def __init__(self, low: float, high: float):
        super().__init__()
        self.low, self.range = low, max(high - low, 1e-12)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the pictures; their sides are the rounded-up root of the length."""
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
