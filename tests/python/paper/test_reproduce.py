"""A run from end to end, with every network and comparator of the paper."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dt4ecg.cli import main
from dt4ecg.paper import plan, reproduce
from dt4ecg.paper.design import tables
from dt4ecg.paper.design.cells import NetworkCell, key
from dt4ecg.paper.judge.claims import CLAIMS
from dt4ecg.paper.run import environment, grid
from dt4ecg.paper.run.compute import compute
from dt4ecg.paper.run.executors import InProcess, executor
from dt4ecg.paper.run.store import Store
from dt4ecg.storage.lock import held


@pytest.fixture(scope="module")
def quick():
    return plan(preset="quick", seeds=1, epochs=1)


def files_of(out):
    return {file.name: file.read_bytes() for file in out.iterdir() if file.is_file()}


def cells_of(out):
    return {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in cell_files(out)}


def cell_files(out):
    return sorted((out / "cells").glob("*.json"))


def test_every_table_and_figure(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dt4ecg.paper.comparators.neighbours._TRIALS", 1)
    out = tmp_path / "out"
    run = ["reproduce", "--all", "--preset", "quick", "--out", str(out), "--quiet"]
    assert main([*run, "--json", str(tmp_path / "all.json")]) == 0
    told = capsys.readouterr().out
    assert "Simulated data" in told
    assert told.splitlines()[-1] == "quick: every part ran; too short for verdicts"
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
    assert "SHA-256" in report
    assert "Segments of one recording are not independent" in report
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
    assert {claim["verdict"] for claim in numbers["claims"]} == {"cannot be told"}

    before, cells = files_of(out), cells_of(out)
    assert main(run) == 0
    assert files_of(out) == before
    assert cells_of(out) == cells


def test_a_run_speaks_of_its_own_claims_alone(tmp_path, capsys):
    run = ["reproduce", "--preset", "paper", "--report-only", "--out", str(tmp_path), "--quiet"]
    assert main([*run, "--figure", "6"]) == 0
    *claims, others = capsys.readouterr().out.splitlines()
    assert len(claims) == 3
    assert all("converges near epoch" in claim for claim in claims)
    assert (
        others == f"{len(CLAIMS) - 3} of the paper's {len(CLAIMS)} claims are not part of this run."
    )
    assert len(json.loads((tmp_path / "summary.json").read_text())["claims"]) == 3
    assert main([*run, "--table", "recipes"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert line == f"None of the paper's {len(CLAIMS)} claims is part of this run."


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path):
    run = ["reproduce", "--table", "IV", "--figure", "7", "--preset", "quick", "--quiet"]
    run += ["--epochs", "8"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
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
    assert main([*run, "--out", str(whole)]) == 0
    assert files_of(killed) == files_of(whole)


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="finds children by /proc")
@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGINT], ids=lambda stop: stop.name)
def test_workers_do_not_outlive_a_stopped_run(tmp_path, stop):
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--quiet", "--epochs", "40"]
    child = subprocess.Popen(
        [sys.executable, "-m", "dt4ecg", *run, "--jobs", "2", "--out", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 120
        while not cell_files(tmp_path):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        workers = children_of(child)
        if stop == signal.SIGKILL:
            child.send_signal(stop)
        else:  # as a terminal does, to all of them
            os.killpg(child.pid, stop)
        told = child.communicate(timeout=60)[1]
    finally:
        child.kill()
        child.wait()
    assert len(workers) >= 2
    while running := [pid for pid in workers if is_running(pid)]:
        assert time.monotonic() < deadline, running
        time.sleep(0.05)
    if stop == signal.SIGINT:
        assert child.returncode == 1
        assert told.strip().endswith("the same command goes on")
        assert "Traceback" not in told


@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="finds children by /proc")
def test_a_killed_worker_costs_no_cell(tmp_path):
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--quiet", "--epochs", "40"]
    child = subprocess.Popen(
        [sys.executable, "-m", "dt4ecg", *run, "--jobs", "2", "--out", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        deadline = time.monotonic() + 120
        while not cell_files(tmp_path):
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.kill(workers_of(child)[0], signal.SIGKILL)
        told = child.communicate(timeout=240)[1]
    finally:
        child.kill()
        child.wait()
    assert child.returncode == 0, told
    assert "was killed (for want of memory?)" in told
    assert "Traceback" not in told
    assert len(cell_files(tmp_path)) == 10


def children_of(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return file.read().split()


def workers_of(process):
    """Those of the children that compute; another one shares out resources."""
    return [
        int(child)
        for child in children_of(process)
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def test_a_pool_that_stays_broken_fails_its_cells(quick, tmp_path):
    class Broken(ThreadPoolExecutor):
        def submit(self, *_, **__):
            raise BrokenProcessPool("killed")

    cells = tables.table_iv(quick).rows[0].cells
    with pytest.warns(UserWarning, match="tried again"):
        results, failures = grid.run(cells, Store(tmp_path), Broken(1), progress=False)
    assert not results
    assert "BrokenProcessPool: killed" in failures[cells[0]]


def test_one_run_at_a_time_in_a_folder(tmp_path, capsys):
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--out", str(tmp_path)]
    with held(tmp_path):
        assert main(run) == 1
    assert "another run is at work in" in capsys.readouterr().err
    assert not (tmp_path / "cells").exists()


def test_a_cell_that_cannot_be_kept_is_told_before_any_is_computed(quick, tmp_path):
    store = Store(tmp_path)
    first, second = (row.cells[0] for row in tables.table_iv(quick).rows[:2])
    store.path(second).mkdir()
    with (
        pytest.warns(UserWarning, match="no regular file"),
        pytest.raises((OSError, ValueError), match="regular file"),
    ):
        grid.run([first, second], store, InProcess(), progress=False)
    assert not store.path(first).exists()


def test_a_pipe_in_place_of_a_cell_is_not_waited_for(quick, tmp_path):
    store, cell = Store(tmp_path), tables.table_iv(quick).rows[0].cells[0]
    os.mkfifo(store.path(cell))
    with pytest.warns(UserWarning, match="no regular file"):
        assert store.read(cell) is None


def test_where_a_run_cannot_lie(tmp_path, capsys):
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--out"]
    assert main([*run, str(tmp_path / "away"), "--report-only"]) == 1
    assert "there is no run in" in capsys.readouterr().err
    assert not (tmp_path / "away").exists()
    (tmp_path / "file").touch()
    assert main([*run, str(tmp_path / "file")]) == 1
    assert "is no folder; name another" in capsys.readouterr().err


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_cell_is_what_train_gives(folder, tmp_path):
    laid_out = plan(data=str(folder), seeds=1, epochs=2)
    (cell,) = tables.dt4ecg_row(laid_out).cells
    ours = compute(cell)
    train = ["train", "--data", str(folder), "--epochs", "2", "--threads", "1", "--quiet"]
    assert main([*train, "--out", str(tmp_path / "run")]) == 0
    theirs = json.loads((tmp_path / "run" / "metrics.json").read_text())
    for task in ("identity", "activity"):
        assert ours.scores[task] == theirs[task]
        assert len(ours.predicted[task]) == len(ours.test) == theirs["n_test"]
    assert np.shape(ours.history["accuracy"]) == (2, 2)


@pytest.mark.parametrize("damage", ["cut", "empty", "changed", "other"])
def test_a_damaged_cell_is_computed_again(quick, tmp_path, damage):
    cells = tables.table_iv(quick).row(tables.WITHOUT).cells
    store = Store(tmp_path)
    results, _ = grid.run(cells, store, InProcess(), progress=False)
    path = store.path(cells[0])
    text = path.read_text()
    path.write_text(
        {
            "cut": text[: len(text) // 2],
            "empty": "",
            "changed": text.replace('"n_train":38', '"n_train":39'),
            "other": text.replace('"seed":0', '"seed":7', 1),
        }[damage]
    )
    with pytest.warns(UserWarning, match="counts as unfinished"):
        again, _ = grid.run(cells, store, InProcess(), progress=False)
    assert again[cells[0]].predicted == results[cells[0]].predicted
    assert store.read(cells[0]) == again[cells[0]]


def test_a_cell_that_fails_costs_no_other(tmp_path, monkeypatch, capsys):
    def failing(cell):
        if cell.tasks == ("activity",):
            raise RuntimeError("the machine is on fire")
        return compute(cell)

    monkeypatch.setattr(grid, "compute", failing)
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--seeds", "1", "--quiet"]
    run += ["--out", str(tmp_path), "--json", str(tmp_path / "failed.json")]
    assert main(run) == 1
    told = capsys.readouterr().err
    assert "resnet-sca-none-activity-1epochs-random-seed0" in told
    assert "Traceback" in told
    assert "the machine is on fire" in told
    assert "1 cells failed, 4 are finished" in told
    report = (tmp_path / "report.md").read_text()
    assert re.search(r"activity alone .* failed: RuntimeError: the machine is on fire", report)
    assert len(json.loads((tmp_path / "failed.json").read_text())["failures"]) == 1
    assert len(cell_files(tmp_path)) == 4
    monkeypatch.undo()
    assert main(run) == 0


def test_a_part_that_cannot_be_built_fails_its_cells_alone(quick, tmp_path, monkeypatch):
    from dt4ecg.nn import registry

    def broken(channels, length):
        raise RuntimeError("no such attention")

    monkeypatch.setattr(registry, "_python_attentions", {"broken": (broken, "")})
    whole = tables.table_iv(quick).row(tables.WITHOUT).cells
    failing = tables.network_row(quick, "broken", attention="broken").cells
    results, failures = grid.run([*failing, *whole], Store(tmp_path), InProcess())
    assert tuple(results) == whole
    assert tuple(failures) == failing
    assert "no such attention" in failures[failing[0]]


def test_ctrl_c_keeps_finished_cells(tmp_path, monkeypatch, capsys):
    def interrupted(cell):
        if cell.weighting == "paper":
            raise KeyboardInterrupt
        return compute(cell)

    monkeypatch.setattr(grid, "compute", interrupted)
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--seeds", "1", "--quiet"]
    assert main([*run, "--out", str(tmp_path)]) == 1
    assert "the same command goes on" in capsys.readouterr().err
    assert len(cell_files(tmp_path)) == 1


def predictions(cells, tmp_path, name, chosen):
    results, failures = grid.run(cells, Store(tmp_path / name), chosen, progress=False)
    assert not failures
    return {key(cell): results[cell].predicted for cell in cells}


def test_every_executor_gives_the_same_predictions(quick, tmp_path):
    cells = [cell for row in tables.table_iv(quick).rows for cell in row.cells][:3]
    here = predictions(cells, tmp_path, "here", InProcess())
    with executor(2) as pool:
        assert predictions(cells, tmp_path, "processes", pool) == here
    with ThreadPoolExecutor(2) as any_other:
        assert predictions(cells, tmp_path, "threads", any_other) == here


@pytest.mark.filterwarnings("default")  # Dask's own
def test_dask(tmp_path, capsys):
    distributed = pytest.importorskip("distributed", reason="pip install distributed")
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--seeds", "1", "--quiet"]
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)
    ) as cluster:
        there = [*run, "--out", str(tmp_path / "there"), "--dask", cluster.scheduler_address]
        assert main(there) == 0
    assert main([*run, "--out", str(tmp_path / "here")]) == 0
    assert files_of(tmp_path / "there") == files_of(tmp_path / "here")


def test_without_dask_the_error_says_how_to_install_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--dask", "tcp://127.0.0.1:8786"]
    assert main([*run, "--out", str(tmp_path)]) == 1
    assert 'pip install "dt4ecg[dask]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        ([], 1, "--table I, --figure 6 (several names may follow) or --all"),
        (["--table", "V"], 2, "'V'"),
        (["--figure", "1"], 2, "'1'"),
        (["--table", "I", "--data", "nowhere"], 1, "neither a data set"),
        (["--table", "I", "--preset", "slow"], 2, "'slow'"),
        (["--table", "I", "--seeds", "0"], 2, "must be from 1"),
        (["--table", "I", "--networks", "vgg"], 1, "no network is called 'vgg'; there are lstm,"),
        (["--table", "III", "--networks", "lstm", "--preset", "quick"], 1, "has none of the netw"),
        (["--table", "IV", "--networks", "resnet"], 1, "ask for one of them too"),
        (["--index", ".", "--report-only"], 1, "leave --json and --report-only out"),
        (["--table", "I", "--jobs", "2", "--dask", "x"], 2, "not allowed with"),
    ],
)
def test_mistakes_are_one_readable_line(arguments, status, told, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["reproduce", *arguments]) == status
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error
    assert not os.listdir(tmp_path)


def test_library_refuses_unknown_names(quick, tmp_path):
    with pytest.raises(ValueError, match=r"no table is called 'V'; there are I, II, III, IV"):
        reproduce(quick, tables=("V",), out=tmp_path)
    with pytest.raises(ValueError, match="nothing is asked for"):
        reproduce(quick, tables=(), figures=(), out=tmp_path)
    with pytest.raises(ValueError, match="no preset is called 'slow'"):
        plan(preset="slow")
    with pytest.raises(ValueError, match="seeds must be at least 1, got 0"):
        plan(preset="quick", seeds=0)


def test_a_report_over_what_is_finished(tmp_path, capsys):
    run = ["reproduce", "--preset", "quick", "--seeds", "1", "--quiet", "--out", str(tmp_path)]
    assert main([*run, "--table", "recipes"]) == 0
    assert "recipe strong less" not in capsys.readouterr().out
    before = cells_of(tmp_path)
    assert len(before) == 2
    assert sum("-strong-" in file.name for file in before) == 1
    assert main([*run, "--table", "IV", "recipes", "--report-only"]) == 0
    assert "quick: 2 of 6 cells ran; too short for verdicts" in capsys.readouterr().out
    assert cells_of(tmp_path) == before
    report = (tmp_path / "report.md").read_text()
    assert "| activity alone | - | not computed |" in report
    assert "segments standardised" in report


def test_a_cell_of_another_division_is_computed_again(quick, tmp_path):
    (cell, *_) = tables.table_iv(quick).rows[0].cells
    results, _ = grid.run([cell], Store(tmp_path), InProcess(), progress=False)
    elsewhere = replace(results[cell], recordings=results[cell].recordings[::-1])
    Store(tmp_path).write(cell, elsewhere)
    with pytest.warns(UserWarning, match="was tested on other segments than 'random' gives now"):
        again, _ = grid.run([cell], Store(tmp_path), InProcess(), progress=False)
    assert again[cell].recordings == results[cell].recordings
    assert again[cell].predicted == results[cell].predicted


def test_recipes_are_compared_before_the_claims(tmp_path, capsys):
    run = ["reproduce", "--table", "recipes", "--subjects", "2", "--seeds", "1", "--epochs", "1"]
    assert main([*run, "--quiet", "--out", str(tmp_path)]) == 0
    _, identity, activity, others = capsys.readouterr().out.splitlines()
    assert identity.startswith("DT4ECG, recipe strong less DT4ECG, recipe paper, identity: ")
    assert activity.startswith("DT4ECG, recipe strong less DT4ECG, recipe paper, activity: ")
    assert others == f"None of the paper's {len(CLAIMS)} claims is part of this run."


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


def test_other_data_are_other_cells(quick):
    (cell,) = tables.dt4ecg_row(quick).cells
    assert isinstance(cell, NetworkCell)
    other = replace(cell, source=replace(cell.source, sha256="0" * 64))
    assert key(other) != key(cell)
    with pytest.raises(ValueError, match="holds other segments here"):
        compute(other)


def test_the_commit_is_that_of_the_sources(tmp_path, monkeypatch):
    package = tmp_path / "python" / "dt4ecg" / "reproduce"
    package.mkdir(parents=True)
    source, result = package / "__init__.py", tmp_path / "result.json"

    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", "-C", tmp_path, *identity, *arguments], check=True)

    git("init", "-q")
    source.write_text("")
    result.write_text("")
    monkeypatch.setattr(environment, "__file__", str(source))
    assert environment._commit() == ""
    git("add", ".")
    git("commit", "-qm", "first")
    commit = environment._commit()
    assert re.fullmatch("[0-9a-f]{12}", commit)
    result.write_text("a finished cell")
    assert environment._commit() == commit
    source.write_text("changed = True")
    assert environment._commit() == f"{commit}-dirty"
