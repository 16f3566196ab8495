"""The table of weightings: names, defaults, what every weighting does, and refusals."""

import math

import numpy as np
import pytest

from dt4ecg import weighting as weightings
from dt4ecg.weighting.base import CoreWeighting

DEFAULTS = {  # of the papers, except the seeds and the reference
    "none": {},
    "paper": {"alpha": 2.0},
    "paper_reset": {"alpha": 2.0},
    "paper_renorm": {"alpha": 2.0},
    "chen2018": {"alpha": 1.5, "weight_rate": 0.025, "reference": "log_classes"},
    "uncertainty": {"weight_rate": 1e-3},
    "dwa": {"temperature": 2.0},
    "rlw": {"seed": 0},
    "famo": {"weight_rate": 0.025, "decay": 0.01},
    "pcgrad": {"seed": 0},
    "mgda": {},
    "cagrad": {"c": 0.4},
    "imtl_g": {},
    "nash_mtl": {},
    "aligned_mtl": {},
}


def state_of(weights=None, labelled=None) -> weightings.State:
    state = weightings.State([15, 3, 7])
    if weights is not None:
        state.weights = weights
    if labelled is not None:
        state.labelled = labelled
    return state


def test_names_and_defaults():
    assert weightings.names() == tuple(DEFAULTS)
    assert weightings.DEFAULT == "none"
    found = {name: weightings.describe(weightings.get(name)) for name in weightings.names()}
    assert found == {name: {"name": name, **defaults} for name, defaults in DEFAULTS.items()}


def test_gradnorm_is_the_method_of_chen():
    assert weightings.get("gradnorm") == weightings.Chen2018()
    assert weightings.describe(weightings.get("gradnorm"))["name"] == "chen2018"
    assert not set(weightings.ALIASES) & set(weightings.names())


def test_descriptions_hold_the_parameters():
    rule = weightings.Chen2018(0.5, 0.1, "first")
    expected = {"name": "chen2018", "alpha": 0.5, "weight_rate": 0.1, "reference": "first"}
    assert weightings.describe(rule) == expected


def test_a_python_weighting_is_described_by_its_name():
    def halves(losses, gram, state):
        return [0.5, 0.5]

    class Halves:
        def __call__(self, losses, gram, state):
            return [0.5, 0.5]

    assert weightings.describe(halves) == {"name": "halves"}
    assert weightings.describe(Halves()) == {"name": "Halves"}
    assert weightings.get(halves) is halves


@pytest.mark.parametrize("name", weightings.names())
def test_a_task_without_labels_keeps_its_weight(name):
    state = state_of([0.5, 1.5, 1.0], [True, False, True])
    weightings.get(name)([1.0, math.nan, 2.0], np.diag([1.0, 0.0, 9.0]), state)
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
        rule([1.0, 1.0, 1.0], np.zeros((3, 3)), state)
        np.testing.assert_allclose(state.weights, [0.5, 1.5, 1.0])


@pytest.mark.parametrize(
    "make",
    [
        lambda: weightings.get("gradnorms"),
        lambda: weightings.Chen2018()([1.0], np.eye(3), state_of()),
        lambda: weightings.Paper()(np.ones(3), np.ones((2, 2)), state_of()),
        lambda: weightings.Paper()(np.ones(3), None, state_of()),
        lambda: state_of(weights=[1.0]),
        lambda: state_of(labelled=[True] * 4),
    ],
)
def test_illegal_values(make):
    with pytest.raises(ValueError, match="weighting"):
        make()


@pytest.mark.parametrize("thing", [3, None, weightings.Chen2018])
def test_an_object_that_is_not_a_weighting(thing):
    with pytest.raises(TypeError, match="takes a name"):
        weightings.get(thing)


def test_the_core_builds_named_and_python_weightings():
    assert weightings.build(weightings.Chen2018()).needs_gram
    assert not weightings.build(weightings.DWA()).needs_gram
    built = weightings.build(lambda losses, gram, state: [0.5, 1.5, 1.0])
    assert built(np.ones(3), np.eye(3), state_of()) == [0.5, 1.5, 1.0]


def test_a_class_without_build_cannot_be_made():
    class Unfinished(CoreWeighting):
        pass

    with pytest.raises(NotImplementedError, match=r"Unfinished\.build"):
        Unfinished()


@pytest.mark.parametrize("kind", [weightings.RLW, weightings.PCGrad])
def test_seeds_are_python_integers_of_64_bits(kind):
    assert kind(seed=2**64 - 1).seed == 2**64 - 1
    for seed in (-1, 2**64, 0.5, True, np.int64(3)):
        with pytest.raises(ValueError, match=r"seed must be an int from 0 to 2\*\*64 - 1"):
            kind(seed=seed)
