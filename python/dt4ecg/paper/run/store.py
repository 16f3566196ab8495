"""Finished cells as small JSON files, from which a killed run continues."""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from dt4ecg._common.files import require_regular_file
from dt4ecg.paper.design.cells import Cell, configuration, key
from dt4ecg.paper.run.result import Result
from dt4ecg.storage.container import require_writable, write_bytes


class Store:
    """A folder with one file per finished cell. Each file is written atomically."""

    def __init__(self, folder: Path):
        self.folder = folder
        if folder.exists() and not folder.is_dir():
            raise ValueError(
                f"reproduce: {folder} exists and is not a directory; move it, or choose another "
                "output folder"
            )
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, cell: Cell) -> Path:
        """Return the file of a cell."""
        return self.folder / f"{key(cell)}.json"

    def write(self, cell: Cell, result: Result) -> None:
        """Write the result of a cell."""
        plain = asdict(result)
        content = {"cell": configuration(cell), "sha256": _digest(plain), "result": plain}
        # Compact, because a result has a list entry for each test segment.
        text = json.dumps(content, allow_nan=False, separators=(",", ":"))
        write_bytes(self.path(cell), text.encode())

    def require_writable(self, cell: Cell) -> None:
        """Raise the error that :meth:`write` would raise, before the cell is computed."""
        require_writable(self.path(cell))

    def read(self, cell: Cell) -> Result | None:
        """Return the result of a finished cell, or None.

        A damaged file causes a warning and counts as unfinished.
        """
        path = self.path(cell)
        try:
            require_regular_file(path)
            content = json.loads(path.read_bytes())
            if content["cell"] != configuration(cell):
                raise ValueError("it belongs to another cell")
            if content["sha256"] != _digest(content["result"]):
                raise ValueError("its checksum does not match")
            if content["result"].keys() != {field.name for field in fields(Result)}:
                raise ValueError("it was written by another version")
            return Result(**content["result"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            warnings.warn(
                f"reproduce: {path.name} cannot be read ({error}) and counts as unfinished",
                stacklevel=2,
            )
            return None


def _digest(plain: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
