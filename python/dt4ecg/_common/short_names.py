"""Packages that users import by a shorter name than the place of their folder."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType


class ShortNames(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Make ``import short`` and ``from short import X`` give the module of the long name.

    Parameters
    ----------
    names : mapping of str to str
        The long name of each short one.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._specs: dict[str, importlib.machinery.ModuleSpec | None] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a short name, and None for any other."""
        if fullname not in self._names:
            return None
        return importlib.machinery.ModuleSpec(fullname, self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Return the module of the long name, which may have been imported before."""
        module = importlib.import_module(self._names[spec.name])
        self._specs[spec.name] = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec back, which the import of the short name has replaced."""
        assert module.__spec__ is not None
        module.__spec__ = self._specs[module.__spec__.name]

    def install(self) -> None:
        """Use the names in all later imports."""
        sys.meta_path.append(self)
