"""Check that torch is of the minor release that the compiled core was built against."""

import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType


def check() -> None:
    """Raise ImportError unless torch has the minor release of the build.

    torch itself is not imported, since that takes seconds. Neither the last number nor the local
    tag matters: ``2.13.0+cpu`` and ``2.13.1+cu130`` share one C++ interface.
    """
    built, found = _built_version(), _installed_version()
    if found is None:
        raise ImportError(
            f"dt4ecg needs torch {_minor(built)}, and no torch can be imported; {_install(built)}"
        )
    if _minor(found) != _minor(built):
        raise ImportError(
            f"dt4ecg was compiled against torch {built}, but torch {found} is installed; either "
            "compile it again, in its source folder: pip install --no-build-isolation --no-deps "
            f"--force-reinstall . ; or {_install(built)}"
        )


def import_torch() -> ModuleType:
    """Import torch. The compiled core finds the symbols of LibTorch only after that.

    Raises
    ------
    ImportError
        If torch is missing, cannot be loaded or is of another minor release.
    """
    try:
        import torch
    except ImportError as error:
        built = _built_version()
        raise ImportError(
            f"dt4ecg needs torch {_minor(built)}, which cannot be imported ({error}); "
            f"{_install(built)}"
        ) from error
    check()
    return torch


def _built_version() -> str:
    """Return the release of torch that the core was compiled against."""
    try:
        version: str = import_module("dt4ecg._common._built_torch").VERSION
    except ImportError as error:
        raise ImportError(
            "dt4ecg is not compiled; install it with pip install . in its source folder"
        ) from error
    return version


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _install(built: str) -> str:
    return f"install it with: pip install torch=={_minor(built)}.*"


def _installed_version() -> str | None:
    """Return the version of torch, with its local tag, or None if there is no torch."""
    imported = getattr(sys.modules.get("torch"), "__version__", None)
    if imported is not None:  # another thread may be importing torch, which has no version yet
        return str(imported)
    spec = find_spec("torch")
    if spec is None:
        return None
    folders = spec.submodule_search_locations or ()
    for file in (Path(folder) / "version.py" for folder in folders):
        found = re.search(r"^__version__ = '([^']+)'", file.read_text(encoding="utf-8"), re.M)
        if found:
            return found[1]
    import torch

    return torch.__version__
