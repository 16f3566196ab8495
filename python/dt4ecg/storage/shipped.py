"""The models that the package has, by name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

SHIPPED = {
    "identity-encoder": ("dt4ecg.biometrics", "identity-encoder.safetensors"),
    "ecg-encoder": ("dt4ecg.training.pretraining", "ecg-encoder.safetensors"),
}
"""Package and file of each; the files are in the folder ``weights`` of the package."""


def is_shipped(path: str | os.PathLike[str]) -> bool:
    """Return whether this is the name of a model of the package, and not that of a file."""
    return isinstance(path, str) and path in SHIPPED and not os.path.exists(path)


@contextmanager
def shipped_file(name: str) -> Iterator[Path]:
    """Give the path of a model of the package.

    Examples
    --------
    >>> from dt4ecg.storage.shipped import shipped_file
    >>> with shipped_file("identity-encoder") as path:
    ...     path.stat().st_size < 1_000_000
    True
    """
    package, file = SHIPPED[name]
    with resources.as_file(resources.files(package) / "weights" / file) as path:
        yield path
