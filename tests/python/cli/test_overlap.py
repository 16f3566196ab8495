"""``dt4ecg train --overlap``: more training segments, none of which shares samples with a test."""

import numpy as np
import pytest
from support.command_line import strict_json, train

import dt4ecg
from dt4ecg import protocols, runs
from dt4ecg.cli import main


@pytest.mark.parametrize("protocol", ["blocked", "subject"])
def test_only_the_training_part_has_overlapping_segments(folder, protocol):
    config = {"data": str(folder), "protocol": protocol}
    plain, small = runs.load_and_split(config)
    data, divided = runs.load_and_split(config | {"overlap": 0.5})
    assert data.preprocessor.overlap == 0
    assert len(small.train) < len(divided.train) <= 2 * len(small.train)
    np.testing.assert_array_equal(data.X[divided.test], plain.X[small.test])
    np.testing.assert_array_equal(data.labels[divided.test], plain.labels[small.test])
    assert protocols.leak_report(data, divided).overlapping == 0


def test_the_model_labels_segments_that_do_not_overlap(folder, tmp_path):
    run = tmp_path / "run"
    assert main(train(folder, run, 1, "--overlap", "0.5")) == 0
    assert strict_json(run / "config.json")["overlap"] == 0.5
    classifier = dt4ecg.load(run / "model.safetensors")
    x = dt4ecg.datasets.simulate_cohort(subjects=1, seconds=12)[0].samples
    assert classifier.predict_recording(x, 1000).starts.tolist() == [0, 3, 6, 9]


def test_the_recipe_robust_chooses_it_and_evaluate_finds_the_same_test_part(folder, tmp_path):
    run = tmp_path / "run"
    assert main(train(folder, run, 1, "--recipe", "robust")) == 0
    config = strict_json(run / "config.json")
    assert (config["overlap"], config["streamable"]) == (2 / 3, True)
    assert dt4ecg.load(run / "model.safetensors").preprocessor.overlap == 0
    scores, again = run / "metrics.json", tmp_path / "again.json"
    options = ["--data", str(folder), "--protocol", "blocked", "--json", str(again)]
    assert main(["evaluate", "--model", str(run), *options]) == 0
    for task in ("identity", "activity"):
        assert strict_json(again)[task] == strict_json(scores)[task]


@pytest.mark.parametrize("overlap", ["1", "-0.1", "nan"])
def test_an_illegal_overlap(folder, tmp_path, capsys, overlap):
    assert main(train(folder, tmp_path / "run", 1, "--overlap", overlap)) == 1
    assert "overlap" in capsys.readouterr().err
