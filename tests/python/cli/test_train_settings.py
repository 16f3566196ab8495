"""``dt4ecg train`` with weight decay, class weights, early stopping and a model to start from."""

import json
import shutil

import numpy as np
import pytest
from support.command_line import strict_json, train

import dt4ecg
from dt4ecg.cli import main, parser
from dt4ecg.training import EarlyStopping, TrainingSettings


def test_settings_reach_model_and_configuration(folder, tmp_path, capsys):
    run = tmp_path / "run"
    options = ["--weight-decay", "0.01", "--class-weight", "balanced", "--early-stopping", "1"]
    more = ["--monitor", "accuracy", "--validation-size", "0.2"]
    assert main(train(folder, run, 30, *options, *more)) == 0
    model = dt4ecg.load(run / "model.safetensors")
    stopping = EarlyStopping("accuracy", 1)
    assert model.settings == TrainingSettings(0.01, "balanced", stopping)
    epochs = strict_json(run / "metrics.json")["epochs"]
    assert epochs == len(model.history_["epoch"]) < 30
    assert f"{epochs} epochs (best: {model.best_epoch_})" in capsys.readouterr().out
    # Continued, it stops at once, with the same result.
    before = model.network_.state_dict()
    assert main(["train", "--resume", str(run), "--quiet"]) == 0
    again = dt4ecg.load(run / "model.safetensors").network_.state_dict()
    assert all(np.array_equal(before[name], again[name]) for name in before)


def test_a_configuration_of_an_older_version_continues(trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    config = strict_json(run / "config.json")
    for key in ("weight_decay", "class_weight", "early_stopping", "monitor", "init"):
        del config[key]
    (run / "config.json").write_text(json.dumps(config))
    assert main(["train", "--resume", str(run), "--epochs", "3", "--quiet"]) == 0
    assert strict_json(run / "config.json")["weight_decay"] == 0


def test_every_listed_backbone_is_accepted(capsys):
    read = parser("train").parse_args
    for name in dt4ecg.nn.backbones():
        assert read(["train", "--backbone", name]).backbone == name
    assert {"gru", "multiresolution"} <= set(dt4ecg.nn.backbones())
    with pytest.raises(SystemExit):
        read(["train", "--backbone", "unknown"])
    assert "multiresolution" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--batch-size", "--epochs", "--threads"])
def test_numbers_from_1_are_accepted(option, capsys):
    read = parser("train").parse_args
    assert vars(read(["train", option, "1"]))[option.strip("-").replace("-", "_")] == 1
    with pytest.raises(SystemExit):
        read(["train", option, "0"])
    assert "must be from 1 to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--early-stopping", "3"], "--early-stopping: needs a validation part"),
        (["--monitor", "loss"], "--monitor: belongs to early stopping"),
        (["--weight-decay", "-1"], "weight_decay must be a finite number of at least 0"),
        (["--init", "nothing.safetensors"], "there is no model file"),
    ],
)
def test_illegal_settings(folder, tmp_path, options, message, capsys):
    assert main(train(folder, tmp_path / "run", 1, *options)) == 1
    assert message in capsys.readouterr().err


def test_a_run_starts_from_the_model_of_another(folder, trained, tmp_path):
    run = tmp_path / "run"
    assert main(train(folder, run, 1, "--init", str(trained), "--learning-rate", "1e-12")) == 0
    before = dt4ecg.load(trained / "model.safetensors")
    after = dt4ecg.load(run / "model.safetensors")
    assert after.init == str(trained / "model.safetensors")
    assert after.preprocessor.to_dict() == before.preprocessor.to_dict()
    weights = [model.network_.heads.identity.weight.detach() for model in (before, after)]
    np.testing.assert_allclose(*weights, atol=1e-6)
