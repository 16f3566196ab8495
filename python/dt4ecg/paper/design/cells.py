"""A cell: one training, or one fit of a comparator, with one seed.

Cells do not depend on each other, so they can be computed in any order and on any machine.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from dt4ecg.paper.design import published
from dt4ecg.paper.design.sources import Source
from dt4ecg.training.recipes import DEFAULT as PAPERS_RECIPE
from dt4ecg.training.recipes import RECIPES, Recipe

FIRST_PARTS = ("standardize", "schedule", "label_smoothing")  # of recipes
FORMAT = 1  # version of the cell files; cells of another version are computed again


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Settings that both kinds of cells share. The seed determines all random numbers."""

    source: Source
    protocol: str
    seed: int
    tasks: tuple[str, ...]
    epochs: int  # ignored by methods that do not train by passes

    @property
    def title(self) -> str:
        """Return a short name that a person can read."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NetworkCell(Cell):
    """Train a network, by default with the paper's recipe, and test it after the last epoch."""

    backbone: str = "resnet"
    attention: str = "sca"
    weighting: str = "none"
    batch_size: int = published.BATCH_SIZE
    learning_rate: float = published.LEARNING_RATE
    recipe: str = PAPERS_RECIPE

    @property
    def title(self) -> str:
        """Return a short name that a person can read."""
        parts = [self.backbone, self.attention, self.weighting]
        parts += [self.recipe] if self.recipe != PAPERS_RECIPE else []
        parts.append("+".join(self.tasks))
        return f"{'-'.join(parts)}-{self.epochs}epochs-{self.protocol}-seed{self.seed}"


@dataclass(frozen=True, kw_only=True)
class ComparatorCell(Cell):
    """Fit one of :mod:`dt4ecg.paper.comparators` on the training segments and test it."""

    comparator: str

    @property
    def title(self) -> str:
        """Return a short name that a person can read."""
        return f"{self.comparator}-{self.epochs}epochs-{self.protocol}-seed{self.seed}"


def configuration(cell: Cell) -> dict[str, Any]:
    """Return the cell as JSON data. Two cells are equal exactly if their data are equal."""
    plain = {"format": FORMAT, "kind": type(cell).__name__, **asdict(cell)}
    plain["source"]["name"] = cell.source.title  # the digest identifies the data of a folder
    name = plain.pop("recipe", PAPERS_RECIPE)
    if name != PAPERS_RECIPE:  # cells that are older than recipes do not have this key
        # Cells have the preprocessing of the paper, so choices of ``dt4ecg train`` have no effect.
        # Cells that are older than another part of recipes do not have that part.
        defaults = asdict(Recipe(""))
        settings = {
            part: value
            for part, value in asdict(RECIPES[name]).items()
            if part not in ("summary", "overlap", "streamable")
            and (part in FIRST_PARTS or value != defaults[part])
        }
        plain["recipe"] = {"name": name, **settings}
    stored: dict[str, Any] = json.loads(json.dumps(plain))
    return stored


def key(cell: Cell) -> str:
    """Return the file name of a cell: its title and a short hash of its configuration."""
    text = json.dumps(configuration(cell), sort_keys=True)
    return f"{cell.title}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
