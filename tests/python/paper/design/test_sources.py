"""The data of a run: people with the most recordings, and data without activities."""

import shutil

import numpy as np
import pytest

from dt4ecg.cli import main
from dt4ecg.paper import plan
from dt4ecg.paper.design import published, tables
from dt4ecg.paper.design.sources import Source, segments


@pytest.fixture
def uneven(folder, tmp_path):
    """Return a folder with one recording of a, then two each of b and c, without activities."""
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
        assert ("activity cannot be scored" in row.note) == (work.task == "activity")
        assert bool(row.cells) == (work.task == "identity")


def test_fewer_people_than_requested(uneven):
    with pytest.raises(ValueError, match=r"has segments of 3 people, not of 4"):
        plan(str(uneven), subjects=4)


def test_the_report_says_how_many_people(uneven, tmp_path, monkeypatch):
    monkeypatch.setattr("dt4ecg.paper.comparators.nearest_neighbours._TRIALS", 1)
    monkeypatch.chdir(tmp_path)
    run = ["reproduce", "--table", "II", "--data", str(uneven), "--subjects", "2", "--quiet"]
    assert main([*run, "--preset", "quick", "--seeds", "1"]) == 0
    name = f"reproduce-{uneven.name}-2-people-random-quick"
    report = (tmp_path / "runs" / name / "report.md").read_text()
    assert "2 people: 24 segments from 4 recordings" in report
    assert "--subjects 2 --seeds 1" in report
    assert "| activity |" not in report
    assert "not computed" not in report.partition("## Table II")[2]
