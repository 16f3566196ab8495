"""The file of a detector of tampering, as plain data."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from dt4ecg.biometrics import estimator_file
from dt4ecg.biometrics.estimator_file import EstimatorFile
from dt4ecg.biometrics.tamper.images import FREQUENCIES
from dt4ecg.storage.model_file import check_preprocessor, refusing

KIND = "tamper-detector"
SETTINGS = ("network", "sampling_rate", "width", "epochs", "batch_size", "learning_rate")


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
    facts = {"classes": content.classes, "preprocessor": content.preprocessor}
    images = {"images.mean": content.mean, "images.scale": content.scale}
    stored = EstimatorFile(content.settings, content.samples, facts, images, content.parameters)
    estimator_file.write(path, KIND, SETTINGS, stored)


def read(path: str | os.PathLike[str]) -> DetectorFile:
    """Read a detector; the settings and the parameters of the network are not checked yet.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or not that of a detector.
    """
    stored = estimator_file.read(path, KIND, "a detector of tampering", SETTINGS)
    with refusing(path):
        classes, preprocessor = (stored.facts.get(name) for name in ("classes", "preprocessor"))
        if preprocessor is not None:
            check_preprocessor(preprocessor)
        if classes is None or not _are_two_labels(classes):
            raise ValueError(f"classes must be two labels in ascending order, got {classes!r}")
        return DetectorFile(
            stored.settings,
            classes,
            stored.samples,
            preprocessor,
            _scale(stored.tensors, "mean"),
            _scale(stored.tensors, "scale"),
            stored.parameters,
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
