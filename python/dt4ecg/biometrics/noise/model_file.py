"""The file of a noise model, as plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg.biometrics import estimator_file
from dt4ecg.biometrics.estimator_file import EstimatorFile
from dt4ecg.storage.model_file import refusing

KIND = "noise-model"
SETTINGS = (
    "sampling_rate",
    "width",
    "unit",
    "channels",
    "epochs",
    "batch_size",
    "learning_rate",
    "start",
    "calls",
    "times",
)


@dataclass(frozen=True)
class NoiseFile:
    """The content of the file.

    Attributes
    ----------
    settings : dict
        Arguments of the model: those of `SETTINGS`.
    samples : int
        Samples per segment.
    noise : torch.Tensor (frequencies, width)
        The noise that is added to an image to score it.
    parameters : dict of str to torch.Tensor
        The ``state_dict`` of the network.
    """

    settings: Mapping[str, Any]
    samples: int
    noise: torch.Tensor
    parameters: Mapping[str, torch.Tensor]


def write(path: str | os.PathLike[str], content: NoiseFile) -> None:
    """Write a model to one file, atomically.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    stored = EstimatorFile(
        content.settings, content.samples, {}, {"noise": content.noise}, content.parameters
    )
    estimator_file.write(path, KIND, SETTINGS, stored)


def read(path: str | os.PathLike[str]) -> NoiseFile:
    """Read a model; the settings and the parameters of the network are not checked yet.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or not that of a noise model.
    """
    stored = estimator_file.read(path, KIND, "a noise model", SETTINGS)
    with refusing(path):
        noise = stored.tensors.get("noise")
        if noise is None or noise.dtype != torch.float32 or not noise.isfinite().all():
            raise ValueError("noise must be finite float32 numbers")
    return NoiseFile(stored.settings, stored.samples, noise, stored.parameters)
