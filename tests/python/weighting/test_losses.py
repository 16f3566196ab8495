"""Weightings that use losses alone, against their formulas with torch's Adam."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from dt4ecg import weighting as weightings

NAMES = ("none", "uncertainty", "dwa", "rlw", "famo")
LOSSES = np.random.default_rng(0).uniform(0.1, 3, (30, 3))


def state_of(labelled=(True, True, True)) -> weightings.State:
    state = weightings.State([4] * 3)
    state.labelled = labelled
    return state


@pytest.mark.parametrize("name", NAMES)
def test_none_of_them_needs_gradients(name):
    assert not weightings.get(name).build().needs_gram


def test_equal_weights_are_1():
    for losses in LOSSES[:2]:
        np.testing.assert_array_equal(weightings.Equal()(losses, None, state_of()), np.ones(3))


def test_uncertainty_descends_its_loss():
    rule, state = weightings.Uncertainty(weight_rate=0.05), state_of()
    s = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([s], lr=0.05)
    for losses in LOSSES:
        np.testing.assert_allclose(
            rule(losses, None, state), torch.exp(-s).detach().numpy(), rtol=1e-6
        )
        adam.zero_grad()
        (torch.exp(-s) * torch.from_numpy(losses) + s / 2).sum().backward()
        adam.step()
    np.testing.assert_allclose(state["log_variance"], s.detach().numpy(), rtol=1e-9)


def test_uncertainty_ends_at_half_the_inverse_loss():
    rule, state = weightings.Uncertainty(weight_rate=0.01), state_of()
    for _ in range(2000):
        weights = rule([0.25, 0.5, 2.0], None, state)
    np.testing.assert_allclose(weights, [2, 1, 0.25], rtol=1e-2)


def test_uncertainty_of_extreme_losses_stays_finite():
    rule, state = weightings.Uncertainty(weight_rate=1), state_of()
    for _ in range(200):
        weights = rule([0, 1e20, 1e-20], None, state)
    np.testing.assert_allclose(weights[[0, 2]], np.exp([20, 20]), rtol=1e-6)
    assert 0 < weights[1] < 1e-3


def test_dwa_is_its_formula():
    rule, state = weightings.DWA(temperature=2), state_of()
    means = []
    for epoch in range(5):
        expected = np.ones(3)
        if epoch >= 2:
            ratio = means[-1] / means[-2]
            expected = 3 * np.exp(ratio / 2) / np.exp(ratio / 2).sum()
        for losses in LOSSES[5 * epoch : 5 * epoch + 5]:
            np.testing.assert_allclose(rule(losses, None, state), expected, rtol=1e-6)
        means.append(LOSSES[5 * epoch : 5 * epoch + 5].mean(0))
        rule.build().end_epoch(state)


def test_dwa_of_extreme_ratios_stays_finite():
    rule, state = weightings.DWA(), state_of()
    for losses in ([1, 1e-20, 0], [1e-20, 1e20, 0]):
        rule(losses, None, state)
        rule.build().end_epoch(state)
    np.testing.assert_allclose(rule([1, 1, 1], None, state), [0, 3, 0])


def test_dwa_waits_for_a_task_without_labels_in_an_epoch():
    rule, state = weightings.DWA(), state_of()
    for labelled in (True, False, True):
        state.labelled = [True, True, labelled]
        rule([1, 1, 4 if labelled else math.nan], None, state)
        rule.build().end_epoch(state)
    np.testing.assert_array_equal(state["before"], [1, 1, 4])


def test_rlw_draws_a_softmax_of_normals():
    rule, state = weightings.RLW(seed=3), state_of()
    weights = np.array([rule(LOSSES[0], None, state) for _ in range(4000)], float)
    np.testing.assert_allclose(weights.sum(1), 3, rtol=1e-6)
    assert weights.min() > 0
    for i, j in ((0, 1), (0, 2), (1, 2)):
        difference = np.log(weights[:, i] / weights[:, j]) / np.sqrt(2)
        assert stats.kstest(difference, "norm").pvalue > 0.01
    again = weightings.RLW(seed=4)(LOSSES[0], None, state_of())
    assert (again != weights[0]).all()


def test_famo_is_the_authors_algorithm():
    rule, state = weightings.FAMO(), state_of()
    logits = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([logits], lr=0.025, weight_decay=0.01)
    for before, after in zip(LOSSES, LOSSES[::-1] / 2, strict=True):
        z = torch.softmax(logits, -1)
        expected = z.detach().numpy() / (before + 1e-8)
        found = rule(before, None, state)
        np.testing.assert_allclose(found, 3 * expected / expected.sum(), rtol=1e-6)
        assert rule.build().looks_back(state)
        rule.build().look_back(after, state)
        assert not rule.build().looks_back(state)
        fall = torch.from_numpy(np.log(before + 1e-8) - np.log(after + 1e-8))
        (logits.grad,) = torch.autograd.grad(z, logits, fall)
        adam.step()
    np.testing.assert_allclose(state["logits"], logits.detach().numpy(), rtol=1e-9)


def test_famo_of_extreme_losses_stays_finite():
    rule, state = weightings.FAMO(), state_of()
    for before, after in (([0, 1e20, 1e-20], [1e20, 0, 1]), ([1, 1, 1], [math.inf, 1, 1])):
        assert np.isfinite(rule(before, None, state)).all()
        rule.build().look_back(after, state)
        assert np.isfinite(state["logits"]).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_task_without_labels_keeps_its_weight_and_state(name):
    rule, state = weightings.get(name), state_of()
    for losses in LOSSES[:3]:
        rule(losses, None, state)
    core, kept = rule.build(), state.weights[1]
    core.look_back(LOSSES[3], state)
    own = {"uncertainty": "log_variance", "dwa": "sum", "famo": "logits"}.get(name)
    before = None if own is None else state[own]
    state.labelled = [True, False, True]
    found = rule([1.0, math.nan, 2.0], None, state)
    core.look_back([0.5, math.nan, 1.0], state)
    assert found[1] == kept
    if own is not None:
        assert state[own][1] == before[1]
        assert (state[own] != before).any()
    if name != "uncertainty":  # its weights have a scale of their own
        assert found[0] + found[2] == pytest.approx(2)
