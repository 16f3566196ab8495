"""The file of a detector of tampering, as plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg._common.numbers import integer
from dt4ecg.biometrics.tamper.images import FREQUENCIES
from dt4ecg.storage import container
from dt4ecg.storage.model_file import check_preprocessor, plain, refusing, tensors_under

KIND = "tamper-detector"
SETTINGS = ("network", "sampling_rate", "width", "epochs", "batch_size", "learning_rate")
_NETWORK = "network."


@dataclass(frozen=True)
class DetectorFile:
    """The content of the file.

    Attributes
    ----------
    settings : dict
        Arguments of the detector: those of `SETTINGS`.
    classes : list
        Label of clean segments, and label of tampered ones.
    samples : int
        Samples per segment.
    preprocessor : dict or None
        As :meth:`dt4ecg.Preprocessor.to_dict` returns it.
    mean, scale : torch.Tensor (frequencies, 1)
        Mean and standard deviation of the training images.
    parameters : dict of str to torch.Tensor
        The ``state_dict`` of the network.
    """

    settings: Mapping[str, Any]
    classes: list[Any]
    samples: int
    preprocessor: Mapping[str, Any] | None
    mean: torch.Tensor
    scale: torch.Tensor
    parameters: Mapping[str, torch.Tensor]


def write(path: str | os.PathLike[str], content: DetectorFile) -> None:
    """Write a detector to one file, atomically.

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError
        If JSON cannot hold a label or a setting.
    """
    header = {
        "kind": KIND,
        "settings": {name: plain(content.settings[name]) for name in SETTINGS},
        "classes": content.classes,
        "samples": content.samples,
        "preprocessor": content.preprocessor,
    }
    tensors = {_NETWORK + name: value for name, value in content.parameters.items()}
    images = {"images.mean": content.mean, "images.scale": content.scale}
    container.write(path, tensors | images, header)


def read(path: str | os.PathLike[str]) -> DetectorFile:
    """Read a detector; the settings and the parameters of the network are not checked yet.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or not that of a detector.
    """
    tensors, header = container.read(path)
    if header.get("kind") != KIND:
        raise ValueError(
            f"load: {str(path)!r} is a file of dt4ecg, but not that of a detector of tampering"
        )
    with refusing(path):
        settings, preprocessor = header.get("settings"), header.get("preprocessor")
        if not isinstance(settings, Mapping) or set(settings) != set(SETTINGS):
            raise ValueError(f"settings must have the fields {', '.join(SETTINGS)}")
        if preprocessor is not None:
            check_preprocessor(preprocessor)
        classes = header.get("classes")
        if classes is None or not _are_two_labels(classes):
            raise ValueError(f"classes must be two labels in ascending order, got {classes!r}")
        return DetectorFile(
            settings,
            classes,
            integer("load", "samples", header.get("samples"), 1),
            preprocessor,
            _scale(tensors, "mean"),
            _scale(tensors, "scale"),
            tensors_under(_NETWORK, tensors),
        )


def _are_two_labels(classes: Any) -> bool:
    return (
        isinstance(classes, list)
        and len(classes) == 2
        and type(classes[0]) is type(classes[1])
        and isinstance(classes[0], bool | int | float | str)
        and bool(classes[0] < classes[1])  # not so for NaN
    )


def _scale(tensors: Mapping[str, torch.Tensor], name: str) -> torch.Tensor:
    found = tensors.get(f"images.{name}")
    legal = (
        found is not None
        and found.shape == (len(FREQUENCIES), 1)
        and found.dtype == torch.float32
        and bool(found.isfinite().all())
        and (name == "mean" or bool((found > 0).all()))
    )
    if not legal or found is None:
        raise ValueError(f"images.{name} must be {len(FREQUENCIES)} finite float32 numbers")
    return found
