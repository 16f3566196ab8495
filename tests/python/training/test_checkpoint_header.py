"""The trainer checks, before the first epoch, what it will save."""

import pytest
from support.toy import (
    network,
    segments,
    trainer,
)

from dt4ecg.storage import container


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (lambda run, path: run.header.update(x={1}), TypeError, "fit: trainer.header must hold"),
        (lambda run, path: path.mkdir(), OSError, "not a regular file"),
        (lambda run, path: path.parent.rmdir(), FileNotFoundError, "no such folder"),
    ],
)
def test_an_unwritable_checkpoint_is_refused_before_the_first_epoch(
    spoil, error, message, tmp_path
):
    path = tmp_path / "runs" / "run.dt4ecg"
    path.parent.mkdir()
    run = trainer(network())
    spoil(run, path)
    with pytest.raises(error, match=message):
        run.fit(*segments(), checkpoint=path)
    assert not run.started
    assert not path.is_file()


@pytest.mark.parametrize("key", ["format_version", "dt4ecg", "network", "tasks", "training"])
def test_reserved_names_in_the_header_are_refused(key, tmp_path):
    run = trainer(network(), epochs=1)
    run.header = {"place": "ward 3", key: {}}
    with pytest.raises(ValueError, match=f"fit: trainer.header has {key}"):
        run.fit(*segments())
    assert not run.started
    del run.header[key]
    run.fit(*segments()).save(tmp_path / "run.dt4ecg")
    assert container.read(tmp_path / "run.dt4ecg")[1]["place"] == "ward 3"
    run.header[key] = {}
    with pytest.raises(ValueError, match=f"save: trainer.header has {key}"):
        run.save(tmp_path / "run.dt4ecg")
