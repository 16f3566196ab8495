"""The dependencies of a built package: those of pyproject.toml, and the torch of the build.

The extension works only with the minor release of torch that it was compiled against.
scikit-build-core calls this file while it writes the metadata of a package.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any


def dynamic_metadata(field: str, settings: Mapping[str, Any]) -> list[str]:
    """Return the requirements; ``settings`` holds ``others`` and the supported range ``torch``."""
    if field != "dependencies":
        raise ValueError(f"runtime_requirements: gives dependencies only, got {field!r}")
    try:
        major, minor = version("torch").split(".")[:2]
    except PackageNotFoundError:  # a source archive needs no torch
        return [f"torch{settings['torch']}", *settings["others"]]
    return [f"torch=={major}.{minor}.*", *settings["others"]]
