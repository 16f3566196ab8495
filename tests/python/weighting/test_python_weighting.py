"""Weightings written in Python, in training."""

import math

import numpy as np
import pytest
from support.toy import segments, trained

import dt4ecg
from dt4ecg import weighting as weightings


class Halves:
    """A weighting that needs no gradients, and receives none."""

    needs_gram = False

    def __init__(self):
        self.seen = []

    def __call__(self, losses, gram, state):
        assert gram is None
        assert losses.shape == (2,)
        self.seen.append(state)
        return [0.5, 0.5]


def test_python_weighting_without_gradients():
    run = trained(weighting=Halves())
    np.testing.assert_array_equal(run.history["weight"], np.full((3, 2), 0.5))
    assert np.isnan(run.history["gradient_norm"]).all()


def test_python_weighting_may_keep_its_state():
    rule = Halves()
    trained(weighting=rule)
    assert [state.step for state in rule.seen] == list(range(9))
    assert all(list(state.classes) == [3, 2] for state in rule.seen)


def test_python_weighting_equals_the_cores():
    class Reset:
        def __call__(self, losses, gram, state):
            norms = np.sqrt(np.diag(gram))
            return np.exp(2 * (norms / norms.sum() - 1))

    expected = trained(weighting="paper_reset").history
    found = trained(weighting=Reset()).history
    np.testing.assert_allclose(found["weight"], expected["weight"], rtol=1e-3)
    np.testing.assert_allclose(found["train"]["loss"], expected["train"]["loss"], rtol=1e-3)
    X, y = segments()
    classifier = dt4ecg.DT4ECGClassifier(weighting=Reset(), epochs=2, n_threads=1).fit(X, y)
    assert np.isfinite(classifier.task_weights_).all()


@pytest.mark.parametrize("answer", [[1.0], 1.0, "equal", None, np.ones((2, 2)), [1.0, math.nan]])
def test_python_weighting_that_returns_no_weights(answer):
    def rule(losses, gram, state):
        return answer

    with pytest.raises(ValueError, match=r"must return 2 weights|must be finite"):
        trained(weighting=rule)


def scaled(losses, gram, state):
    return 2 * weightings.PaperReset()(losses, gram, state)


def chen2018_on_this_state(losses, gram, state):
    return weightings.Chen2018()(losses, gram, state)


def weights_for_later(losses, gram, state):
    state.weights = [0.5, 1.5]
    return [1.0, 1.0]


def labels(losses, gram, state):
    state.labelled = [True, False]
    return [1.0, 1.0]


@pytest.mark.parametrize("rule", [scaled, chen2018_on_this_state, weights_for_later, labels])
def test_python_weighting_that_writes_to_the_trainers_state(rule):
    with pytest.raises(ValueError, match=r"which are the trainer's; return the weights"):
        trained(weighting=rule)


def test_single_weights_cannot_be_written():
    with pytest.raises(TypeError, match="does not support item assignment"):
        weightings.State([15, 3]).weights[0] = 2


def test_python_weighting_may_call_the_cores():
    found = trained(weighting=lambda *step: weightings.PaperReset()(*step)).history
    expected = trained(weighting="paper_reset").history
    np.testing.assert_array_equal(found["weight"], expected["weight"])
