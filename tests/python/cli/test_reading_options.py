"""``train`` takes the reading options of ``predict``, and says what was read."""

import numpy as np
import pytest
from support.command_line import strict_json

import dt4ecg
from dt4ecg.cli import main
from dt4ecg.runs import DEFAULTS, check_types

RATE = 100


@pytest.fixture
def two_leads(tmp_path):
    """Write a folder of two people in files of two leads without names or sampling rate."""
    folder = tmp_path / "set"
    folder.mkdir()
    rows = ["file,subject,activity"]
    for i, subject in enumerate(("ann", "ann", "bo", "bo")):
        samples = np.random.default_rng(i).normal(size=(2, 30 * RATE))
        samples[:, 5 * RATE : 7 * RATE] = np.nan
        np.save(folder / f"{i}.npy", samples)
        rows.append(f"{i}.npy,{subject},{('rest', 'walk')[i % 2]}")
    (folder / "manifest.csv").write_text("\n".join(rows))
    return folder


def train(folder, *options):
    command = ["train", "--data", str(folder), "--epochs", "1", "--quiet", "--mains", "40"]
    return main([*command, "--out", str(folder.parent / "run"), *options])


@pytest.mark.filterwarnings("ignore:transform. recording")
def test_rate_and_lead_are_stated_once(two_leads, capsys):
    assert train(two_leads) == 1
    assert "the sampling rate is not in the file" in capsys.readouterr().err
    assert train(two_leads, "--sampling-rate", str(RATE), "--lead", "1") == 0
    printed = capsys.readouterr().err
    assert printed.count("1 lead, 30.0 s at 100 Hz (argument)") == 4
    config = strict_json(two_leads.parent / "run" / "config.json")
    assert (config["sampling_rate"], config["lead"], config["nan"]) == (100.0, ["1"], None)


@pytest.mark.filterwarnings("ignore:transform. recording")
def test_the_policy_for_lost_samples(two_leads, capsys):
    options = ("--sampling-rate", str(RATE), "--lead", "0")
    assert train(two_leads, *options, "--nan", "raise") == 1
    assert "samples are NaN" in capsys.readouterr().err
    assert train(two_leads, *options, "--nan", "drop") == 0


def test_the_preprocessing_of_the_paper(folder, tmp_path):
    run = tmp_path / "run"
    command = ["train", "--data", str(folder), "--epochs", "1", "--quiet", "--out", str(run)]
    assert main([*command, "--preprocessing", "paper"]) == 0
    preprocessor = dt4ecg.load(run / "model.safetensors").preprocessor
    assert preprocessor.get_params() == dt4ecg.Preprocessor.paper().get_params()
    assert strict_json(run / "config.json")["preprocessing"] == "paper"


def test_a_data_set_has_its_own_leads(tmp_path, capsys):
    run = ["train", "--data", "paper-cohort", "--out", str(tmp_path / "run")]
    assert main([*run, "--lead", "II"]) == 1
    assert "these options are for a folder" in capsys.readouterr().err


@pytest.mark.parametrize(("key", "value"), [("lead", "II"), ("lead", [1]), ("nan", 3)])
def test_a_changed_configuration_is_checked(tmp_path, key, value):
    with pytest.raises(ValueError, match=rf"config\.json: {key} must be a"):
        check_types(tmp_path, DEFAULTS | {key: value})
