"""The command line, mostly in this process, on a small simulated folder."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

import dt4ecg
from dt4ecg.cli import main
from dt4ecg.datasets import simulate_cohort

RATE = 250
QUICK = ("--threads", "1", "--quiet")


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three simulated people at rest and after exercise, as a user's own folder."""
    folder = tmp_path_factory.mktemp("own")
    recordings = simulate_cohort(
        subjects=3, activities=("rest", "exercise"), seconds=48, sampling_rate=RATE
    )
    with open(folder / "manifest.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "sampling_rate", "subject", "activity"])
        for recording in recordings:
            np.save(folder / f"{recording.name}.npy", recording.samples)
            writer.writerow([f"{recording.name}.npy", RATE, recording.subject, recording.activity])
    return folder


@pytest.fixture(scope="module")
def trained(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    arguments = ["train", "--data", str(folder), "--protocol", "blocked", "--epochs", "2"]
    torch.set_num_threads(1)
    assert main([*arguments, *QUICK, "--out", str(out), "--json", str(out) + ".json"]) == 0
    return out


def strict_json(path):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(path.read_text(), parse_constant=refuse)


def test_a_run_leaves_its_folder(trained):
    names = {file.name for file in trained.iterdir()}
    assert names == {
        "checkpoint.safetensors",
        "config.json",
        "confusion_activity.png",
        "confusion_identity.png",
        "curves.png",
        "history.json",
        "metrics.json",
        "model.safetensors",
        "task_weights.png",
    }
    for picture in trained.glob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size > 5000


def test_json_has_the_published_keys(trained):
    results = strict_json(trained.with_name("run.json"))
    for key in ("data", "protocol", "seed", "epochs", "n_train", "n_test", "seconds"):
        assert key in results
    assert (results["protocol"], results["seed"], results["epochs"]) == ("blocked", 0, 2)
    for task in ("identity", "activity"):
        scores = results[task]
        assert all(0 <= scores[key] <= 1 for key in ("accuracy", "precision", "recall", "f1"))
        assert scores["correct"] / scores["n"] == pytest.approx(scores["accuracy"])
        low, high = scores["interval"]
        assert low <= scores["accuracy"] <= high
    assert len(results["task_weights"]) == 2
    assert strict_json(trained / "metrics.json") == results
    assert len(strict_json(trained / "history.json")["epoch"]) == 2


def test_evaluate_gives_the_training_command_s_scores(trained, tmp_path, capsys):
    assert main(["evaluate", "--model", str(trained), "--json", str(tmp_path / "e.json")]) == 0
    evaluated, results = strict_json(tmp_path / "e.json"), strict_json(trained / "metrics.json")
    for task in ("identity", "activity"):
        assert evaluated[task] == results[task]
    assert "95 % CI" in capsys.readouterr().out


def test_people_nobody_has_seen_are_not_identified(folder, tmp_path):
    out = tmp_path / "run"
    arguments = ["train", "--data", str(folder), "--protocol", "subject", "--epochs", "1", *QUICK]
    assert main([*arguments, "--out", str(out)]) == 0
    results = strict_json(out / "metrics.json")
    assert results["identity"] is None
    assert results["activity"]["n"] == results["n_test"]


def test_predict_gives_the_pipeline_s_labels(trained, folder, tmp_path, capsys):
    recording = folder / "S02_exercise.npy"
    arguments = ["predict", "--model", str(trained), str(recording), "--sampling-rate", str(RATE)]
    assert main([*arguments, "--json", str(tmp_path / "p.json")]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split("\t")[:2] == ["start", "identity"]
    rows = strict_json(tmp_path / "p.json")
    assert len(rows) == len(lines) == 16

    data = dt4ecg.datasets.load_recordings(folder)
    own = data[(data.meta["subject"] == "S02") & (data.meta["activity"] == "exercise")]
    expected = dt4ecg.load(trained / "model.safetensors").predict(own.X)
    assert [[row["identity"], row["activity"]] for row in rows] == expected.tolist()
    assert [row["start"] for row in rows] == pytest.approx(own.meta["start"].tolist())


def test_predict_on_a_raw_real_recording(motion_folder, tmp_path):
    """The same labels as the training pipeline on that whole recording, at its measured rate."""
    from dt4ecg import datasets, protocols

    data = datasets.load_motion_ecg(motion_folder)
    train = protocols.split(data, "random").train[::10]
    names = np.array(
        [[data.classes["identity"][i], data.classes["activity"][a]] for i, a in data.y[train]]
    )
    clf = dt4ecg.DT4ECGClassifier(epochs=1, n_threads=1, preprocessor=data.preprocessor)
    clf.fit(data.X[train], names).save(tmp_path / "model.safetensors")

    recording = datasets.motion_ecg_recordings(motion_folder)[3]
    np.save(tmp_path / "raw.npy", recording.samples)
    arguments = ["--model", str(tmp_path / "model.safetensors"), str(tmp_path / "raw.npy")]
    rate = ["--sampling-rate", str(recording.sampling_rate), "--json", str(tmp_path / "p.json")]
    assert main(["predict", *arguments, *rate]) == 0
    rows = strict_json(tmp_path / "p.json")
    expected = clf.predict(data.X[data.meta["recording"] == recording.name])
    assert [[row["identity"], row["activity"]] for row in rows] == expected.tolist()


def test_wfdb_headers_tell_their_rate(trained, ecg_id_folder, capsys):
    record = ecg_id_folder / "Person_01" / "rec_1.hea"
    assert main(["predict", "--model", str(trained), str(record), "--lead", "0"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 6


def test_a_longer_run_continues_to_the_same_bits(trained, folder, tmp_path):
    whole, part = tmp_path / "whole", tmp_path / "part"
    arguments = ["train", "--data", str(folder), *QUICK]
    assert main([*arguments, "--epochs", "3", "--out", str(whole)]) == 0
    assert main([*arguments, "--epochs", "1", "--out", str(part)]) == 0
    assert main(["train", "--resume", str(part), "--epochs", "3", *QUICK]) == 0
    assert (part / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    assert (part / "history.json").read_bytes() == (whole / "history.json").read_bytes()


def test_ctrl_c_leaves_a_run_that_continues(folder, tmp_path):
    out = tmp_path / "run"
    arguments = ["--data", str(folder), "--epochs", "500", *QUICK, "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-m", "dt4ecg", "train", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    deadline = time.monotonic() + 120
    while not (out / "checkpoint.safetensors").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert f"--resume {out}" in errors
    assert "Traceback" not in errors
    dt4ecg.load(out / "checkpoint.safetensors")
    assert not (out / "metrics.json").exists()
    state, _ = dt4ecg.serialization.read(out / "checkpoint.safetensors")
    epochs = len(state["training.history.skipped_steps"])
    assert main(["train", "--resume", str(out), "--epochs", str(epochs + 1), *QUICK]) == 0
    assert strict_json(out / "metrics.json")["epochs"] == epochs + 1


MISTAKES = [
    (["train", "--data", "nowhere"], 1, "neither a data set"),
    (["train", "--resume", "nowhere"], 1, "no checkpoint.safetensors"),
    (["train", "--epochs", "0"], 2, "at least 1"),
    (["train", "--weighting", "gradnorm"], 2, "chen2018"),
    (["train", "--protocol", "stratified"], 2, "blocked"),
    (["evaluate"], 2, "--model"),
    (["evaluate", "--model", "nowhere.safetensors"], 1, "no model file"),
    (["predict", "--model", "nowhere.safetensors", "x.npy"], 1, "no model file"),
    (["datasets", "fetch", "paper-cohort"], 2, "motion-ecg"),
    (["nonsense"], 2, "invalid choice"),
    ([], 2, "required"),
]


@pytest.mark.parametrize(("arguments", "status", "text"), MISTAKES)
def test_mistakes_are_one_readable_line(arguments, status, text, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == status
    errors = capsys.readouterr().err
    assert text in errors
    assert "Traceback" not in errors


@pytest.mark.filterwarnings("ignore:transform. no segment")
def test_mistakes_with_a_model(trained, folder, tmp_path, capsys):
    model = ["--model", str(trained)]
    recording = str(folder / "S01_rest.npy")
    (tmp_path / "text.npy").write_text("not an array")
    np.save(tmp_path / "short.npy", np.zeros(50))
    for arguments, text in [
        (["predict", *model, recording], "--sampling-rate"),
        (["predict", *model, recording, "--sampling-rate", "100"], "notch: 60 Hz needs"),
        (["predict", *model, recording, "--sampling-rate", "250", "--lead", "3"], "leads 0 to 0"),
        (["predict", *model, "missing.npy", "--sampling-rate", "250"], "no recording"),
        (["predict", *model, str(tmp_path / "text.npy"), "--sampling-rate", "250"], "text.npy"),
        (["predict", *model, str(tmp_path / "short.npy"), "--sampling-rate", "250"], "shorter"),
        (["train", "--data", str(folder), "--out", str(trained)], "holds a run already"),
        (["train", "--resume", str(trained), "--seed", "5"], "--seed 0 -> 5"),
    ]:
        assert main(arguments) == 1, arguments
        assert text in capsys.readouterr().err


def test_listings(tmp_path, capsys):
    assert main(["datasets", "--json", str(tmp_path / "d.json")]) == 0
    assert {row["name"] for row in strict_json(tmp_path / "d.json")} == set(
        dt4ecg.datasets.DATASETS
    )
    assert main(["datasets", "show", "motion-ecg"]) == 0
    assert "GPL-3.0" in capsys.readouterr().out
    assert main(["info", "--json", str(tmp_path / "i.json")]) == 0
    assert strict_json(tmp_path / "i.json")["dt4ecg"] == dt4ecg.__version__


def test_a_reader_that_leaves_is_no_trouble():
    process = subprocess.run(
        f"{sys.executable} -m dt4ecg datasets | head -n 1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "paper-cohort" in process.stdout
    assert process.stderr == ""
