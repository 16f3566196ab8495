"""The parts of a recipe reach network, trainer and epochs of a classifier."""

import numpy as np
import pytest
from sklearn.base import clone
from support.toy import LENGTH, classifier, same_tensors, segments

from dt4ecg import Preprocessor, load
from dt4ecg.estimator import recipe_parts
from dt4ecg.training import AugmentedSegments, SlowExchange
from dt4ecg.training.recipes import RECIPES, Recipe

AUGMENTED = Recipe("for this test", augmentation={"noise": 0.5, "baseline": 0.0})


@pytest.fixture(autouse=True)
def recipe(monkeypatch):
    monkeypatch.setitem(RECIPES, "augmented", AUGMENTED)


def state(fitted):
    return fitted.network_.state_dict()


def test_the_augmentation_changes_the_training_but_not_the_first_parameters():
    X, y = segments()
    plain, augmented = (classifier(epochs=2, recipe=name) for name in ("paper", "augmented"))
    assert not same_tensors(state(plain.fit(X, y)), state(augmented.fit(X, y)))
    none = [clone(c).set_params(epochs=0).fit(X, y) for c in (plain, augmented)]
    assert same_tensors(*map(state, none))


def test_a_continued_training_has_the_same_bits(tmp_path):
    X, y = segments()
    path = tmp_path / "checkpoint"
    classifier(epochs=1, recipe="augmented").fit(X, y, checkpoint=path)
    whole = classifier(epochs=3, recipe="augmented").fit(X, y)
    assert same_tensors(
        state(classifier(epochs=3, recipe="augmented").fit(X, y, resume=path)), state(whole)
    )


def test_weights_and_validation_data_are_used_as_without_it():
    X, y = segments()
    weight = np.r_[np.ones(24), np.zeros(24)]
    fitted = classifier(epochs=2, recipe="augmented").fit(X, y, (X, y), sample_weight=weight)
    other = y.copy()
    other[24:] = 0
    again = classifier(epochs=2, recipe="augmented").fit(X, other, (X, y), sample_weight=weight)
    assert same_tensors(state(fitted), state(again))
    assert fitted.history_["validation"]["accuracy"].shape == (2, 2)


def test_robust_exchanges_slow_parts_within_activities():
    X, y = segments()
    arguments = (("activity", "identity"), X, y[:, ::-1], None, None, 3)
    with pytest.warns(UserWarning, match=f"segments of {LENGTH} samples as .* at 100 Hz"):
        data = recipe_parts.training_data(RECIPES["robust"], *arguments)["X"]
    expected = SlowExchange()(X, y[:, 1], np.random.default_rng([3, 0]))
    np.testing.assert_array_equal(data(0)[0], expected)
    alone = recipe_parts.training_data(RECIPES["robust"], ("identity",), X, y[:, :1], None, None, 3)
    assert alone["X"] is X


def test_robust_learns_saves_and_loads(tmp_path):
    X, y = segments()
    with pytest.warns(UserWarning, match="no preprocessor states their sampling rate"):
        fitted = classifier(epochs=12, recipe="robust").fit(X, y)
    assert fitted.score(X, y) > 0.8
    fitted.save(tmp_path / "model")
    loaded = load(tmp_path / "model")
    assert loaded.recipe == "robust"
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))


def test_the_preprocessor_states_the_sampling_rate():
    X, y = segments()
    rates = {}
    for seconds in (None, 0.5, 2.0):
        pre = None if seconds is None else Preprocessor(segment_seconds=seconds, target_rate=None)
        found = recipe_parts.training_data(AUGMENTED, ("identity", "activity"), X, y, None, pre, 0)[
            "X"
        ]
        assert isinstance(found, AugmentedSegments)
        rates[seconds] = found._augmentation.sampling_rate
    assert rates == {None: 100.0, 0.5: LENGTH / 0.5, 2.0: LENGTH / 2}


def test_robust_takes_300_samples_as_3_seconds():
    X = np.zeros((4, 1, 300), np.float32)
    y = np.array([[0], [1]] * 2)
    data = recipe_parts.training_data(RECIPES["robust"], ("activity",), X, y, None, None, 0)["X"]
    assert isinstance(data, AugmentedSegments)
