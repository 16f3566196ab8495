"""Early stopping: the best epoch, its parameters, and continued trainings."""

import math

import numpy as np
import pytest
from support.toy import (
    PlainModule,
    assert_same_bits,
    network,
    same_tensors,
    segments,
    trained,
    trainer,
)

from dt4ecg import DT4ECGClassifier, load
from dt4ecg.storage import container
from dt4ecg.training import EarlyStopping, TrainingSettings
from dt4ecg.training.best_epoch import best_epoch


def stopping(monitor="loss", patience=2):
    return TrainingSettings(early_stopping=EarlyStopping(monitor, patience))


def stopped(monitor="loss", patience=2, module=None, epochs=60, **fit):
    """Train on random labels, so that the validation loss soon grows."""
    X, y = segments(36)
    y = np.random.default_rng(0).permutation(y)
    fit = {"validation_data": segments(24, seed=5), **fit}
    settings = stopping(monitor, patience)
    run = trainer(module or network(), epochs=epochs, learning_rate=0.01, settings=settings)
    return run.fit(X, y, **fit)


@pytest.mark.parametrize("make", [network, PlainModule])
@pytest.mark.parametrize("monitor", ["loss", "accuracy"])
def test_it_stops_and_returns_to_the_best_epoch(monitor, make):
    saved = {}

    def keep(run):
        saved[len(run.history["epoch"])] = {
            name: x.clone() for name, x in run.network.state_dict().items()
        }

    run = stopped(monitor, 3, make(), callbacks=[keep])
    values = run.history["validation"][monitor].mean(axis=1)
    best = int(np.argmin(values) if monitor == "loss" else np.argmax(values)) + 1
    assert run.best_epoch == best
    assert len(values) == best + 3
    assert same_tensors(run.network.state_dict(), saved[best])


def test_without_early_stopping_there_is_no_best_epoch():
    assert trained().best_epoch is None


@pytest.mark.parametrize("make", [network, PlainModule])
def test_a_continued_training_has_the_same_bits(make, tmp_path):
    whole = stopped(patience=3, module=make())
    epochs = len(whole.history["epoch"])
    assert 3 < epochs < 60
    for before in (1, epochs - 1):
        path = tmp_path / f"{before}.safetensors"
        stopped(patience=3, module=make(), epochs=before, checkpoint=path)
        assert_same_bits(stopped(patience=3, module=make(seed=9), resume=path), whole)


def test_a_stopped_training_continues_with_more_patience(tmp_path):
    path = tmp_path / "run.safetensors"
    run = stopped(patience=2, checkpoint=path)
    again = stopped(patience=2, module=network(seed=9), resume=path)
    assert_same_bits(again, run)
    run.save(path)  # the file has the last parameters, not those of the best epoch
    longer = stopped(patience=4, module=network(seed=9), resume=path)
    assert_same_bits(longer, stopped(patience=4))


def test_another_monitor_is_refused(tmp_path):
    path = tmp_path / "run.safetensors"
    stopped(epochs=2, checkpoint=path)
    with pytest.raises(ValueError, match="early_stopping 'loss' -> 'accuracy'"):
        stopped("accuracy", resume=path)


def test_an_interrupted_training_returns_to_its_best_epoch():
    def interrupt(run):
        if len(run.history["epoch"]) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped(patience=50, module=(module := network()), callbacks=[interrupt])
    assert same_tensors(module.state_dict(), stopped(patience=50, epochs=4).network.state_dict())


def test_validation_data_are_required():
    with pytest.raises(ValueError, match="early stopping needs validation data"):
        stopped(validation_data=None)


def test_a_classifier_and_its_files(tmp_path):
    X, y = segments(36)
    y = np.random.default_rng(0).permutation(y)
    settings = stopping()
    fitted = DT4ECGClassifier(epochs=40, learning_rate=0.01, n_threads=1, settings=settings).fit(
        X, y, validation_data=segments(24, seed=5), checkpoint=tmp_path / "checkpoint"
    )
    assert len(fitted.history_["epoch"]) == fitted.best_epoch_ + 2
    fitted.save(tmp_path / "model")
    for name in ("model", "checkpoint"):
        loaded = load(tmp_path / name)
        assert loaded.settings == settings
        assert loaded.best_epoch_ == fitted.best_epoch_
        np.testing.assert_array_equal(loaded.embed(X), fitted.embed(X))


def test_older_files_have_no_settings(tmp_path):
    fitted = DT4ECGClassifier(epochs=1, n_threads=1).fit(*segments())
    fitted.save(tmp_path / "model")
    tensors, header = container.read(tmp_path / "model")
    header = {key: value for key, value in header.items() if key not in ("settings", "init")}
    container.write(tmp_path / "older", tensors, header)
    loaded = load(tmp_path / "older")
    assert (loaded.settings, loaded.init, loaded.best_epoch_) == (None, None, None)
    container.write(tmp_path / "broken", tensors, header | {"settings": {"weight_decay": "much"}})
    with pytest.raises(ValueError, match="weight_decay must be a finite number"):
        load(tmp_path / "broken")


def test_the_first_of_equal_epochs_is_the_best():
    nan = math.nan
    epochs = [([nan, 3], [nan, 0.5]), ([1, nan], [0.9, nan]), ([1, 1], [0.9, 0.9]), ([nan], [nan])]
    assert best_epoch("loss", epochs) == 2
    assert best_epoch("accuracy", epochs) == 2
    assert best_epoch("loss", epochs[3:]) is None
