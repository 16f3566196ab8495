"""The command line from end to end, on a tiny simulated folder of recordings."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from support.ecg_sets import FOLDER_RATE as RATE

import dt4ecg
from dt4ecg.cli import main
from dt4ecg.runs import DEFAULTS
from dt4ecg.storage import container
from dt4ecg.storage.lock import held

TINY = ("--threads", "1", "--batch-size", "8", "--quiet")


@pytest.fixture(scope="session")
def trained(folder, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "run"
    assert main(train(folder, run, 2)) == 0
    return run


def train(folder, run, epochs, *more):
    return [
        "train",
        "--data",
        str(folder),
        "--epochs",
        str(epochs),
        "--out",
        str(run),
        *TINY,
        *more,
    ]


def strict_json(path):
    def refuse(constant):
        raise AssertionError(f"{path} holds {constant}")

    return json.loads(path.read_text(), parse_constant=refuse)


def network_of(path):
    return dt4ecg.load(path).network_.state_dict()


def assert_same_bits(a, b):
    ours, theirs = network_of(a / "model.safetensors"), network_of(b / "model.safetensors")
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)


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


def test_json_keys_are_the_promised_ones(trained):
    results = strict_json(trained / "metrics.json")
    assert results["protocol"] == "random"
    assert (results["seed"], results["epochs"]) == (0, 2)
    assert results["n_train"] + results["n_test"] == 40
    assert results["seconds"] > 0
    for task in ("identity", "activity"):
        scores = results[task]
        assert {"accuracy", "precision", "recall", "f1", "interval"} <= scores.keys()
        assert scores["accuracy"] == scores["correct"] / scores["n"]
        assert scores["n"] == results["n_test"]
    assert np.shape(results["task_weights"]) == (2, 2)


def test_resumed_run_has_the_bits_of_an_uninterrupted_one(folder, trained, tmp_path):
    run = tmp_path / "run"
    assert main(train(folder, run, 1)) == 0
    resume = ["train", "--resume", str(run / "checkpoint.safetensors"), "--epochs", "2", "--quiet"]
    assert main(resume) == 0
    assert_same_bits(run, trained)
    assert strict_json(run / "config.json")["epochs"] == 2


def test_interrupted_run_says_how_to_continue_and_does(folder, tmp_path):
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
    whole = tmp_path / "whole"
    assert main(train(folder, whole, epochs)) == 0
    assert_same_bits(run, whole)


def test_a_run_is_never_overwritten(folder, trained, capsys):
    before = (trained / "model.safetensors").read_bytes()
    assert main(train(folder, trained, 1)) == 1
    assert "holds a run already" in capsys.readouterr().err
    assert (trained / "model.safetensors").read_bytes() == before


def test_two_runs_do_not_share_a_folder(folder, trained, tmp_path, capsys):
    """Neither a new run nor a continued one enters where another is at work."""
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    before = {file.name: file.read_bytes() for file in run.iterdir()}
    with held(run):
        for command in (train(folder, run, 1), ["train", "--resume", str(run), "--quiet"]):
            assert main(command) == 1
            assert "another run is at work in" in capsys.readouterr().err
    assert {file.name: file.read_bytes() for file in run.iterdir()} == before


def test_a_killed_run_keeps_nobody_out(folder, trained, tmp_path):
    """What it left, be it half a checkpoint, is taken away, and the run starts again."""
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


def test_a_run_continues_only_as_it_began(trained, capsys):
    assert main(["train", "--resume", str(trained), "--batch-size", "4"]) == 1
    assert "--batch-size 8 -> 4" in capsys.readouterr().err


def test_a_run_never_shrinks(trained, capsys):
    before = (trained / "config.json").read_bytes()
    assert main(["train", "--resume", str(trained), "--epochs", "1"]) == 1
    assert "may grow from 2, not shrink to 1" in capsys.readouterr().err
    assert (trained / "config.json").read_bytes() == before


def test_a_schedule_over_all_epochs_is_not_stretched(folder, tmp_path, capsys):
    """A refused command leaves the run as it was, to be continued without --epochs."""
    run = tmp_path / "run"
    assert main(train(folder, run, 2, "--recipe", "strong")) == 0
    before = (run / "config.json").read_bytes()
    for epochs in ("3", "1"):
        assert main(["train", "--resume", str(run), "--epochs", epochs]) == 1
        assert f"over all 2 epochs, which cannot become {epochs}" in capsys.readouterr().err
        assert (run / "config.json").read_bytes() == before
    assert main(["train", "--resume", str(run), "--epochs", "2", "--quiet"]) == 0


@pytest.mark.parametrize("trouble", ["data", "settings", "checkpoint"])
def test_a_refused_continuation_changes_nothing(trouble, folder, trained, tmp_path, capsys):
    """The epochs that it asked for, too, are not those of the run."""
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


def test_skipped_steps_are_told(folder, trained, tmp_path, capsys):
    fast = train(folder, tmp_path / "run", 1, "--learning-rate", "1e300")
    assert main(fast) == 0
    skipped = strict_json(tmp_path / "run" / "history.json")["skipped_steps"][-1]
    assert skipped > 0
    assert f"warning: {skipped} steps were skipped" in capsys.readouterr().err
    assert main(["train", "--resume", str(trained), "--quiet"]) == 0
    assert "skipped" not in capsys.readouterr().err


@pytest.mark.parametrize("out", ["file", "file/run"])
def test_a_file_is_no_run_folder(out, folder, tmp_path, capsys):
    (tmp_path / "file").write_text("precious")
    assert main(train(folder, tmp_path / out, 1)) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "--out" in line
    assert "choose another name" in line
    assert (tmp_path / "file").read_text() == "precious"


def test_defaults_are_the_classifiers():
    ours, theirs = DEFAULTS, dt4ecg.DT4ECGClassifier().get_params()
    shared = ours.keys() & theirs.keys()
    assert len(shared) >= 9
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def test_a_run_that_never_began_leaves_no_folder(folder, tmp_path):
    run = tmp_path / "run"
    assert main(train(folder, run, 1, "--learning-rate", "nan")) == 1
    assert not run.exists()


def test_a_run_that_never_began_takes_nothing_of_others_along(folder, tmp_path):
    for name in ("notes", ".lock"):
        (tmp_path / name).touch()
    assert main(train(folder, tmp_path, 1, "--learning-rate", "nan")) == 1
    assert {file.name for file in tmp_path.iterdir()} == {"notes", ".lock"}


def test_a_full_disk_is_one_line_that_names_the_file(folder, tmp_path):
    run = tmp_path / "run"
    command = [sys.executable, "-m", "dt4ecg", *train(folder, run, 1)]
    limited = f"ulimit -f 64; exec {shlex.join(command)}"
    done = subprocess.run(["bash", "-c", limited], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert f"{run / 'checkpoint.safetensors'}: File too large" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not run.exists()


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
def test_a_setting_of_another_kind_is_named(key, value, trained, tmp_path, capsys):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    content = json.dumps(strict_json(run / "config.json") | {key: value})
    (run / "config.json").write_text(content)
    for command in (["train", "--resume"], ["evaluate", "--model"]):
        assert main([*command, str(run)]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert re.search(rf"config\.json: {key}\b.* got {re.escape(repr(value))}$", line)
    assert (run / "config.json").read_text() == content


def test_people_never_seen_are_not_named(folder, tmp_path):
    results = tmp_path / "results.json"
    options = ("--protocol", "subject", "--test-size", "0.5", "--json", str(results))
    assert main(train(folder, tmp_path / "run", 1, *options)) == 0
    found = strict_json(results)
    assert found["identity"] is None
    assert found["activity"]["n"] == found["n_test"]
    assert not (tmp_path / "run" / "confusion_identity.png").exists()


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
    assert capsys.readouterr().out.splitlines()[0] == "start\tidentity\tidentity_probability"


def test_evaluate_repeats_the_runs_own_test_scores(trained, tmp_path, capsys):
    results = tmp_path / "results.json"
    assert main(["evaluate", "--model", str(trained), "--json", str(results)]) == 0
    assert "warning" not in capsys.readouterr().err
    found, expected = strict_json(results), strict_json(trained / "metrics.json")
    keys = ("data", "protocol", "seed", "epochs", "n_train", "n_test", "identity", "activity")
    assert {key: found[key] for key in keys} == {key: expected[key] for key in keys}


@pytest.mark.parametrize(
    ("file", "epochs"), [("model", 2), ("checkpoint", 2), ("first_checkpoint", 1)]
)
def test_evaluate_counts_the_epochs_that_the_model_has_seen(
    file, epochs, folder, trained, tmp_path
):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    assert main(train(folder, tmp_path / "short", 1)) == 0
    shutil.copy(tmp_path / "short" / "checkpoint.safetensors", run / "first_checkpoint.safetensors")
    config = strict_json(run / "config.json") | {"epochs": 6}
    (run / "config.json").write_text(json.dumps(config))
    results = tmp_path / "results.json"
    model = str(run / f"{file}.safetensors")
    assert main(["evaluate", "--model", model, "--json", str(results)]) == 0
    assert strict_json(results)["epochs"] == epochs


def test_evaluate_of_an_older_file_tells_no_epochs(folder, trained, tmp_path):
    tensors, header = container.read(trained / "model.safetensors")
    older = {name: tensor for name, tensor in tensors.items() if name.startswith("network.")}
    model, results = tmp_path / "model.safetensors", tmp_path / "results.json"
    container.write(model, older, header)
    evaluate = ["evaluate", "--model", str(model), "--data", str(folder)]
    assert main([*evaluate, "--json", str(results)]) == 0
    assert strict_json(results)["epochs"] is None


@pytest.mark.parametrize(
    "config",
    [
        "{}",
        '{"data": "x", "epochs": 3, "batch_size": 8, "seed": 0}',
        '{"model": "bert"}',
        "[" * 100_000,
    ],
    ids=["empty", "similar", "bert", "nested"],
)
def test_evaluate_takes_no_other_programs_configuration_for_a_run(
    config, folder, trained, tmp_path, capsys
):
    shutil.copy(trained / "model.safetensors", tmp_path)
    (tmp_path / "config.json").write_text(config)
    model = str(tmp_path / "model.safetensors")
    assert main(["evaluate", "--model", model, "--data", str(folder)]) == 0
    assert "the model is not in a run folder" in capsys.readouterr().err


@pytest.mark.parametrize("spelling", ["{folder}", "{folder}/manifest.csv", "../{name}", "."])
def test_evaluate_knows_the_runs_data_by_any_path(spelling, folder, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    data = spelling.format(folder=folder, name=folder.name)
    results = tmp_path / "results.json"
    assert main(["evaluate", "--model", str(trained), "--data", data, "--json", str(results)]) == 0
    assert strict_json(results)["n_test"] == strict_json(trained / "metrics.json")["n_test"]


def test_a_run_started_beside_its_data_can_be_used_from_anywhere(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    run = tmp_path / "run"
    assert main(train(".", run, 1)) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "--model", str(run)]) == 0
    assert main(["train", "--resume", str(run), "--epochs", "2", "--quiet"]) == 0


def test_evaluate_of_people_held_out_does_not_call_them_wrong(folder, tmp_path, capsys):
    run = tmp_path / "run"
    assert main(train(folder, run, 1, "--protocol", "subject", "--test-size", "0.5")) == 0
    capsys.readouterr()
    assert main(["evaluate", "--model", str(run)]) == 0
    captured = capsys.readouterr()
    assert "never saw" not in captured.err
    assert "not scored" in captured.out


def test_evaluate_all_and_other_parts_warn(trained, tmp_path, capsys):
    results = tmp_path / "results.json"
    evaluate = ["evaluate", "--model", str(trained), "--json", str(results)]
    assert main([*evaluate, "--protocol", "all"]) == 0
    assert strict_json(results)["n_test"] == 40
    assert "not the part that the run held out" in capsys.readouterr().err


def test_evaluate_matches_classes_by_name(folder, trained, tmp_path, capsys):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    text = (folder / "manifest.csv").read_text()
    (tmp_path / "manifest.csv").write_text(text.replace("exercise", "aerobics"))
    results = tmp_path / "results.json"
    evaluate = ["evaluate", "--model", str(trained), "--data", str(tmp_path)]
    assert main([*evaluate, "--json", str(results)]) == 0
    assert "never saw activity aerobics" in capsys.readouterr().err
    found = strict_json(results)
    assert (found["protocol"], found["n_test"]) == ("all", 40)
    assert found["activity"]["classes"] == ["aerobics", "rest", "exercise"]
    assert found["activity"]["correct"] <= 20


def test_evaluate_does_not_score_people_that_the_model_cannot_know(
    folder, trained, tmp_path, capsys
):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    text = (folder / "manifest.csv").read_text()
    (tmp_path / "manifest.csv").write_text(re.sub("S0[12]", r"other \g<0>", text))
    results = tmp_path / "results.json"
    evaluate = ["evaluate", "--model", str(trained), "--data", str(tmp_path)]
    assert main([*evaluate, "--json", str(results)]) == 0
    assert "never saw any identity of these segments" in capsys.readouterr().err
    found = strict_json(results)
    assert found["identity"] is None
    assert found["activity"]["n"] == 40


def a_model(path, folder, **settings):
    """An untrained network on segments of the folder's recordings, and those segments."""
    preprocessor = dt4ecg.Preprocessor(**settings)
    samples = [np.load(folder / f"{i}.npy") for i in range(4)]
    X = np.concatenate(preprocessor.fit(samples, RATE).transform_many(samples, RATE))
    y = np.repeat([["S01", "rest"], ["S02", "exercise"]], len(X) // 2, axis=0)
    classifier = dt4ecg.DT4ECGClassifier(epochs=0, n_threads=1, preprocessor=preprocessor)
    classifier.fit(X, y).save(path)
    return classifier


def evaluated(model, data, monkeypatch):
    """The segments that evaluate scores, and what it says of them."""
    seen = []
    predict = dt4ecg.DT4ECGClassifier.predict
    monkeypatch.setattr(
        dt4ecg.DT4ECGClassifier, "predict", lambda self, X: seen.append(X) or predict(self, X)
    )
    assert main(["evaluate", "--model", str(model), "--data", str(data)]) == 0
    return seen[0]


@pytest.mark.parametrize("mains", [None, 50.0])
def test_evaluate_preprocesses_as_the_model_at_the_sets_own_mains(
    mains, folder, tmp_path, monkeypatch
):
    """Rows without a mains frequency have the model's; fitted limits, rate and length are its."""
    settings = {"normalize": "training", "target_rate": 80, "segment_seconds": 2.0}
    model = tmp_path / "model.safetensors"
    preprocessor = a_model(model, folder, notch=55.0, **settings).preprocessor
    shutil.copytree(folder, tmp_path / "other")
    for i in range(4):
        np.save(tmp_path / "other" / f"{i}.npy", 3 * np.load(folder / f"{i}.npy"))
    if mains is not None:
        header, *rows = (folder / "manifest.csv").read_text().splitlines()
        rows = [header + ",mains_frequency", *(f"{row},{mains}" for row in rows)]
        (tmp_path / "other" / "manifest.csv").write_text("\n".join(rows) + "\n")
    found = evaluated(model, tmp_path / "other", monkeypatch)
    samples = [np.load(tmp_path / "other" / f"{i}.npy") for i in range(4)]
    expected = preprocessor.at_mains(mains or 55.0).transform_many(samples, RATE)
    np.testing.assert_array_equal(found, np.concatenate(expected).astype(np.float32))
    assert found.shape[1:] == (1, 160)
    assert found.max() > 1.5


def test_evaluate_leaves_a_model_without_notch_without(folder, tmp_path, monkeypatch):
    model = tmp_path / "model.safetensors"
    preprocessor = a_model(model, folder, notch=None).preprocessor
    found = evaluated(model, folder, monkeypatch)
    samples = [np.load(folder / f"{i}.npy") for i in range(4)]
    expected = np.concatenate(preprocessor.transform_many(samples, RATE))
    np.testing.assert_array_equal(found, expected.astype(np.float32))


def test_evaluate_at_the_mains_of_a_named_set(folder, tmp_path, monkeypatch, motion_folder):
    model = tmp_path / "model.safetensors"
    preprocessor = a_model(model, folder, segment_seconds=2.0).preprocessor
    found = evaluated(model, "motion-ecg", monkeypatch)
    expected = dt4ecg.datasets.load_motion_ecg(
        motion_folder, preprocessor=preprocessor.at_mains(50.0)
    )
    np.testing.assert_array_equal(found, expected.X)


def test_evaluate_says_which_segments_the_model_takes(folder, tmp_path, capsys):
    model = tmp_path / "model.safetensors"
    a_model(model, folder, target_rate=None)
    other = tmp_path / "other"
    shutil.copytree(folder, other)
    text = (folder / "manifest.csv").read_text().replace(f",{RATE},", ",200,")
    (other / "manifest.csv").write_text(text)
    assert main(["evaluate", "--model", str(model), "--data", str(other)]) == 1
    error = capsys.readouterr().err
    assert "takes segments of (1, 750) (leads, samples), the data give (1, 600)" in error
    assert "its leads and its sampling rate" in error


def test_evaluate_warns_where_the_model_tells_no_preprocessing(folder, tmp_path, capsys):
    model = tmp_path / "model.safetensors"
    a_model(model, folder).set_params(preprocessor=None).save(model)
    assert main(["evaluate", "--model", str(model), "--data", str(folder)]) == 0
    assert "saved without its preprocessor: the data set's default" in capsys.readouterr().err


def test_evaluate_tells_how_it_preprocesses(capsys):
    assert main(["evaluate", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for word in ("fitted limits", "segment length", "sampling rate", "notch", "mains frequency"):
        assert word in told


def test_predict_gives_names_and_the_pipelines_labels(folder, trained, tmp_path, capsys):
    recording, rows = folder / "1.npy", tmp_path / "rows.json"
    rate = ("--sampling-rate", str(RATE))
    predict = ["predict", "--model", str(trained), str(recording), *rate, "--json", str(rows)]
    assert main(predict) == 0
    printed = capsys.readouterr().out.splitlines()
    found = strict_json(rows)
    assert len(printed) == 1 + len(found) == 11
    labels, starts = dt4ecg.load(trained / "model.safetensors").predict_recording(
        np.load(recording), RATE
    )
    assert [[row["identity"], row["activity"]] for row in found] == labels.tolist()
    assert [row["start"] for row in found] == starts.tolist()
    assert {row["activity"] for row in found} <= {"rest", "exercise"}


def test_predict_on_a_real_recording_is_the_training_pipeline(motion_folder, tmp_path):
    data = dt4ecg.datasets.load_motion_ecg(motion_folder)
    recording = dt4ecg.datasets.motion.motion_ecg_recordings(motion_folder)[0]
    mine = data.groups == 0
    names = [data.classes[task] for task in data.tasks]
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, n_threads=1, preprocessor=data.preprocessor)
    some = np.arange(0, len(data), 40)
    labels = [np.array(of_task)[data.y[some, i]] for i, of_task in enumerate(names)]
    classifier.fit(data.X[some], np.stack(labels, axis=1))
    classifier.save(tmp_path / "model.safetensors")
    np.save(tmp_path / "recording.npy", recording.samples)
    rate = ("--sampling-rate", repr(recording.sampling_rate))
    model = ("--model", str(tmp_path / "model.safetensors"))
    rows = tmp_path / "rows.json"
    file = str(tmp_path / "recording.npy")
    assert main(["predict", *model, file, *rate, "--json", str(rows)]) == 0
    assert not len(recording.gaps)
    found = [[row["identity"], row["activity"]] for row in strict_json(rows)]
    assert found == classifier.predict(data.X[mine]).tolist()


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


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("{folder}/0.npy", "add --sampling-rate HZ"),
        ("{folder}/0.npy --sampling-rate 0", "sampling_rate"),
        ("{folder}/nowhere.npy --sampling-rate 250", "there is no recording"),
        ("{folder}/0.npy --sampling-rate 250 --lead 1", "leads 0 to 0"),
        ("{folder}/manifest.csv --sampling-rate 250", "manifest.csv"),
    ],
)
def test_predict_says_what_is_wrong_with_a_recording(options, text, folder, trained, capsys):
    arguments = options.format(folder=folder).split()
    assert main(["predict", "--model", str(trained), *arguments]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert text in line


def test_predict_reads_text(folder, trained, tmp_path, capsys):
    samples = np.load(folder / "0.npy")
    np.savetxt(tmp_path / "recording.txt", samples, fmt="%.17g")
    printed = []
    for file in (folder / "0.npy", tmp_path / "recording.txt"):
        predict = ["predict", "--model", str(trained), str(file), "--sampling-rate", str(RATE)]
        assert main(predict) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]


@pytest.mark.filterwarnings("ignore:transform. no segment")
def test_predict_deals_with_nan_as_it_is_told(folder, trained, tmp_path, capsys):
    samples = np.load(folder / "0.npy")
    samples[10 * RATE] = np.nan
    np.save(tmp_path / "lost.npy", samples)
    model, rate = ("--model", str(trained)), ("--sampling-rate", str(RATE))
    predict = ["predict", str(tmp_path / "lost.npy"), *model, *rate]
    assert main(predict) == 1
    assert main([*predict, "--nan", "raise"]) == 1
    capsys.readouterr()
    starts = {}
    for policy in ("interpolate", "drop"):
        assert main([*predict, "--nan", policy]) == 0
        _, *rows = capsys.readouterr().out.splitlines()
        starts[policy] = [float(row.split("\t")[0]) for row in rows]
    assert starts["interpolate"] == [3.0 * i for i in range(10)]
    after_the_gap = 10 + 1 / RATE
    expected = [0.0, 3.0, 6.0, *(after_the_gap + 3 * i for i in range(6))]
    assert starts["drop"] == pytest.approx(expected, abs=1e-3)  # as printed
    np.save(tmp_path / "lost.npy", np.full_like(samples, np.nan))
    assert main([*predict, "--nan", "drop"]) == 1
    assert "no stretch of usable samples" in capsys.readouterr().err


@pytest.mark.parametrize(("mains", "notch"), [("40", 40.0), ("none", None)])
def test_predict_where_the_mains_lie_elsewhere(mains, notch, folder, trained, tmp_path, capsys):
    """At 100 Hz the model's 60 Hz cannot be notched: the line appears at 40 Hz."""
    rows, samples = tmp_path / "rows.json", np.load(folder / "0.npy")
    recording = (str(folder / "0.npy"), "--sampling-rate", "100", "--json", str(rows))
    predict = ["predict", "--model", str(trained), *recording]
    assert main(predict) == 1
    assert "notch=40 for the alias; here, notch is --mains HZ|none" in capsys.readouterr().err
    assert main([*predict, "--mains", mains]) == 0
    told = "no notch" if notch is None else f"notch at {notch:g} Hz"
    assert f"mains: {told}\n" in capsys.readouterr().err
    classifier = dt4ecg.load(trained / "model.safetensors")
    segments = classifier.preprocessor.set_params(notch=notch).transform(samples, 100)
    expected = [shares.max(axis=1).tolist() for shares in classifier.predict_proba(segments)]
    found = strict_json(rows)
    for task, shares in zip(classifier.tasks, expected, strict=True):
        assert [row[f"{task}_probability"] for row in found] == shares


def test_predict_asks_which_of_several_leads(folder, trained, tmp_path, capsys):
    one = np.load(folder / "0.npy")
    np.save(tmp_path / "two.npy", np.stack([one, one]))
    recording = (str(tmp_path / "two.npy"), "--sampling-rate", str(RATE))
    assert main(["predict", "--model", str(trained), *recording]) == 1
    assert "pick one with --lead N" in capsys.readouterr().err
    assert main(["predict", "--model", str(trained), *recording, "--lead", "1"]) == 0


def test_debug_shows_the_traceback(monkeypatch):
    monkeypatch.setenv("DT4ECG_DEBUG", "1")
    with pytest.raises(ValueError, match="neither a data set"):
        main(["train", "--data", "nowhere"])


def test_datasets_and_info_tell_where_things_are(tmp_path, capsys):
    file = tmp_path / "facts.json"
    assert main(["datasets"]) == 0
    assert "paper-cohort" in capsys.readouterr().out
    assert main(["datasets", "show", "motion-ecg"]) == 0
    assert "GPL-3.0" in capsys.readouterr().out
    assert main(["info", "--json", str(file)]) == 0
    assert strict_json(file)["paper-cohort"].startswith("simulated")


@pytest.mark.parametrize("place", ["before", "after"])
def test_datasets_writes_json_wherever_the_option_stands(place, tmp_path):
    file = tmp_path / "sets.json"
    option = ["--json", str(file)]
    words = ["show", "motion-ecg"]
    assert main(["datasets", *(option + words if place == "before" else words + option)]) == 0
    assert [row["name"] for row in strict_json(file)] == ["motion-ecg"]


def test_json_goes_through_a_link_and_leaves_it_in_place(tmp_path):
    """As /dev/stdout is one; replacing it would break the machine of whoever is root."""
    target, link = tmp_path / "target.json", tmp_path / "link"
    target.touch()
    link.symlink_to(target)
    assert main(["datasets", "--json", str(link)]) == 0
    assert link.is_symlink()
    assert strict_json(target)


@pytest.mark.parametrize(
    ("path", "redirection"),
    [("/dev/stdout", ">>"), ("/dev/stderr", "2>>"), ("/dev/fd/3", "3>>"), ("/dev/stdout", ">")],
)
def test_json_empties_no_file_of_the_shells(path, redirection, tmp_path):
    log = tmp_path / "log"
    log.write_text("precious\n")
    command = f"{sys.executable} -m dt4ecg datasets --json {path} {redirection} {log}"
    subprocess.run(["bash", "-c", command], check=True, stdout=subprocess.DEVNULL, timeout=120)
    text = log.read_text()
    assert text.startswith("precious\n") == (">>" in redirection)
    assert ("paper-cohort  " in text) == (path == "/dev/stdout")  # the table is there whole, too
    assert json.loads(text[text.index("[\n") :])


def test_json_goes_into_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    try:
        assert main(["datasets", "--json", str(pipe)]) == 0
        assert json.loads(reader.communicate(timeout=60)[0])
    finally:
        reader.kill()
    assert pipe.is_fifo()


def test_a_reader_that_leaves_costs_no_result(folder, tmp_path):
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


def test_a_reader_that_leaves_is_no_error():
    command = f"{sys.executable} -m dt4ecg datasets | true"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=120)
    assert done.stderr == ""


def test_wfdb_headers_tell_their_rate(trained, ecg_id_folder, capsys):
    record = ecg_id_folder / "Person_01" / "rec_1.hea"
    assert main(["predict", "--model", str(trained), str(record), "--lead", "0"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 6


def test_a_wfdb_header_without_signals_is_told(trained, tmp_path, capsys):
    (tmp_path / "a.hea").write_text("a 0 250 10\n")
    assert main(["predict", "--model", str(trained), str(tmp_path / "a.hea")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert f"WFDB record {tmp_path / 'a'} has a header of 0 signals" in line


def test_a_run_that_was_killed_before_it_began_starts_again(folder, trained, tmp_path):
    shutil.copy(trained / "config.json", tmp_path)
    assert main(train(folder, tmp_path, 1)) == 0
    assert (tmp_path / "model.safetensors").is_file()


def test_closed_streams_cost_no_result(folder, tmp_path):
    command = shlex.join([sys.executable, "-m", "dt4ecg", *train(folder, tmp_path / "run", 1)])
    done = subprocess.run(f"{command} >&- 2>&-", shell=True, timeout=120)
    assert done.returncode == 0
    assert (tmp_path / "run" / "metrics.json").is_file()


def test_mains_of_a_folder(folder, tmp_path, capsys):
    assert main(train(folder, tmp_path / "run", 1, "--mains", "50")) == 0
    assert "notch at 50 Hz" in capsys.readouterr().err
    assert dt4ecg.load(tmp_path / "run" / "model.safetensors").preprocessor.notch == 50
    assert main(["evaluate", "--model", str(tmp_path / "run"), "--data", str(folder)]) == 0
    assert "notch at 50 Hz" in capsys.readouterr().err


def test_a_model_that_answers_with_numbers_says_so(folder, tmp_path, capsys):
    data = dt4ecg.datasets.load_recordings(folder)
    model = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor, n_threads=1)
    model.fit(data.X, data.y).save(tmp_path / "model.safetensors")
    command = ["evaluate", "--model", str(tmp_path / "model.safetensors"), "--data", str(folder)]
    assert main(command) == 1
    assert "predicts identity as numbers" in capsys.readouterr().err


def test_the_folder_of_a_run_is_told_from_its_model(trained):
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors"):
        dt4ecg.load(trained)
