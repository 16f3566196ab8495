"""Notice that another program has changed a file since it was read or written."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass
class FileState:
    """The file that an object was read from or written to, and its state at that time.

    Examples
    --------
    >>> import tempfile
    >>> from dt4ecg.biometrics.file_state import FileState
    >>> with tempfile.NamedTemporaryFile("w") as file:
    ...     state = FileState()
    ...     state.note(file.name)
    ...     state.require_unchanged("save", file.name)
    ...     _ = file.write("more")
    ...     file.flush()
    ...     state.require_unchanged("save", file.name)
    Traceback (most recent call last):
    ...
    ValueError: save: another program has changed ... since it was read here, ...
    """

    path: str = ""
    found: tuple[int, int, int] | None = None  # None if there is no file

    def note(self, path: str | os.PathLike[str]) -> None:
        """Note the present state of a file."""
        self.path, self.found = os.path.realpath(path), _state(path)

    def require_unchanged(self, operation: str, path: str | os.PathLike[str]) -> None:
        """Raise ValueError if this is the noted file, and it has changed since."""
        if self.path == os.path.realpath(path) and self.found != _state(path):
            raise ValueError(
                f"{operation}: another program has changed {os.fspath(path)!r} since it was read "
                "here, and its changes would be lost; load it again, or make changes within "
                "Gallery.changing(path, encoder)"
            )


def _state(path: str | os.PathLike[str]) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
