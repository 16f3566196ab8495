"""Worker processes and Dask: killed workers lose no cell, and no worker outlives its run."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.reproduced import cell_files, files_of

from dt4ecg.cli import main


@pytest.mark.slow
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
        errors = child.communicate(timeout=60)[1]
    finally:
        child.kill()
        child.wait()
    assert len(workers) >= 2
    while running := [pid for pid in workers if is_running(pid)]:
        assert time.monotonic() < deadline, running
        time.sleep(0.05)
    if stop == signal.SIGINT:
        assert child.returncode == 1
        assert errors.strip().endswith("the same command continues the run")
        assert "Traceback" not in errors


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/task"), reason="finds children by /proc")
def test_a_killed_worker_loses_no_cell(tmp_path):
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
        errors = child.communicate(timeout=240)[1]
    finally:
        child.kill()
        child.wait()
    assert child.returncode == 0, errors
    assert "was killed" in errors
    assert "Traceback" not in errors
    assert len(cell_files(tmp_path)) == 10


def children_of(process):
    with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
        return file.read().split()


def workers_of(process):
    """Return the children that compute; another child tracks resources."""
    return [
        int(child)
        for child in children_of(process)
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.slow
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
