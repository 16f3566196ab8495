"""``dt4ecg train --streamable``: causal filters, stored in the configuration and the model."""

import numpy as np
import pytest
from support.command_line import strict_json, train

import dt4ecg
from dt4ecg.cli import main


@pytest.fixture(scope="module")
def streamable(folder, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "run"
    assert main(train(folder, run, 1, "--streamable")) == 0
    return run


def test_the_model_labels_a_stream(streamable):
    assert strict_json(streamable / "config.json")["streamable"] is True
    classifier = dt4ecg.load(streamable / "model.safetensors")
    x = dt4ecg.datasets.simulate_cohort(subjects=1, seconds=12)[0].samples
    found = classifier.stream(1000).push(x)
    labels, starts = classifier.predict_recording(x, 1000)
    assert [one.start for one in found] == starts.tolist()
    assert [list(one.labels.values()) for one in found] == labels.tolist()


def test_predict_takes_the_model(streamable, tmp_path, capsys):
    np.save(tmp_path / "x.npy", dt4ecg.datasets.simulate_cohort(subjects=1, seconds=12)[0].samples)
    command = ["predict", "--model", str(streamable), str(tmp_path / "x.npy")]
    assert main([*command, "--sampling-rate", "1000"]) == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert header.startswith("start\t")
    starts = [float(row.split("\t")[0]) for row in rows[:3]]
    assert starts == pytest.approx([0.73, 3.73, 6.73], abs=0.01)  # the notch settles first


@pytest.mark.parametrize(("options", "expected"), [((), True), (("--no-streamable",), False)])
def test_the_strong_recipe_is_streamable_unless_refused(folder, tmp_path, options, expected):
    run = tmp_path / "run"
    assert main(train(folder, run, 1, "--recipe", "strong", *options)) == 0
    assert strict_json(run / "config.json")["streamable"] is expected
    assert dt4ecg.load(run / "model.safetensors").preprocessor.zero_phase is not expected


def test_a_model_to_start_from_keeps_its_preprocessing(
    folder, trained, streamable, tmp_path, capsys
):
    """Its filters cannot become causal, because it was trained on other segments."""
    start = ("--init", str(trained), "--streamable")
    assert main(train(folder, tmp_path / "run", 1, *start)) == 1
    assert "zero_phase=True" in capsys.readouterr().err
    again = ("--init", str(streamable), "--streamable")
    assert main(train(folder, tmp_path / "again", 1, *again)) == 0
    assert not dt4ecg.load(tmp_path / "again" / "model.safetensors").preprocessor.zero_phase
