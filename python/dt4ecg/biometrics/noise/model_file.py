"""The file of a noise model, as plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg._common.numbers import integer
from dt4ecg.storage import container
from dt4ecg.storage.model_file import plain, refusing, tensors_under

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
_NETWORK = "network."


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
    header = {
        "kind": KIND,
        "settings": {name: plain(content.settings[name]) for name in SETTINGS},
        "samples": content.samples,
    }
    tensors = {_NETWORK + name: value for name, value in content.parameters.items()}
    container.write(path, tensors | {"noise": content.noise}, header)


def read(path: str | os.PathLike[str]) -> NoiseFile:
    """Read a model; the settings and the parameters of the network are not checked yet.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or not that of a noise model.
    """
    tensors, header = container.read(path)
    if header.get("kind") != KIND:
        raise ValueError(f"load: {str(path)!r} is a file of dt4ecg, but not that of a noise model")
    with refusing(path):
        settings, noise = header.get("settings"), tensors.get("noise")
        if not isinstance(settings, Mapping) or set(settings) != set(SETTINGS):
            raise ValueError(f"settings must have the fields {', '.join(SETTINGS)}")
        if noise is None or noise.dtype != torch.float32 or not noise.isfinite().all():
            raise ValueError("noise must be finite float32 numbers")
        return NoiseFile(
            settings,
            integer("load", "samples", header.get("samples"), 1),
            noise,
            tensors_under(_NETWORK, tensors),
        )
