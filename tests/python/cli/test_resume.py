"""``dt4ecg train --resume``: a continued run equals an uninterrupted one."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from support.command_line import assert_same_bits, strict_json, train

import dt4ecg
from dt4ecg.cli import main

pytestmark = pytest.mark.slow  # each test trains more than once


def test_resumed_run_has_the_bits_of_an_uninterrupted_one(folder, trained, tmp_path):
    run = tmp_path / "run"
    assert main(train(folder, run, 1)) == 0
    resume = ["train", "--resume", str(run / "checkpoint.safetensors"), "--epochs", "2", "--quiet"]
    assert main(resume) == 0
    assert_same_bits(run, trained)
    assert strict_json(run / "config.json")["epochs"] == 2


def test_an_interrupted_run_can_be_continued(folder, tmp_path):
    run, epochs = tmp_path / "run", 12
    child = subprocess.Popen(
        [sys.executable, "-m", "dt4ecg", *train(folder, run, epochs)],
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 120
    while not (run / "checkpoint.safetensors").exists():
        assert child.poll() is None, child.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    stderr = child.communicate(timeout=60)[1]
    assert child.returncode == 1
    assert f"dt4ecg: interrupted; continue with: dt4ecg train --resume {run}" in stderr
    assert "Traceback" not in stderr
    assert not (run / "model.safetensors").exists()
    assert main(["train", "--resume", str(run), "--quiet"]) == 0
    uninterrupted = tmp_path / "uninterrupted"
    assert main(train(folder, uninterrupted, epochs)) == 0
    assert_same_bits(run, uninterrupted)


def test_a_run_continues_only_with_its_settings(trained, capsys):
    assert main(["train", "--resume", str(trained), "--batch-size", "4"]) == 1
    assert "--batch-size 8 -> 4" in capsys.readouterr().err


def test_a_run_continues_in_its_own_folder(trained, tmp_path, capsys):
    elsewhere = ["--epochs", "3", "--out", str(tmp_path / "elsewhere")]
    assert main(["train", "--resume", str(trained), *elsewhere]) == 1
    assert "remove --out" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere").exists()


def test_a_run_never_shrinks(trained, capsys):
    before = (trained / "config.json").read_bytes()
    assert main(["train", "--resume", str(trained), "--epochs", "1"]) == 1
    assert "may grow from 2, not shrink to 1" in capsys.readouterr().err
    assert (trained / "config.json").read_bytes() == before


def test_a_schedule_over_all_epochs_is_not_stretched(folder, tmp_path, capsys):
    """A refused command changes nothing, and the run can be continued without --epochs."""
    run = tmp_path / "run"
    assert main(train(folder, run, 2, "--recipe", "strong")) == 0
    before = (run / "config.json").read_bytes()
    for epochs in ("3", "1"):
        assert main(["train", "--resume", str(run), "--epochs", epochs]) == 1
        assert f"over 2 epochs, which cannot become {epochs}" in capsys.readouterr().err
        assert (run / "config.json").read_bytes() == before
    assert main(["train", "--resume", str(run), "--epochs", "2", "--quiet"]) == 0


@pytest.mark.parametrize("trouble", ["data", "settings", "checkpoint"])
def test_a_refused_continuation_changes_nothing(trouble, folder, trained, tmp_path, capsys):
    """The number of epochs of a refused command is not stored."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    spoilt = {"data": {"data": "nowhere"}, "settings": {"test_size": 1}}.get(trouble, {})
    (run / "config.json").write_text(json.dumps(strict_json(run / "config.json") | spoilt))
    if trouble == "checkpoint":
        (run / "checkpoint.safetensors").write_bytes(b"half")
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    assert main(["train", "--resume", str(run), "--epochs", "50", "--quiet"]) == 1
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before


def test_the_epochs_of_a_continued_run_survive_a_kill(folder, tmp_path):
    run = tmp_path / "run"
    assert main(train(folder, run, 1)) == 0
    resume = ["train", "--resume", str(run), "--epochs", "5000", "--quiet"]
    child = subprocess.Popen([sys.executable, "-m", "dt4ecg", *resume], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while strict_json(run / "config.json")["epochs"] != 5000:
            assert child.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        child.kill()
        child.wait()
    assert strict_json(run / "config.json")["epochs"] == 5000


def test_the_epochs_of_a_continued_run_survive_ctrl_c_in_its_first(trained, tmp_path, monkeypatch):
    def interrupted(self, *_, **__):
        self.network_ = None  # it had begun
        raise KeyboardInterrupt

    run = tmp_path / "run"
    shutil.copytree(trained, run)
    monkeypatch.setattr(dt4ecg.DT4ECGClassifier, "fit", interrupted)
    assert main(["train", "--resume", str(run), "--epochs", "3", "--quiet"]) == 1
    assert strict_json(run / "config.json")["epochs"] == 3


@pytest.mark.parametrize("content", ["", "[]", "{}", "[" * 100_000], ids=range(4))
def test_a_damaged_configuration_is_refused(content, trained, tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    (run / "config.json").write_text(content)
    assert main(["train", "--resume", str(run)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "config.json" in line
    assert (run / "config.json").read_text() == content


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("data", 5),
        ("protocol", []),
        ("device", None),
        ("test_size", "a"),
        ("validation_size", None),
        ("mains", None),
        ("learning_rate", True),
        ("seed", "a"),
        ("seed", -1),
        ("epochs", True),
        ("epochs", "many"),
        ("threads", 0),
    ],
)
def test_a_setting_of_a_wrong_type_is_named(key, value, trained, tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    content = json.dumps(strict_json(run / "config.json") | {key: value})
    (run / "config.json").write_text(content)
    for command in (["train", "--resume"], ["evaluate", "--model"]):
        assert main([*command, str(run)]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert re.search(rf"config\.json: {key}\b.* got {re.escape(repr(value))}$", line)
    assert (run / "config.json").read_text() == content
