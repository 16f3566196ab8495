"""``dt4ecg evaluate``: which segments are scored, and how they are preprocessed."""

import json
import re
import shutil

import numpy as np
import pytest
from support.command_line import strict_json, train
from support.ecg_sets import FOLDER_RATE as RATE

import dt4ecg
from dt4ecg.cli import main
from dt4ecg.storage import container


def test_evaluate_repeats_the_runs_own_test_scores(trained, tmp_path, capsys):
    results = tmp_path / "results.json"
    assert main(["evaluate", "--model", str(trained), "--json", str(results)]) == 0
    assert "warning" not in capsys.readouterr().err
    found, expected = strict_json(results), strict_json(trained / "metrics.json")
    keys = ("data", "protocol", "seed", "epochs", "n_train", "n_test", "identity", "activity")
    assert {key: found[key] for key in keys} == {key: expected[key] for key in keys}


@pytest.mark.slow
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


def test_evaluate_reports_no_epochs_for_an_older_file(folder, trained, tmp_path):
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
def test_evaluate_ignores_the_configuration_of_another_program(
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


@pytest.mark.slow
def test_a_run_with_relative_data_works_from_any_folder(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    run = tmp_path / "run"
    assert main(train(".", run, 1)) == 0
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", "--model", str(run)]) == 0
    assert main(["train", "--resume", str(run), "--epochs", "2", "--quiet"]) == 0


@pytest.mark.filterwarnings("ignore:fit. identity has one class:UserWarning")
def test_evaluate_does_not_count_held_out_people_as_wrong(folder, tmp_path, capsys):
    run = tmp_path / "run"
    assert main(train(folder, run, 1, "--protocol", "subject", "--test-size", "0.5")) == 0
    capsys.readouterr()
    assert main(["evaluate", "--model", str(run)]) == 0
    captured = capsys.readouterr()
    assert "never trained" not in captured.out
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
    assert "activity of 20 of 40 rows was never trained" in capsys.readouterr().out
    found = strict_json(results)
    assert (found["protocol"], found["n_test"]) == ("all", 40)
    assert found["activity"]["classes"] == ["aerobics", "rest", "exercise"]
    assert found["activity"]["n"] == 20


def test_evaluate_does_not_score_people_that_the_model_cannot_know(
    folder, trained, tmp_path, capsys
):
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    text = (folder / "manifest.csv").read_text()
    (tmp_path / "manifest.csv").write_text(re.sub("S0[12]", r"other \g<0>", text))
    results = tmp_path / "results.json"
    evaluate = ["evaluate", "--model", str(trained), "--data", str(tmp_path)]
    assert main([*evaluate, "--json", str(results)]) == 0
    assert "identity of 40 of 40 rows was never trained" in capsys.readouterr().out
    found = strict_json(results)
    assert found["identity"] is None
    assert found["activity"]["n"] == 40


def a_model(path, folder, **settings):
    """Save an untrained network whose preprocessor fits the folder's recordings."""
    preprocessor = dt4ecg.Preprocessor(**settings)
    samples = [np.load(folder / f"{i}.npy") for i in range(4)]
    X = np.concatenate(preprocessor.fit(samples, RATE).transform_many(samples, RATE))
    y = np.repeat([["S01", "rest"], ["S02", "exercise"]], len(X) // 2, axis=0)
    classifier = dt4ecg.DT4ECGClassifier(epochs=0, n_threads=1, preprocessor=preprocessor)
    classifier.fit(X, y).save(path)
    return classifier


def evaluated(model, data, monkeypatch):
    """Return the segments that ``dt4ecg evaluate`` passes to the model."""
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
    """Limits, rate, length and, for rows without one, the mains frequency come from the model."""
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


def test_evaluate_adds_no_notch_to_a_model_without(folder, tmp_path, monkeypatch):
    model = tmp_path / "model.safetensors"
    preprocessor = a_model(model, folder, notch=None).preprocessor
    found = evaluated(model, folder, monkeypatch)
    samples = [np.load(folder / f"{i}.npy") for i in range(4)]
    expected = np.concatenate(preprocessor.transform_many(samples, RATE))
    np.testing.assert_array_equal(found, expected.astype(np.float32))


@pytest.mark.slow
def test_evaluate_at_the_mains_of_a_named_set(folder, tmp_path, monkeypatch, motion_folder):
    model = tmp_path / "model.safetensors"
    preprocessor = a_model(model, folder, segment_seconds=2.0).preprocessor
    found = evaluated(model, "motion-ecg", monkeypatch)
    expected = dt4ecg.datasets.load_motion_ecg(
        motion_folder, preprocessor=preprocessor.at_mains(50.0)
    )
    np.testing.assert_array_equal(found, expected.X)


def test_evaluate_names_the_segments_that_the_model_takes(folder, tmp_path, capsys):
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


def test_evaluate_warns_if_the_model_has_no_preprocessor(folder, tmp_path, capsys):
    model = tmp_path / "model.safetensors"
    a_model(model, folder).set_params(preprocessor=None).save(model)
    assert main(["evaluate", "--model", str(model), "--data", str(folder)]) == 0
    assert "saved without its preprocessor: the data set's default" in capsys.readouterr().err


def test_evaluate_refuses_a_model_that_predicts_numbers(folder, tmp_path, capsys):
    data = dt4ecg.datasets.load_recordings(folder)
    model = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor, n_threads=1)
    model.fit(data.X, data.y).save(tmp_path / "model.safetensors")
    command = ["evaluate", "--model", str(tmp_path / "model.safetensors"), "--data", str(folder)]
    assert main(command) == 1
    assert "predicts identity as numbers" in capsys.readouterr().err
