"""Networks with one-dimensional convolutions over the samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from dt4ecg.paper.comparators.base import FitSettings, Predict
from dt4ecg.paper.comparators.module_training import fit_module


def fit_cnn_identity(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Train three convolutions and a hidden layer, after Pourbabaee et al. [1]_.

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
    Widths and kernels are our choice for 3-second segments.

    References
    ----------
    .. [1] Pourbabaee et al., CMBES 2018.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> X = np.random.default_rng(0).normal(size=(4, 1, 100)).astype(np.float32)
    >>> predict = fit_cnn_identity(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).shape
    (4,)
    """
    return fit_module(
        lambda classes: torch.nn.Sequential(
            convolutions(X.shape[1], (32, 64, 128), kernel=9),
            torch.nn.AdaptiveAvgPool1d(4),
            torch.nn.Flatten(),
            torch.nn.Linear(4 * 128, 128),
            torch.nn.ReLU(),
            torch.nn.Linear(128, classes),
        ),
        X,
        y,
        settings,
    )


def fit_cnn_activity(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Train four convolutions and a global average, after Yun et al. [1]_.

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
    The paper uses longer windows of a wearable's ECG. Widths and kernels are our choice.

    References
    ----------
    .. [1] Yun et al., EMBC 2024.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> X = np.random.default_rng(0).normal(size=(4, 1, 100)).astype(np.float32)
    >>> predict = fit_cnn_activity(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).shape
    (4,)
    """
    return fit_module(
        lambda classes: torch.nn.Sequential(
            convolutions(X.shape[1], (16, 32, 64, 64), kernel=15),
            torch.nn.AdaptiveAvgPool1d(1),
            torch.nn.Flatten(),
            torch.nn.Linear(64, classes),
        ),
        X,
        y,
        settings,
    )


def convolutions(leads: int, widths: Sequence[int], kernel: int) -> torch.nn.Sequential:
    """Return convolution, batch norm, ReLU and pooling by 2 for each width.

    Parameters
    ----------
    leads : int
        Channels of the segments.
    widths : sequence of int
        Output channels of each convolution.
    kernel : int
        Length of each kernel in samples.

    Returns
    -------
    torch.nn.Sequential
        Maps (batch, leads, length) to (batch, widths[-1], length // 2 ** len(widths)).

    Examples
    --------
    >>> import torch
    >>> convolutions(1, (4, 8), kernel=9)(torch.zeros(2, 1, 100)).shape
    torch.Size([2, 8, 25])
    """
    layers: list[torch.nn.Module] = [torch.nn.BatchNorm1d(leads)]
    for before, width in zip((leads, *widths[:-1]), widths, strict=True):
        layers += [
            torch.nn.Conv1d(before, width, kernel, padding=kernel // 2),
            torch.nn.BatchNorm1d(width),
            torch.nn.ReLU(),
            torch.nn.MaxPool1d(2),
        ]
    return torch.nn.Sequential(*layers)
