"""Killed and interrupted processes leave a checkpoint to continue from."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from support.toy import (
    epochs_in,
    segments,
)

import dt4ecg

pytestmark = pytest.mark.slow  # each test starts a process


def start(script: str, *arguments) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stderr=subprocess.PIPE,
        text=True,
    )


ENDLESS = """
    import sys
    from pathlib import Path
    from dt4ecg import DT4ECGClassifier
    from support.toy import segments
    path = Path(sys.argv[1])
    DT4ECGClassifier(epochs=10**6, n_threads=1).fit(
        *segments(), checkpoint=path, resume=path if path.exists() else None)
"""


def wait_for_change(path: Path, before: float, process: subprocess.Popen) -> None:
    """Wait until the process has written the file again."""
    deadline = time.monotonic() + 120
    while not path.exists() or path.stat().st_mtime_ns == before:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_sigkill_at_any_moment_leaves_a_checkpoint(tmp_path):
    path = tmp_path / "run.dt4ecg"
    random = np.random.default_rng(0)
    epochs = 0
    for _ in range(3):
        before = path.stat().st_mtime_ns if path.exists() else 0
        process = start(ENDLESS, path)
        wait_for_change(path, before, process)
        time.sleep(random.uniform(0, 0.3))
        process.kill()
        process.communicate()
        assert epochs_in(path) > epochs
        epochs = epochs_in(path)
    X, _ = segments()
    dt4ecg.load(path).predict(X)
    continued = dt4ecg.DT4ECGClassifier(epochs=epochs + 1, n_threads=1)
    continued.fit(*segments(), resume=path)
    assert len(continued.history_["epoch"]) == epochs + 1


def test_sigint_stops_a_process_and_leaves_a_checkpoint(tmp_path):
    path = tmp_path / "run.dt4ecg"
    process = start(ENDLESS, path)
    wait_for_change(path, 0, process)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode in (1, -signal.SIGINT, 128 + signal.SIGINT)
    assert error.rstrip().endswith("KeyboardInterrupt")
    assert epochs_in(path) >= 1
    dt4ecg.load(path)
