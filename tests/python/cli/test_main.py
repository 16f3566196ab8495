"""Exit status and messages of every command."""

import os
import shlex
import subprocess
import sys

import pytest
from support.command_line import strict_json, train

import dt4ecg
from dt4ecg.cli import main


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "status", "text"),
    [
        (
            "train --data nowhere",
            1,
            "neither a data set (paper-cohort, motion-ecg, ecg-id, mit-bih)",
        ),
        ("train --test-size 1", 1, "sum below 1"),
        ("train --resume nowhere", 1, "holds no checkpoint.safetensors"),
        ("train --epochs 0", 2, "must be from 1 to"),
        ("train --threads 99999999999", 2, "must be from 1 to 1024"),
        ("train --seed 4294967296", 2, "must be from 0 to 4294967295"),
        ("train --weighting best", 2, "invalid choice"),
        ("train --json nowhere/results.json", 2, "is not a file in a writable folder"),
        ("evaluate --model nowhere", 1, "no model file 'nowhere'"),
        ("predict x.npy --model nowhere", 1, "no model file 'nowhere'"),
        ("predict x.npy --model x --mains 0", 2, "must be none, or a finite number above 0"),
        ("predict x.npy --model x --mains some", 2, "invalid frequency value: 'some'"),
        ("datasets show nowhere", 2, "invalid choice"),
        ("fly", 2, "invalid choice"),
        ("", 2, "required"),
    ],
)
def test_mistakes_are_one_readable_line(command, status, text, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == status
    assert not list(tmp_path.iterdir())
    stderr = capsys.readouterr().err
    assert text in stderr
    assert "Traceback" not in stderr
    if status == 1:
        assert len(stderr.splitlines()) == 1


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setenv("DT4ECG_DEBUG", "1")
    with pytest.raises(ValueError, match="neither a data set"):
        main(["train", "--data", "nowhere"])


@pytest.mark.slow
def test_a_closed_pipe_loses_no_result(folder, tmp_path):
    run = tmp_path / "run"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = subprocess.run(
            [sys.executable, "-u", "-m", "dt4ecg", *train(folder, run, 1)],
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    assert "Traceback" not in done.stderr
    assert strict_json(run / "metrics.json")["epochs"] == 1
    assert (run / "confusion_activity.png").exists()


@pytest.mark.slow
def test_a_closed_pipe_is_not_an_error():
    command = f"{sys.executable} -m dt4ecg datasets | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""


@pytest.mark.slow
def test_closed_streams_lose_no_result(folder, tmp_path):
    command = shlex.join([sys.executable, "-m", "dt4ecg", *train(folder, tmp_path / "run", 1)])
    done = subprocess.run(f"{command} >&- 2>&-", shell=True, timeout=120)
    assert done.returncode == 0
    assert (tmp_path / "run" / "metrics.json").is_file()


def test_loading_a_run_folder_names_its_model(trained):
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors"):
        dt4ecg.load(trained)


def test_an_interruption_while_a_command_is_imported_is_reported(monkeypatch, capsys):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("dt4ecg.cli.parser", interrupted)
    assert main(["train"]) == 1
    assert capsys.readouterr().err == "dt4ecg: interrupted\n"
