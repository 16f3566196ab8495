"""Check that torch is the release that the compiled core was built against."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

REQUIRED = "2.13.0"
_INSTALL = f"install it with: pip install torch=={REQUIRED}"


def check() -> None:
    """Raise ImportError unless the required release of torch is installed.

    torch itself is not imported, since that takes seconds. The local tag does not matter:
    ``2.13.0+cpu`` and ``2.13.0+cu130`` share one C++ interface.
    """
    found = _installed_version()
    if found is None:
        raise ImportError(
            f"dt4ecg needs torch {REQUIRED}, and no torch can be imported; {_INSTALL}"
        )
    if found.split("+")[0] != REQUIRED:
        raise ImportError(
            f"dt4ecg was compiled against torch {REQUIRED}, but torch {found} is installed; "
            f"{_INSTALL}"
        )


def import_torch() -> ModuleType:
    """Import torch. The compiled core finds the symbols of LibTorch only after that.

    Raises
    ------
    ImportError
        If torch is missing, cannot be loaded or is another release.
    """
    try:
        import torch
    except ImportError as error:
        raise ImportError(
            f"dt4ecg needs torch {REQUIRED}, which cannot be imported ({error}); {_INSTALL}"
        ) from error
    check()
    return torch


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
