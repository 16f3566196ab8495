"""The files of a run: which model it holds, and what a killed run leaves."""

import json

import pytest

from dt4ecg import runs


@pytest.fixture
def config(tmp_path):
    """Write the configuration of a run that has not trained yet."""
    file = tmp_path / runs.CONFIG
    file.write_text(json.dumps(runs.new_config({})))
    return file


def test_the_model_of_a_run_is_its_last_checkpoint_until_it_is_trained(tmp_path):
    model, checkpoint = tmp_path / runs.MODEL, tmp_path / runs.CHECKPOINT
    assert runs.model_file(tmp_path) == model
    checkpoint.touch()
    assert runs.model_file(tmp_path) == checkpoint
    model.touch()
    assert runs.model_file(tmp_path) == model
    assert runs.model_file(checkpoint) == checkpoint


def test_an_empty_folder_is_free(tmp_path):
    assert runs.remove_leftovers(tmp_path) is True


def test_the_configuration_of_a_killed_run_is_removed(config):
    (config.parent / ".dt4ecg-lock").touch()
    (config.parent / ".model.safetensors.7.8.partial").touch()
    assert runs.remove_leftovers(config.parent) is True
    assert {file.name for file in config.parent.iterdir()} == {".dt4ecg-lock"}


def test_other_files_are_kept(config):
    notes = config.parent / "notes"
    notes.touch()
    assert runs.remove_leftovers(config.parent) is False
    assert set(config.parent.iterdir()) == {config, notes}


@pytest.mark.parametrize("content", ["", "[]", '{"epochs": "many"}'])
def test_another_programs_configuration_is_kept(config, content):
    config.write_text(content)
    assert runs.remove_leftovers(config.parent) is False
    assert config.read_text() == content
