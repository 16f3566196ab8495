"""Convolutions over the samples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from dt4ecg.paper.comparators._training import fit_module
from dt4ecg.paper.comparators.setting import Setting


def fit_cnn_identity(X: np.ndarray, y: np.ndarray, setting: Setting):
    """Three convolutions with pooling, then a hidden layer; after Pourbabaee et al. (CMBES 2018).

    Widths and kernels are ours, for 3-second segments.
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
        setting,
    )


def fit_cnn_activity(X: np.ndarray, y: np.ndarray, setting: Setting):
    """Four convolutions with pooling and a global average; after Yun et al. (EMBC 2024).

    Theirs: longer windows of a wearable's ECG. Widths and kernels are ours.
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
        setting,
    )


def convolutions(leads: int, widths: Sequence[int], kernel: int) -> torch.nn.Sequential:
    """Convolution, batch norm, ReLU and pooling by 2 for each width."""
    layers: list[torch.nn.Module] = [torch.nn.BatchNorm1d(leads)]
    for before, width in zip((leads, *widths[:-1]), widths, strict=True):
        layers += [
            torch.nn.Conv1d(before, width, kernel, padding=kernel // 2),
            torch.nn.BatchNorm1d(width),
            torch.nn.ReLU(),
            torch.nn.MaxPool1d(2),
        ]
    return torch.nn.Sequential(*layers)
