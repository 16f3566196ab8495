"""Import optional packages, with an error that says how to install them."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType


def import_extra(module: str, extra: str, purpose: str) -> ModuleType:
    """Import a module of an optional package.

    Parameters
    ----------
    module : str
    extra : str
        The extra of this package that installs it.
    purpose : str
        What needs it, the start of the error's text.

    Raises
    ------
    ImportError
        If the package is not installed; the text gives the install command.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ImportError(f'{purpose} needs {package}; pip install "dt4ecg[{extra}]"') from error
