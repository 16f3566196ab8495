"""Task weightings against their formulas in NumPy, and by their properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.toy import segments, trained

import dt4ecg
from dt4ecg import weighting as weightings

CLASSES = [15, 3, 7]


def gram_of(norms) -> np.ndarray:
    """Of gradients that are orthogonal; weightings look at norms alone."""
    return np.diag(np.square(norms))


def state_of(weights=None, labelled=None, classes=CLASSES) -> weightings.State:
    state = weightings.State(classes)
    if weights is not None:
        state.weights = weights
    if labelled is not None:
        state.labelled = labelled
    return state


def chen2018(losses, norms, weights, alpha=1.5, rate=0.025):
    """The next weights, by Chen et al. 2018, from the gradient of sum |G_i - target_i|."""
    ratio = losses / np.log(CLASSES)
    weighted = weights * norms
    target = weighted.mean() * (ratio / ratio.mean()) ** alpha
    new = np.maximum(weights - rate * np.sign(weighted - target) * norms, 1e-3)
    return new * len(weights) / new.sum()


positive = st.floats(1e-3, 1e3)
three = st.lists(positive, min_size=3, max_size=3).map(np.array)


@given(three, three, three)
def test_chen2018_is_its_formula(losses, norms, weights):
    weights = (weights * 3 / weights.sum()).astype(np.float32)
    state = state_of(weights)
    used = weightings.Chen2018()(losses, gram_of(norms), state)
    np.testing.assert_array_equal(used, weights)  # this step's losses: the weights before it
    np.testing.assert_allclose(state.weights, chen2018(losses, norms, weights), rtol=2e-4)
    assert sum(state.weights) == pytest.approx(3, rel=1e-5)
    assert min(state.weights) >= 0
    assert state.step == 1


def test_chen2018_descends_a_target_held_constant():
    losses, norms = np.array([2.0, 0.9, 1.0]), np.array([1.0, 2.0, 0.7])
    weights = np.array([1.2, 0.8, 1.0])
    ratio = losses / np.log(CLASSES)
    target = (weights * norms).mean() * (ratio / ratio.mean()) ** 1.5

    def distance(w):
        return np.abs(w * norms - target).sum()

    step = 1e-6
    slope = [
        (distance(weights + step * e) - distance(weights - step * e)) / (2 * step)
        for e in np.eye(3)
    ]
    descended = weights - 0.025 * np.array(slope)
    state = state_of(weights)
    weightings.Chen2018()(losses, gram_of(norms), state)
    np.testing.assert_allclose(state.weights, descended * 3 / descended.sum(), rtol=1e-5)


@given(positive, st.floats(0.05, 0.95))
def test_chen2018_raises_the_slower_task_at_equal_norms(norm, progress):
    state = state_of(classes=[4, 4])
    weightings.Chen2018()([math.log(4), progress * math.log(4)], gram_of([norm, norm]), state)
    assert state.weights[0] > 1 > state.weights[1]


def test_chen2018_from_the_first_labelled_batch():
    rule = weightings.Chen2018(reference="first")
    state = state_of(labelled=[True, False, True])
    rule([4.0, math.nan, 2.0], gram_of([1, 0, 1]), state)
    np.testing.assert_array_equal(state["reference"], [4, math.nan, 2])
    state.labelled = [True, True, True]
    rule([1.0, 5.0, 1.0], gram_of([1, 1, 1]), state)
    np.testing.assert_array_equal(state["reference"], [4, 5, 2])


@given(three, st.floats(0, 4))
def test_paper_variants_are_their_formulas(norms, alpha):
    factor = np.exp(alpha * (norms / norms.sum() - 1))
    weights = np.array([0.5, 1.5, 1.0])
    expected = {
        weightings.Paper: weights * factor,
        weightings.PaperReset: factor,
        weightings.PaperRenorm: weights * factor * 3 / (weights * factor).sum(),
    }
    for kind, values in expected.items():
        used = kind(alpha)(np.ones(3), gram_of(norms), state_of(weights))
        np.testing.assert_allclose(used, values, rtol=1e-5)


@given(three, st.floats(-10, 15))
def test_paper_variants_see_shares_only(norms, exponent):
    for kind in (weightings.Paper, weightings.PaperReset, weightings.PaperRenorm):
        plain = kind()(np.ones(3), gram_of(norms), state_of())
        scaled = kind()(np.ones(3), gram_of(norms * 10.0**exponent), state_of())
        np.testing.assert_allclose(scaled, plain, rtol=1e-5)


def test_paper_reaches_exactly_zero_in_about_a_hundred_steps():
    state = state_of(classes=[15, 5])
    while any(state.weights):
        weightings.Paper()([1.0, 1.0], gram_of([1, 1]), state)
        assert state.step < 200
    assert 90 < state.step < 120


@pytest.mark.parametrize("name", weightings.names())
def test_a_task_without_labels_keeps_its_weight(name):
    state = state_of([0.5, 1.5, 1.0], [True, False, True])
    weightings.get(name)([1.0, math.nan, 2.0], gram_of([1, 0, 3]), state)
    assert state.weights[1] == 1.5
    if name in ("none", "paper_renorm", "chen2018"):
        assert state.weights[0] + state.weights[2] == pytest.approx(1.5)


@pytest.mark.parametrize("name", weightings.names())
def test_no_labels_or_no_gradients_change_nothing(name):
    rule = weightings.get(name)
    for labelled in (False, True):
        if labelled and not rule.build().needs_gram:
            continue
        state = state_of([0.5, 1.5, 1.0], [labelled] * 3)
        rule([1.0, 1.0, 1.0], gram_of([0, 0, 0]), state)
        np.testing.assert_allclose(state.weights, [0.5, 1.5, 1.0])


def test_renormalising_nothing_stays_nothing():
    state = state_of([0.0, 3.0, 0.0], [True, False, True])
    weightings.PaperRenorm()([1.0, math.nan, 1.0], gram_of([1, 0, 1]), state)
    assert state.weights == (0, 3, 0)


# What is refused


@pytest.mark.parametrize(
    "make",
    [
        lambda: weightings.Chen2018(alpha=-1),
        lambda: weightings.Chen2018(weight_rate=math.nan),
        lambda: weightings.Chen2018(reference="last"),
        lambda: weightings.Paper(alpha=math.inf),
        lambda: weightings.get("gradnorm"),
        lambda: weightings.Chen2018()([1.0], gram_of([1, 1, 1]), state_of()),
        lambda: weightings.Paper()(np.ones(3), np.ones((2, 2)), state_of()),
        lambda: weightings.Paper()(np.ones(3), None, state_of()),
        lambda: state_of(weights=[1.0]),
        lambda: state_of(labelled=[True] * 4),
    ],
)
def test_illegal_values(make):
    with pytest.raises(ValueError, match=r"weighting|chen2018"):
        make()


@pytest.mark.parametrize("thing", [3, None, weightings.Chen2018])
def test_what_cannot_be_called(thing):
    with pytest.raises(TypeError, match="takes a name"):
        weightings.get(thing)


# Written in Python


class Halves:
    """Needs no gradients, so gets none."""

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
def test_python_weighting_that_answers_otherwise(answer):
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
        state_of().weights[0] = 2


def test_python_weighting_may_call_the_cores():
    found = trained(weighting=lambda *step: weightings.PaperReset()(*step)).history
    expected = trained(weighting="paper_reset").history
    np.testing.assert_array_equal(found["weight"], expected["weight"])
