"""A training that starts from the parameters of a trained model."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from support.toy import classifier, same_tensors, segments

from dt4ecg import load


@pytest.fixture(scope="module")
def base():
    return classifier(epochs=4).fit(*segments())


def state(fitted):
    return fitted.network_.state_dict()


def test_equal_classes_take_over_all_parameters(base, tmp_path):
    base.save(tmp_path / "model")
    for init in (base, tmp_path / "model", str(tmp_path / "model")):
        tuned = classifier(epochs=0, init=init).fit(*segments(24, seed=3))
        assert same_tensors(state(tuned), state(base))
    trained = classifier(epochs=1, init=base).fit(*segments(24, seed=3))
    assert not same_tensors(state(trained), state(base))


def test_the_head_of_other_classes_is_new(base):
    X, y = segments()
    names = np.array(["Ann", "Bo", "Cy"], object)[y[:, 0]]
    rows = [[who, what] for who, what in zip(names, y[:, 1].tolist(), strict=True)]
    tuned, new = (classifier(epochs=0, init=init).fit(X, rows) for init in (base, None))
    for name, value in state(tuned).items():
        expected = state(new if name.startswith("heads.identity.") else base)[name]
        assert torch.equal(value, expected), name


def test_other_tasks_keep_the_common_parts(base):
    X, y = segments()
    tuned = classifier(epochs=0, tasks=("activity",), init=base).fit(X, y[:, 1])
    assert torch.equal(tuned.network_.heads.activity.weight, base.network_.heads.activity.weight)
    np.testing.assert_array_equal(tuned.embed(X), base.embed(X))


@pytest.mark.parametrize(
    ("changes", "leads", "message"),
    [
        ({"backbone": "densenet"}, 1, "backbone 'resnet' -> 'densenet'"),
        ({"recipe": "strong"}, 1, "standardize False -> True"),
        ({}, 2, "in_channels 1 -> 2"),
    ],
)
def test_another_network_is_refused(base, changes, leads, message):
    with pytest.raises(ValueError, match=message):
        classifier(init=base, **changes).fit(*segments(leads=leads))


def test_illegal_models(tmp_path):
    with pytest.raises(NotFittedError):
        classifier(init=classifier()).fit(*segments())
    with pytest.raises(FileNotFoundError):
        classifier(init=tmp_path / "none").fit(*segments())
    with pytest.raises(TypeError, match="init must be a path or a DT4ECGClassifier"):
        classifier(init=3).fit(*segments())


def test_files_hold_the_path(base, tmp_path):
    base.save(tmp_path / "model")
    tuned = classifier(epochs=0, init=Path(tmp_path / "model")).fit(*segments())
    tuned.save(tmp_path / "tuned")
    assert load(tmp_path / "tuned").init == str(tmp_path / "model")
    of_object = classifier(epochs=0, init=base).fit(*segments())
    of_object.save(tmp_path / "tuned")
    assert load(tmp_path / "tuned").init is None


def test_clones_and_cross_validation_keep_the_fitted_model(base):
    tuned = classifier(epochs=1, init=base)
    assert clone(tuned).init is base
    X, y = segments(24, seed=2)
    scores = cross_val_score(tuned, X[:, 0], y, cv=2)
    assert np.isfinite(scores).all()


def test_a_continued_training_needs_no_initial_model(base, tmp_path):
    X, y = segments()
    base.save(tmp_path / "model")
    settings = {"epochs": 2, "init": tmp_path / "model"}
    classifier(**settings).fit(X, y, checkpoint=tmp_path / "checkpoint")
    whole = classifier(**settings | {"epochs": 3}).fit(X, y)
    (tmp_path / "model").unlink()
    resumed = classifier(**settings | {"epochs": 3}).fit(X, y, resume=tmp_path / "checkpoint")
    assert same_tensors(state(resumed), state(whole))


def test_a_fitted_classifier_can_be_pickled(base):
    X, _ = segments()
    other = pickle.loads(pickle.dumps(base))
    np.testing.assert_array_equal(other.embed(X), base.embed(X))
