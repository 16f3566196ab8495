"""Finished results of a study, one per cell, in a file that a later run continues."""

import json
from pathlib import Path

import numpy as np

from dt4ecg.cli.json_output import write_json


class Cells:
    """The predictions of each arm and seed, as letters in a JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.all: list[dict] = json.loads(path.read_text()) if path.exists() else []
        for cell in self.all:
            cell["predicted"] = [int(letter) for letter in cell["predicted"]]

    def has(self, kind: str, name: str, share: float, seed: int) -> bool:
        """Return whether a cell is finished."""
        return any(
            (c["kind"], c["name"], c["share"], c["seed"]) == (kind, name, share, seed)
            for c in self.all
        )

    def of(self, kind: str, name: str, share: float) -> list[dict]:
        """Return the cells of an arm, by seed."""
        mine = [c for c in self.all if (c["kind"], c["name"], c["share"]) == (kind, name, share)]
        return sorted(mine, key=lambda cell: cell["seed"])

    def add(
        self,
        kind: str,
        name: str,
        share: float,
        seed: int,
        predicted: np.ndarray,
        seconds: int = 0,
    ) -> None:
        """Keep a cell, and write all cells."""
        self.all.append(
            {
                "kind": kind,
                "name": name,
                "share": share,
                "seed": seed,
                "cpu_seconds": seconds,
                "predicted": [int(p) for p in predicted],
            }
        )
        write_json(
            self.path,
            [cell | {"predicted": "".join(map(str, cell["predicted"]))} for cell in self.all],
        )
