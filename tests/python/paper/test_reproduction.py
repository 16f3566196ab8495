"""A run from end to end, with every network and comparator of the paper."""

import json
import signal
import subprocess
import sys
import time

import pytest
from support.reproduced import cell_files, cells_of, files_of

from dt4ecg.cli import main
from dt4ecg.paper import plan, reproduce
from dt4ecg.paper.judge.claims import CLAIMS
from dt4ecg.storage.lock import held


@pytest.fixture(scope="module")
def quick():
    return plan(preset="quick", seeds=1, epochs=1)


@pytest.mark.slow
def test_every_table_and_figure(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dt4ecg.paper.comparators.nearest_neighbours._TRIALS", 1)
    out = tmp_path / "out"
    run = ["reproduce", "--all", "--preset", "quick", "--out", str(out), "--quiet"]
    assert main([*run, "--json", str(tmp_path / "all.json")]) == 0
    output = capsys.readouterr().out
    assert "simulated" in output
    asked = json.loads((out / "summary.json").read_text())["cells"]["asked"]
    assert f"{asked} of {asked} cells computed" in output.splitlines()[-1]
    assert files_of(out).keys() == {
        "report.md",
        "report.html",
        "summary.json",
        *(f"figure-{name}.{kind}" for name in "67" for kind in ("png", "svg")),
    }
    report = (out / "report.md").read_text()
    for title in ("Table I:", "Table II:", "Table III:", "Table IV:", "Fig. 6:", "Fig. 7:"):
        assert title in report
    assert "dt4ecg reproduce --all --data paper-cohort" in report
    assert json.loads((out / "summary.json").read_text())["sha256"] in report
    assert "36.42 (36.49, 36.42, 35.80)" in report
    assert "not in this build" not in report
    assert "not computed" not in report
    page = (out / "report.html").read_text()
    assert page.count("data:image/png;base64,") == 2
    assert "http" not in page.replace("https://www.apache.org", "")

    numbers = json.loads((tmp_path / "all.json").read_text())
    assert numbers["simulated"] is True
    assert numbers["failures"] == {}
    (ours,) = (row for row in numbers["tables"]["I"]["rows"] if row["label"] == "DT4ECG")
    assert ours["paper"]["activity"]["accuracy"] == 90.11
    assert ours["ours"]["activity"]["n"] == 2 * 16
    assert len(numbers["tables"]["III"]["comparisons"]) == 2 * 5 * (4 + 3)
    assert {claim["verdict"] for claim in numbers["claims"]} == {"inconclusive"}

    before, cells = files_of(out), cells_of(out)
    assert main(run) == 0
    assert files_of(out) == before
    assert cells_of(out) == cells


@pytest.mark.slow
def test_a_run_judges_only_its_own_claims(tmp_path, capsys):
    run = ["reproduce", "--preset", "paper", "--report-only", "--out", str(tmp_path), "--quiet"]
    assert main([*run, "--figure", "6"]) == 0
    *claims, others = capsys.readouterr().out.splitlines()
    assert len(claims) == 3
    assert all("converges near epoch" in claim for claim in claims)
    assert others.startswith(f"{len(CLAIMS) - 3} of the paper's {len(CLAIMS)} claims")
    assert len(json.loads((tmp_path / "summary.json").read_text())["claims"]) == 3
    assert main([*run, "--table", "recipes"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"None of the paper's {len(CLAIMS)} claims")


@pytest.mark.slow
def test_a_killed_run_continues_to_the_same_bytes(tmp_path):
    run = ["reproduce", "--table", "IV", "--figure", "7", "--preset", "quick", "--quiet"]
    run += ["--epochs", "8"]
    killed, complete = tmp_path / "killed", tmp_path / "whole"
    child = subprocess.Popen([sys.executable, "-m", "dt4ecg", *run, "--out", str(killed)])
    try:
        deadline = time.monotonic() + 120
        while len(cell_files(killed)) < 3:
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.005)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    finished = cells_of(killed)
    assert not (killed / "report.md").exists()

    assert main([*run, "--out", str(killed)]) == 0
    assert len(cells_of(killed)) == 10 > len(finished)
    assert finished.items() <= cells_of(killed).items()
    assert main([*run, "--out", str(complete)]) == 0
    assert files_of(killed) == files_of(complete)


def test_one_run_at_a_time_in_a_folder(tmp_path, capsys):
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--out", str(tmp_path)]
    with held(tmp_path):
        assert main(run) == 1
    assert "another run is at work in" in capsys.readouterr().err
    assert not (tmp_path / "cells").exists()


def test_folders_that_cannot_hold_a_run(tmp_path, capsys):
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--out"]
    assert main([*run, str(tmp_path / "away"), "--report-only"]) == 1
    assert "away does not exist" in capsys.readouterr().err
    assert not (tmp_path / "away").exists()
    (tmp_path / "file").touch()
    assert main([*run, str(tmp_path / "file")]) == 1
    assert "file exists and is not a directory" in capsys.readouterr().err


def test_library_refuses_unknown_names(quick, tmp_path):
    with pytest.raises(ValueError, match=r"unknown table 'V'; choose from I, II, III, IV"):
        reproduce(quick, tables=("V",), out=tmp_path)
    with pytest.raises(ValueError, match="no table or figure"):
        reproduce(quick, tables=(), figures=(), out=tmp_path)


def test_a_report_on_finished_cells(tmp_path, capsys):
    run = ["reproduce", "--preset", "quick", "--seeds", "1", "--quiet", "--out", str(tmp_path)]
    assert main([*run, "--table", "recipes"]) == 0
    assert "recipe strong less" not in capsys.readouterr().out
    before = cells_of(tmp_path)
    assert len(before) == 2
    assert sum("-strong-" in file.name for file in before) == 1
    assert main([*run, "--table", "IV", "recipes", "--report-only"]) == 0
    assert "2 of 6 cells computed" in capsys.readouterr().out
    assert cells_of(tmp_path) == before
    report = (tmp_path / "report.md").read_text()
    assert "| activity alone | - | not computed |" in report
    assert "segments standardised" in report


@pytest.mark.slow
def test_recipes_are_compared_before_the_claims(tmp_path, capsys):
    run = ["reproduce", "--table", "recipes", "--subjects", "2", "--seeds", "1", "--epochs", "1"]
    assert main([*run, "--quiet", "--out", str(tmp_path)]) == 0
    _, identity, activity, others = capsys.readouterr().out.splitlines()
    assert identity.startswith("DT4ECG, recipe strong less DT4ECG, recipe paper, identity: ")
    assert activity.startswith("DT4ECG, recipe strong less DT4ECG, recipe paper, activity: ")
    assert others.startswith(f"None of the paper's {len(CLAIMS)} claims")


def test_people_held_out_are_not_scored_on_identity(tmp_path):
    run = ["reproduce", "--table", "I", "--networks", "dt4ecg", "resnet", "--preset", "quick"]
    run += ["--protocol", "subject", "--seeds", "1", "--quiet", "--out", str(tmp_path)]
    assert main(run) == 0
    assert len(cell_files(tmp_path)) == 2
    report = (tmp_path / "report.md").read_text()
    assert "dt4ecg reproduce --table I" in report
    assert "--networks dt4ecg resnet" in report
    assert "1D-DenseNet" not in report
    assert "Identity is not scored with the protocol subject" in report
    assert "0 of 1 tested people are in training too" in report
