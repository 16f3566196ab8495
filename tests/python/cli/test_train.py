"""``dt4ecg train``: run folders, settings and failures."""

import shlex
import shutil
import subprocess
import sys

import numpy as np
import pytest
from support.command_line import strict_json, train
from support.ecg_sets import cohort

import dt4ecg
from dt4ecg import protocols
from dt4ecg.cli import main
from dt4ecg.cli.train import _print_leaks
from dt4ecg.runs import DEFAULTS
from dt4ecg.storage.lock import held


def test_a_run_folder_holds_everything(trained):
    assert {file.name for file in trained.iterdir()} == {
        "config.json",
        "history.json",
        "metrics.json",
        "model.safetensors",
        "checkpoint.safetensors",
        "curves.png",
        "task_weights.png",
        "confusion_identity.png",
        "confusion_activity.png",
    }
    assert strict_json(trained / "config.json")["batch_size"] == 8
    assert strict_json(trained / "history.json")["epoch"] == [1, 2]


def test_json_has_the_documented_keys(trained):
    results = strict_json(trained / "metrics.json")
    assert results["protocol"] == "blocked"
    assert (results["seed"], results["epochs"]) == (0, 2)
    assert (results["n_train"], results["n_test"]) == (24, 12)
    assert results["seconds"] > 0
    for task in ("identity", "activity"):
        scores = results[task]
        assert {"accuracy", "precision", "recall", "f1", "interval"} <= scores.keys()
        assert scores["accuracy"] == scores["correct"] / scores["n"]
        assert scores["n"] == results["n_test"]
    assert np.shape(results["task_weights"]) == (2, 2)


@pytest.mark.parametrize(("protocol", "leaks"), [("random", True), ("blocked", False)])
def test_other_protocols_are_named_where_a_split_has_neighbours(protocol, leaks, capsys):
    data = cohort()
    split = protocols.split(data, protocol, seed=0)
    _print_leaks(data, split)
    found = capsys.readouterr().err
    assert found.startswith(str(protocols.leak_report(data, split)))
    assert ("keeps neighbours apart" in found) == leaks


def test_a_run_is_never_overwritten(folder, trained, capsys):
    before = (trained / "model.safetensors").read_bytes()
    assert main(train(folder, trained, 1)) == 1
    assert "holds a run already" in capsys.readouterr().err
    assert (trained / "model.safetensors").read_bytes() == before


def test_two_runs_do_not_share_a_folder(folder, trained, tmp_path, capsys):
    """A new run and a continued run are both refused while another run uses the folder."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    with held(run):
        for command in (train(folder, run, 1), ["train", "--resume", str(run), "--quiet"]):
            assert main(command) == 1
            assert "another run is at work in" in capsys.readouterr().err
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before


def test_a_killed_run_does_not_lock_its_folder(folder, trained, tmp_path):
    """Its files, even half a checkpoint, are removed, and the run starts again."""
    code = (
        "import pathlib, sys, time\n"
        "from dt4ecg.storage.lock import held\n"
        "with held(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(600)\n"
    )
    run = tmp_path / "run"
    run.mkdir()
    shutil.copy(trained / "config.json", run)
    (run / ".checkpoint.safetensors.7.8.partial").write_bytes(b"half")
    child = subprocess.Popen([sys.executable, "-c", code, run], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "held\n"
    child.kill()
    child.communicate()
    assert (run / ".dt4ecg-lock").exists()
    assert main(train(folder, run, 1)) == 0
    assert {file.name for file in run.iterdir()} == {file.name for file in trained.iterdir()}


@pytest.mark.slow
def test_skipped_steps_are_reported(folder, trained, tmp_path, capsys):
    fast = train(folder, tmp_path / "run", 1, "--learning-rate", "1e300")
    assert main(fast) == 1
    skipped = strict_json(tmp_path / "run" / "history.json")["skipped_steps"][-1]
    assert skipped > 0
    assert f"skipped {skipped} step" in capsys.readouterr().err
    assert main(["train", "--resume", str(trained), "--quiet"]) == 0
    assert "skipped" not in capsys.readouterr().err


@pytest.mark.parametrize("out", ["file", "file/run"])
def test_a_file_cannot_be_a_run_folder(out, folder, tmp_path, capsys):
    (tmp_path / "file").write_text("precious")
    assert main(train(folder, tmp_path / out, 1)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "--out" in line
    assert "choose another name" in line
    assert (tmp_path / "file").read_text() == "precious"


def test_defaults_equal_those_of_the_classifier():
    ours, theirs = DEFAULTS, dt4ecg.DT4ECGClassifier().get_params()
    shared = ours.keys() & theirs.keys()
    assert len(shared) >= 9
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def test_a_refused_run_leaves_no_folder(folder, tmp_path):
    run = tmp_path / "run"
    assert main(train(folder, run, 1, "--learning-rate", "nan")) == 1
    assert not run.exists()


def test_a_refused_run_keeps_other_files(folder, tmp_path):
    for name in ("notes", ".lock"):
        (tmp_path / name).touch()
    assert main(train(folder, tmp_path, 1, "--learning-rate", "nan")) == 1
    assert {file.name for file in tmp_path.iterdir()} == {"notes", ".lock"}


@pytest.mark.slow
def test_a_full_disk_is_one_line_that_names_the_file(folder, tmp_path):
    run = tmp_path / "run"
    command = [sys.executable, "-m", "dt4ecg", *train(folder, run, 1)]
    limited = f"ulimit -f 64; exec {shlex.join(command)}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert f"{run / 'checkpoint.safetensors'}: File too large" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not run.exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:fit. identity has one class:UserWarning")
def test_identity_is_not_scored_for_unseen_people(folder, tmp_path):
    results = tmp_path / "results.json"
    options = ("--protocol", "subject", "--test-size", "0.5", "--json", str(results))
    assert main(train(folder, tmp_path / "run", 1, *options)) == 0
    found = strict_json(results)
    assert found["identity"] is None
    assert found["activity"]["n"] == found["n_test"]
    assert not (tmp_path / "run" / "confusion_identity.png").exists()


@pytest.mark.slow
def test_a_set_without_activities_trains_identity_alone(folder, tmp_path, capsys):
    header, *rows = (folder / "manifest.csv").read_text().splitlines()
    rows = [row.rpartition(",")[0] + "," for row in rows]
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    (tmp_path / "manifest.csv").write_text("\n".join([header, *rows]) + "\n")
    run = tmp_path / "run"
    assert main(train(tmp_path, run, 1)) == 0
    found = strict_json(run / "metrics.json")
    assert found["activity"] is None
    assert found["identity"]["n"] == found["n_test"]
    capsys.readouterr()
    recording = tmp_path / "0.npy"
    assert main(["predict", "--model", str(run), str(recording), "--sampling-rate", "250"]) == 0
    assert (
        capsys.readouterr().out.splitlines()[0]
        == "start\tquality\tusable\tidentity\tidentity_probability"
    )


@pytest.mark.slow
def test_a_run_that_was_killed_before_it_began_starts_again(folder, trained, tmp_path):
    shutil.copy(trained / "config.json", tmp_path)
    assert main(train(folder, tmp_path, 1)) == 0
    assert (tmp_path / "model.safetensors").is_file()


@pytest.mark.slow
def test_mains_of_a_folder(folder, tmp_path, capsys):
    assert main(train(folder, tmp_path / "run", 1, "--mains", "50")) == 0
    assert "notch at 50 Hz" in capsys.readouterr().err
    assert dt4ecg.load(tmp_path / "run" / "model.safetensors").preprocessor.notch == 50
    assert main(["evaluate", "--model", str(tmp_path / "run"), "--data", str(folder)]) == 0
    assert "notch at 50 Hz" in capsys.readouterr().err
