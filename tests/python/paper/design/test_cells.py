"""The finished cells in the repository keep their names."""

import json
from pathlib import Path

import pytest

from dt4ecg.paper.design import cells
from dt4ecg.paper.design.sources import Source
from dt4ecg.paper.run.store import Store

STORED = sorted(Path(__file__).parents[4].glob("benchmarks/reproduction/*/cells"))


def cell_of(file):
    plain = json.loads(file.read_text())["cell"]
    assert plain.pop("format") == cells.FORMAT
    kind = getattr(cells, plain.pop("kind"))
    if "recipe" in plain:
        plain["recipe"] = plain["recipe"]["name"]
    plain |= {"source": Source(**plain["source"]), "tasks": tuple(plain["tasks"])}
    return kind(**plain)


@pytest.mark.parametrize("folder", STORED, ids=lambda folder: folder.parent.name)
def test_finished_cells_are_found_again(folder):
    """A changed configuration would compute all cells again."""
    store, files = Store(folder), sorted(folder.glob("*.json"))
    assert files
    for file in files:
        cell = cell_of(file)
        assert store.path(cell) == file
        assert store.read(cell) is not None


def test_cells_are_in_the_repository():
    assert STORED
