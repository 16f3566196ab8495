"""The paper's weightings and GradNorm against their formulas, and by their properties."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dt4ecg import weighting as weightings

CLASSES = [15, 3, 7]


def gram_of(norms) -> np.ndarray:
    """The Gram matrix of orthogonal gradients with these norms."""
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
    np.testing.assert_array_equal(used, weights)  # a step uses the weights before its update
    np.testing.assert_allclose(state.weights, chen2018(losses, norms, weights), rtol=2e-4)
    assert sum(state.weights) == pytest.approx(3, rel=1e-5)
    assert min(state.weights) > 0
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


@pytest.mark.parametrize(("norm", "smallest"), [(30.0, 0.25), (39.9, 0.0025), (50.0, 0.001)])
def test_chen2018_keeps_weights_of_at_least_a_thousandth(norm, smallest):
    """With equal losses, the task with the larger norm falls from 1 to 1 - 0.025 norm."""
    state = state_of(classes=[4, 4])
    weightings.Chen2018()([1.0, 1.0], gram_of([norm, 1.0]), state)
    np.testing.assert_allclose(state.weights[0], 2 * smallest / (smallest + 1.025), rtol=1e-5)


def test_chen2018_from_the_first_labelled_batch():
    rule = weightings.Chen2018(reference="first")
    state = state_of(labelled=[True, False, True])
    rule([4.0, math.nan, 2.0], gram_of([1, 0, 1]), state)
    np.testing.assert_array_equal(state["reference"], [4, math.nan, 2])
    state.labelled = [True, True, True]
    rule([1.0, 5.0, 1.0], gram_of([1, 1, 1]), state)
    np.testing.assert_array_equal(state["reference"], [4, 5, 2])


def test_without_classes_the_reference_is_the_first_loss():
    state = weightings.State([3, 0])  # the second loss is not a cross-entropy
    weightings.Chen2018(reference="log_classes")([4, 5], np.eye(2), state)
    np.testing.assert_allclose(state["reference"], [math.log(3), 5])


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


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (weightings.Paper, [math.exp(-1.5) * 0.5, math.exp(-0.5) * 1.5]),
        (weightings.PaperReset, [math.exp(-1.5), math.exp(-0.5)]),
        (weightings.PaperRenorm, [2 / (1 + 3 * math.e), 6 * math.e / (1 + 3 * math.e)]),
    ],
)
def test_paper_variants_by_hand(kind, expected):
    """By default alpha = 2. Norms 1 and 3 have the shares 1/4 and 3/4."""
    used = kind()(np.ones(2), gram_of([1, 3]), state_of([0.5, 1.5], classes=[15, 3]))
    np.testing.assert_allclose(used, expected, rtol=1e-6)


@given(three, st.floats(-10, 15))
def test_paper_variants_depend_on_fractions_of_the_norms_only(norms, exponent):
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


def test_renormalising_nothing_stays_nothing():
    state = state_of([0.0, 3.0, 0.0], [True, False, True])
    weightings.PaperRenorm()([1.0, math.nan, 1.0], gram_of([1, 0, 1]), state)
    assert state.weights == (0, 3, 0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: weightings.Chen2018(alpha=-1),
        lambda: weightings.Chen2018(weight_rate=math.nan),
        lambda: weightings.Chen2018(weight_rate=-1),
        lambda: weightings.Chen2018(reference="last"),
        lambda: weightings.Paper(alpha=math.inf),
        lambda: weightings.PaperReset(alpha=math.nan),
        lambda: weightings.PaperRenorm(alpha=-math.inf),
    ],
)
def test_illegal_parameters(make):
    with pytest.raises(ValueError, match=r"weighting|chen2018|paper"):
        make()
