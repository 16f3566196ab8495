"""The recipe "guided" of the classifier."""

import numpy as np
import pytest
import torch

from dt4ecg import DT4ECGClassifier, beats, datasets, load, nn
from dt4ecg.estimator import guided_training
from dt4ecg.inference.explain import share_inside
from dt4ecg.training import recipes
from dt4ecg.training.settings import EarlyStopping, TrainingSettings


@pytest.fixture(scope="module")
def data():
    return datasets.from_recordings(datasets.simulate_cohort(subjects=3, seconds=30))


def classifier(data, **changes):
    settings = {
        "backbone": "multiresolution",
        "attention": "none",
        "recipe": "guided",
        "epochs": 4,
        "preprocessor": data.preprocessor,
        "n_threads": 1,
    }
    return DT4ECGClassifier(**(settings | changes))


def test_the_maps_move_to_the_waves(data):
    inside = np.stack([beats.wave_windows(beats.find(x, 100.0), 300).union for x in data.X[:, 0]])
    share = {}
    for recipe in ("strong", "guided"):
        fitted = classifier(data, recipe=recipe).fit(data.X, data.labels)
        found = fitted.explain(data.X, "activity")
        share[recipe] = np.nanmean(share_inside(found.maps, inside))
    assert share["guided"] > share["strong"] + 0.1


def test_the_model_holds_the_network_alone(data, tmp_path):
    """The features of the rhythm have a part in the training only, to the bit."""
    fitted = classifier(data, epochs=1).fit(data.X, data.labels)
    plain = classifier(data, epochs=0, recipe="strong").fit(data.X, data.labels)
    assert list(fitted.network_.state_dict()) == list(plain.network_.state_dict())
    fitted.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.recipe == "guided"
    for mine, other in zip(fitted.predict_proba(data.X), loaded.predict_proba(data.X), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_resumed_training_has_the_same_bits(data, tmp_path):
    whole = classifier(data, epochs=2).fit(data.X, data.labels)
    path = tmp_path / "checkpoint"

    class Stop(Exception):
        pass

    def stop(trainer):
        raise Stop

    with pytest.raises(Stop):
        classifier(data, epochs=2).fit(data.X, data.labels, callbacks=[stop], checkpoint=path)
    resumed = classifier(data, epochs=2).fit(data.X, data.labels, resume=path)
    for name, value in whole.network_.state_dict().items():
        assert torch.equal(value, resumed.network_.state_dict()[name]), name


def test_validation_and_the_best_epoch(data):
    settings = TrainingSettings(early_stopping=EarlyStopping(patience=3))
    fitted = classifier(data, epochs=3, settings=settings)
    fitted.fit(data.X, data.labels, validation_data=(data.X[:30], data.labels[:30]))
    losses = fitted.history_["validation"]["loss"].mean(1)
    assert np.isfinite(losses).all()
    assert fitted.best_epoch_ == 1 + losses.argmin()


def test_unknown_and_single_labels(data):
    labels = data.labels.copy().astype(object)
    labels[::2, 0] = None
    labels[:, 1] = "rest"
    with pytest.warns(UserWarning, match="one class"):
        fitted = classifier(data, epochs=1).fit(data.X, labels)
    assert (fitted.predict(data.X)[:, 1] == "rest").all()


def test_illegal_settings(data):
    with pytest.raises(ValueError, match="has to know the sampling rate"):
        classifier(data, preprocessor=None).fit(data.X, data.labels)
    with pytest.raises(ValueError, match="no time axis"):
        classifier(data, backbone="mlp").fit(data.X, data.labels)
    settings = TrainingSettings(class_weight="balanced")
    with pytest.raises(ValueError, match="class_weight"):
        classifier(data, settings=settings).fit(data.X, data.labels)
    with pytest.raises(ValueError, match="without confounders"):
        classifier(data, tasks=("activity",)).fit(
            data.X, data.labels[:, 1], confounders={"subject": data.labels[:, 0]}
        )
    with pytest.raises(ValueError, match="sample_weight"):
        classifier(data).fit(data.X, data.labels, sample_weight=np.ones(len(data.X)))


def test_validation_targets_have_the_scale_of_the_training(data):
    module = guided_training.module_to_train(
        recipes.RECIPES["guided"], nn.Network(tasks={"identity": 3}, seed=0), {}
    )
    targets_of = guided_training.Targets(module, data.preprocessor)
    whole = targets_of(data.X, data.y[:, :1])
    part = targets_of(data.X[:5], data.y[:5, :1])
    np.testing.assert_array_equal(part["rhythm"], whole["rhythm"][:5])
