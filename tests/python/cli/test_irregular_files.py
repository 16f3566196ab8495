"""A pipe in the place of a file is refused at once, and never waited for."""

import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def run(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "run")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["config.json", "checkpoint.safetensors", "model.safetensors"])
def test_commands_refuse_a_pipe_in_a_run_folder(name, run, folder):
    (run / name).unlink()
    os.mkfifo(run / name)
    commands = {
        "config.json": (["train", "--resume", str(run)],),
        "checkpoint.safetensors": (["train", "--resume", str(run)],),
        "model.safetensors": (
            ["evaluate", "--model", str(run), "--data", str(folder)],
            ["predict", "--model", str(run), str(folder / "0.npy"), "--sampling-rate", "250"],
        ),
    }
    for command in commands[name]:
        done = subprocess.run(
            [sys.executable, "-m", "dt4ecg", *command],
            capture_output=True,
            text=True,
            timeout=120,  # it would wait for a writer for ever
        )
        assert done.returncode == 1
        assert name in done.stderr
        assert "Traceback" not in done.stderr
