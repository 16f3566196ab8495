"""Finished cells as small JSON files: what a killed run goes on with."""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from dt4ecg.paper.design.cells import Cell, configuration, key
from dt4ecg.paper.run.results import Result
from dt4ecg.storage.container import require_writable, write_bytes


class Store:
    """A folder with one file per finished cell, each written whole or not at all."""

    def __init__(self, folder: Path):
        self.folder = folder
        if folder.exists() and not folder.is_dir():
            raise ValueError(f"reproduce: {folder} is no folder; move it away, or choose another")
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, cell: Cell) -> Path:
        return self.folder / f"{key(cell)}.json"

    def write(self, cell: Cell, result: Result) -> None:
        """Keep a result; compact, since there is a list entry per test segment."""
        plain = asdict(result)
        content = {"cell": configuration(cell), "sha256": _digest(plain), "result": plain}
        text = json.dumps(content, allow_nan=False, separators=(",", ":"))
        write_bytes(self.path(cell), text.encode())

    def require_writable(self, cell: Cell) -> None:
        """Raise before the work the OSError that :meth:`write` would after it."""
        require_writable(self.path(cell))

    def read(self, cell: Cell) -> Result | None:
        """The result of a finished cell; None for an unfinished one.

        A file that is not whole is warned of and counts as unfinished.
        """
        path = self.path(cell)
        try:
            if path.exists() and not path.is_file():
                raise ValueError("it is no regular file")
            content = json.loads(path.read_bytes())
            if content["cell"] != configuration(cell):
                raise ValueError("it is of another cell")
            if content["sha256"] != _digest(content["result"]):
                raise ValueError("its checksum does not fit")
            if content["result"].keys() != {field.name for field in fields(Result)}:
                raise ValueError("it was written by another version")
            return Result(**content["result"])
        except FileNotFoundError:
            return None
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:
            warnings.warn(
                f"reproduce: {path.name} cannot be read ({error}) and counts as unfinished",
                stacklevel=2,
            )
            return None


def _digest(plain: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
