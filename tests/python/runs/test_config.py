"""The configuration of a run: defaults and unknown settings."""

import json
from pathlib import Path

import pytest

from dt4ecg import runs


def test_defaults():
    config = runs.complete_config({})
    assert config["data"] == "paper-cohort"
    assert config["protocol"] == "blocked"
    assert (config["test_size"], config["validation_size"]) == (0.3, 0.0)
    assert (config["epochs"], config["batch_size"], config["learning_rate"]) == (50, 16, 1e-3)
    assert (config["backbone"], config["attention"]) == ("resnet", "sca")
    assert (config["weighting"], config["recipe"], config["norm_scope"]) == (
        "none",
        "paper",
        "shared",
    )
    assert (config["mains"], config["seed"], config["precision"]) == (60.0, 0, "float32")
    assert (config["device"], config["threads"]) == ("cpu", None)


def test_given_settings_replace_defaults():
    config = runs.complete_config({"epochs": 3})
    assert config == runs.DEFAULTS | {"epochs": 3}


def test_an_unknown_setting_is_an_error_that_names_it():
    with pytest.raises(ValueError, match=r"'epoch'.*known are data, .*epochs"):
        runs.complete_config({"epoch": 3})


@pytest.mark.parametrize("key", ["epochs", "batch_size", "threads"])
def test_integers_of_a_file_have_32_bits(key):
    folder = Path("run")
    runs.check_types(folder, runs.DEFAULTS | {key: 2**32 - 1})
    for value in (0, 2**32):
        with pytest.raises(ValueError, match=rf"config\.json: {key} must be an integer"):
            runs.check_types(folder, runs.DEFAULTS | {key: value})


def test_only_the_seed_may_be_0():
    runs.check_types(Path("run"), runs.DEFAULTS | {"seed": 0})


def test_the_recipe_of_a_new_run_decides_whether_it_can_stream():
    assert runs.new_config({})["streamable"] is False
    assert runs.new_config({"recipe": "strong"})["streamable"] is True
    assert runs.new_config({"recipe": "strong", "streamable": False})["streamable"] is False
    assert runs.new_config({"recipe": "strong", "init": "model"})["streamable"] is False


def test_no_segments_overlap_in_runs_of_older_versions():
    assert runs.complete_config({"recipe": "strong"})["overlap"] == 0
    assert runs.new_config({"overlap": 0.5})["overlap"] == 0.5
    with pytest.raises(ValueError, match="overlap"):
        runs.check_types(Path("run"), runs.DEFAULTS | {"overlap": "half"})


def test_flags_of_a_file_are_true_or_false():
    with pytest.raises(ValueError, match=r"config\.json: streamable must be true or false, got 1"):
        runs.check_types(Path("run"), runs.DEFAULTS | {"streamable": 1})


FIRST_SETTINGS = set(
    [
        "data",
        "protocol",
        "test_size",
        "validation_size",
        "seed",
        "backbone",
        "attention",
        "weighting",
        "norm_scope",
        "epochs",
        "batch_size",
        "learning_rate",
        "device",
        "threads",
    ]
)


def test_a_file_of_the_first_version_is_completed(tmp_path):
    first = {key: runs.DEFAULTS[key] for key in FIRST_SETTINGS} | {"epochs": 7}
    (tmp_path / runs.CONFIG).write_text(json.dumps(first))
    assert runs.read_config(tmp_path) == runs.DEFAULTS | {"epochs": 7}


@pytest.mark.parametrize("key", sorted(FIRST_SETTINGS))
def test_a_file_without_a_first_setting_is_refused(key, tmp_path):
    (tmp_path / runs.CONFIG).write_text(json.dumps(runs.DEFAULTS | {"lead": ["I"]}))
    assert runs.read_config(tmp_path)["lead"] == ["I"]
    rest = {name: value for name, value in runs.DEFAULTS.items() if name != key}
    (tmp_path / runs.CONFIG).write_text(json.dumps(rest))
    with pytest.raises(ValueError, match="it is not the configuration of a run"):
        runs.read_config(tmp_path)
