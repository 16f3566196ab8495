"""The file of an encoder: a network without trained heads, its preprocessor, and texts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch

from dt4ecg.nn import Network
from dt4ecg.nn.checks import require_sizes
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage import container, model_file
from dt4ecg.storage.parameters import load_into

ECG_ENCODER = "ecg-encoder"
IDENTITY_ENCODER = "identity-encoder"
KINDS = {ECG_ENCODER: "an ECG encoder", IDENTITY_ENCODER: "an identity encoder"}
_HEADER = ("kind", "network", "preprocessor", "about")


@dataclass(frozen=True)
class EncoderFile:
    """The content of the file of an encoder."""

    kind: str
    network: Network
    preprocessor: Preprocessor | None = None
    about: Mapping[str, str] = field(default_factory=dict)


def texts(operation: str, about: object) -> dict[str, str]:
    """Return the texts that are stored with an encoder; None has none.

    Raises
    ------
    TypeError
        If it is not a mapping of texts.

    Examples
    --------
    >>> texts("save", {"data": "ward 3"})
    {'data': 'ward 3'}
    """
    if about is None:
        return {}
    if not isinstance(about, Mapping) or not all(
        isinstance(text, str) for item in about.items() for text in item
    ):
        raise TypeError(
            f"{operation}: about must be a dictionary of texts or None, got {about!r}; write "
            "numbers as texts"
        )
    return dict(about)


def write(path: str | os.PathLike[str], encoder: EncoderFile) -> None:
    """Write an encoder to one file, atomically and without pickle.

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError
        If ``encoder.about`` does not hold texts.
    """
    about = texts("save", encoder.about)
    pre = encoder.preprocessor
    container.write(
        path,
        encoder.network.state_dict(),
        {
            "kind": encoder.kind,
            "network": encoder.network.spec,
            "preprocessor": None if pre is None else pre.to_dict(),
            "about": about,
        },
    )


def read(
    path: str | os.PathLike[str],
    kinds: tuple[str, ...] = tuple(KINDS),
    network_class: type[Network] = Network,
) -> EncoderFile:
    """Read an encoder of one of these kinds, whose network is of this class.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is damaged, or of another kind.
    """
    tensors, header = container.read(path)
    if header.get("kind") not in kinds:
        raise ValueError(
            f"load: {str(path)!r} is not {' or '.join(KINDS[kind] for kind in kinds)}; dt4ecg.load "
            "reads the other kinds of models"
        )
    with model_file.refusing(path):
        return _content(tensors, header, network_class)


def _content(
    tensors: Mapping[str, torch.Tensor], header: Mapping[str, Any], network_class: type[Network]
) -> EncoderFile:
    if missing := [name for name in _HEADER if name not in header]:
        raise ValueError(f"the header lacks {', '.join(missing)}")
    spec, about, stored = header["network"], header["about"], header["preprocessor"]
    model_file.check_network(spec)
    if stored is not None:
        model_file.check_preprocessor(stored)
    if not isinstance(about, dict) or not all(isinstance(v, str) for v in about.values()):
        raise ValueError("the entry 'about' must be an object of texts")
    require_sizes(spec, tensors)
    network = network_class(**spec)
    load_into(network, tensors)
    preprocessor = None if stored is None else Preprocessor.from_dict(stored)
    return EncoderFile(header["kind"], network.eval(), preprocessor, about)
