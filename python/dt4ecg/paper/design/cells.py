"""A cell: one training or one comparator with one seed, which nothing else in the grid touches."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any

from dt4ecg.paper.design import published
from dt4ecg.paper.design.sources import Source
from dt4ecg.training.recipes import DEFAULT as PAPERS_RECIPE
from dt4ecg.training.recipes import RECIPES

FORMAT = 1  # of cells and results: what an older one wrote is computed again


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What both kinds share: data, how they are divided, the tasks, and the seed of all chance."""

    source: Source
    protocol: str
    seed: int
    tasks: tuple[str, ...]
    epochs: int  # of what trains by passes

    @property
    def title(self) -> str:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class NetworkCell(Cell):
    """Train a network and test it after the last epoch; by the paper's recipe unless it says so."""

    backbone: str = "resnet"
    attention: str = "sca"
    weighting: str = "none"
    batch_size: int = published.BATCH_SIZE
    learning_rate: float = published.LEARNING_RATE
    recipe: str = PAPERS_RECIPE

    @property
    def title(self) -> str:
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
        return f"{self.comparator}-{self.epochs}epochs-{self.protocol}-seed{self.seed}"


def configuration(cell: Cell) -> dict[str, Any]:
    """The cell as JSON knows it; equal exactly for equal cells."""
    plain = {"format": FORMAT, "kind": type(cell).__name__, **asdict(cell)}
    name = plain.pop("recipe", PAPERS_RECIPE)
    if name != PAPERS_RECIPE:  # cells from before there was a choice do not say
        settings = asdict(RECIPES[name])
        del settings["summary"]
        plain["recipe"] = {"name": name, **settings}
    return json.loads(json.dumps(plain))


def key(cell: Cell) -> str:
    """A name for people with a short hash of the whole configuration for the machine."""
    text = json.dumps(configuration(cell), sort_keys=True)
    return f"{cell.title}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
