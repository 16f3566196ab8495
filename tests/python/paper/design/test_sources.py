"""Whose segments a run is of, and the finished cells that stand in the repository."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from dt4ecg.cli import main
from dt4ecg.paper import plan
from dt4ecg.paper.design import cells, published, tables
from dt4ecg.paper.design.sources import Source, segments
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
    """A change of a configuration's fields would compute them all anew."""
    store, files = Store(folder), sorted(folder.glob("*.json"))
    assert files
    for file in files:
        cell = cell_of(file)
        assert store.path(cell) == file
        assert store.read(cell) is not None


def test_cells_are_in_the_repository():
    assert STORED


@pytest.fixture
def uneven(folder, tmp_path):
    """Recordings of a, who comes first, and twice as many of b and c; of nobody any activity."""
    rows = ["file,sampling_rate,subject,activity"]
    for i, who in enumerate("abcbc"):
        shutil.copy(folder / "0.npy", tmp_path / f"{i}.npy")
        rows.append(f"{i}.npy,250,{who},")
    (tmp_path / "manifest.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def test_people_with_the_most_recordings_are_kept(uneven):
    assert segments(Source(str(uneven), subjects=2)).classes["identity"] == ["b", "c"]
    assert segments(Source(str(uneven), subjects=1)).classes["identity"] == ["b"]
    kept = segments(Source(str(uneven), subjects=2))
    assert sorted(np.unique(kept.groups)) == [1, 2, 3, 4]
    assert plan(str(uneven), subjects=3).source.sha256 == plan(str(uneven)).source.sha256


@pytest.mark.usefixtures("ecg_id_folder")
def test_table_ii_of_people_at_rest():
    laid_out = plan("ecg-id", protocol="session", subjects=20)
    assert len(segments(laid_out.source).classes["identity"]) == 20
    assert laid_out.tasks == laid_out.scored == ("identity",)
    for row, work in zip(tables.table_ii(laid_out).rows, published.TABLE_II, strict=False):
        told = row.note == "activity cannot be scored on these data with session"
        assert told == (work.task == "activity")
        assert bool(row.cells) == (work.task == "identity")


def test_fewer_people_than_asked_for(uneven):
    with pytest.raises(ValueError, match=r"has segments of 3 people, not of 4"):
        plan(str(uneven), subjects=4)


def test_the_report_says_how_many_people(uneven, tmp_path, monkeypatch):
    monkeypatch.setattr("dt4ecg.paper.comparators.neighbours._TRIALS", 1)
    monkeypatch.chdir(tmp_path)
    run = ["reproduce", "--table", "II", "--data", str(uneven), "--subjects", "2", "--quiet"]
    assert main([*run, "--preset", "quick", "--seeds", "1"]) == 0
    name = f"reproduce-{uneven.name}-2-people-random-quick"
    report = (tmp_path / "runs" / name / "report.md").read_text()
    assert "2 people: 24 segments from 4 recordings" in report
    assert "--subjects 2 --seeds 1" in report
    assert "| activity |" not in report
    assert "not computed" not in report.partition("## Table II")[2]
