"""The frame of the files of the noise model and of the detector of tampering."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch

from dt4ecg._common.numbers import integer
from dt4ecg.storage import container
from dt4ecg.storage.model_file import plain, refusing, tensors_under

_NETWORK = "network."


class EstimatorFile(NamedTuple):
    """The content of a file.

    Attributes
    ----------
    settings : dict
        Arguments of the estimator.
    samples : int
        Samples per segment.
    facts : dict
        Further entries of the header.
    tensors : dict of str to torch.Tensor
        Further tensors.
    parameters : dict of str to torch.Tensor
        The ``state_dict`` of the network.

    Examples
    --------
    >>> from dt4ecg.biometrics.estimator_file import EstimatorFile
    >>> EstimatorFile({"width": 64}, 300, {}, {}, {}).samples
    300
    """

    settings: Mapping[str, Any]
    samples: int
    facts: Mapping[str, Any]
    tensors: Mapping[str, torch.Tensor]
    parameters: Mapping[str, torch.Tensor]


def write(
    path: str | os.PathLike[str], kind: str, names: Sequence[str], content: EstimatorFile
) -> None:
    """Write an estimator to one file, atomically; `names` are those of the settings to keep.

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError
        If JSON cannot hold a setting or a fact.
    """
    header = {
        "kind": kind,
        "settings": {name: plain(content.settings[name]) for name in names},
        "samples": content.samples,
    }
    network = {_NETWORK + name: value for name, value in content.parameters.items()}
    container.write(path, network | dict(content.tensors), header | dict(content.facts))


def read(
    path: str | os.PathLike[str], kind: str, owner: str, names: Sequence[str]
) -> EstimatorFile:
    """Read a file of this kind, whose owner an error names.

    The values of the settings, the facts and the tensors are not checked yet.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or of another kind.
    """
    tensors, header = container.read(path)
    if header.get("kind") != kind:
        raise ValueError(f"load: {str(path)!r} is a file of dt4ecg, but not that of {owner}")
    with refusing(path):
        settings = header.get("settings")
        if not isinstance(settings, Mapping) or set(settings) != set(names):
            raise ValueError(f"settings must have the fields {', '.join(names)}")
        samples = integer("load", "samples", header.get("samples"), 1)
    others = {name: value for name, value in tensors.items() if not name.startswith(_NETWORK)}
    return EstimatorFile(settings, samples, header, others, tensors_under(_NETWORK, tensors))
