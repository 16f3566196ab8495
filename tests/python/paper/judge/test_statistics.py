"""Tests and intervals compared with references that are written in another way."""

import math

import numpy as np
import pytest

from dt4ecg.paper.judge.statistics import bootstrap_over, holm, interval, mcnemar, resampled_means


def test_mcnemar_is_the_two_sided_sign_test_of_the_discordant_pairs():
    rng = np.random.default_rng(0)
    for _ in range(20):
        a, b = rng.random((2, 60)) < rng.random((2, 1))
        only_a, only_b, p = mcnemar(a, b)
        assert only_a == sum(x and not y for x, y in zip(a, b, strict=True))
        assert only_b == sum(y and not x for x, y in zip(a, b, strict=True))
        n, fewer = only_a + only_b, min(only_a, only_b)
        tail = sum(math.comb(n, k) for k in range(fewer + 1)) / 2**n
        assert p == pytest.approx(min(1.0, 2 * tail))


def test_models_that_never_differ_have_a_p_value_of_1():
    assert mcnemar(np.ones(5, bool), np.ones(5, bool)) == (0, 0, 1.0)


def test_mcnemar_needs_the_same_segments():
    with pytest.raises(ValueError, match=r"\(3,\), \(4,\)"):
        mcnemar(np.ones(3, bool), np.ones(4, bool))


def test_holm_on_a_worked_example():
    # m = 4: 0.005 x 4, 0.01 x 3, then 0.03 x 2 and its monotone successor.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_holm_rejects_what_the_step_down_procedure_rejects():
    rng = np.random.default_rng(1)
    for _ in range(50):
        p = rng.random(6) ** 3
        rejected = set()
        for rank, index in enumerate(np.argsort(p)):
            if p[index] > 0.05 / (6 - rank):
                break
            rejected.add(int(index))
        assert {i for i, q in enumerate(holm(p.tolist())) if q <= 0.05} == rejected


def test_bootstrap_agrees_with_drawing_groups_one_by_one():
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(12), rng.integers(3, 9, 12))
    values = rng.normal(size=len(groups)) + rng.normal(size=12)[groups]
    means = []
    for _ in range(4000):
        drawn = rng.integers(0, 12, 12)
        means.append(np.concatenate([values[groups == group] for group in drawn]).mean())
    expected = np.quantile(means, [0.025, 0.975])
    np.testing.assert_allclose(bootstrap_over(groups, values), expected, atol=0.05)


def test_bootstrap_of_recordings_is_wider_than_one_of_segments():
    groups = np.repeat(np.arange(10), 50)
    values = (groups % 2).astype(float)  # all segments of a recording agree
    low, high = bootstrap_over(groups, values)
    each_low, each_high = bootstrap_over(np.arange(500), values)
    assert high - low > 5 * (each_high - each_low)


def test_bootstrap_with_runs_agrees_with_drawing_both_one_by_one():
    rng = np.random.default_rng(3)
    groups, runs = (x.ravel() for x in np.meshgrid(np.arange(8), np.arange(3)))
    values = rng.normal(size=24) + rng.normal(size=8)[groups] + 2 * rng.normal(size=3)[runs]
    means = []
    for _ in range(4000):
        drawn, drawn_runs = rng.integers(0, 8, 8), rng.integers(0, 3, 3)
        means.append(
            np.mean([values[(groups == g) & (runs == r)] for g in drawn for r in drawn_runs])
        )
    expected = np.quantile(means, [0.025, 0.975])
    found = bootstrap_over(groups, values, runs)
    np.testing.assert_allclose(found, expected, atol=0.15)
    alone = bootstrap_over(groups, values)
    assert found[1] - found[0] > 1.1 * (alone[1] - alone[0])


def test_bootstrap_needs_a_value():
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_over(np.empty(0), np.empty(0))


@pytest.mark.parametrize(("b", "c", "p"), [(1, 9, 22 / 1024), (3, 5, 186 / 256), (0, 5, 1 / 16)])
def test_mcnemar_by_hand(b, c, p):
    """The p value is twice the tail of the binomial distribution with 1/2."""
    first = np.repeat([True, False, True], [b, c, 7])
    second = np.repeat([False, True, True], [b, c, 7])
    assert mcnemar(first, second) == (b, c, pytest.approx(p))
    assert mcnemar(second, first) == (c, b, pytest.approx(p))


def test_the_ends_of_an_interval_leave_equal_tails():
    means = np.random.default_rng(0).permutation(np.linspace(0, 1, 1001))
    assert interval(means, 0.95) == pytest.approx((0.025, 0.975))
    assert interval(means, 0.5) == pytest.approx((0.25, 0.75))
    assert interval(means, 1 - 0.05 / 14) == pytest.approx((0.05 / 28, 1 - 0.05 / 28))


def test_bootstrap_of_two_groups_by_hand():
    """With two groups of one value each, the mean is 0, 1/2 or 1 with 1/4, 1/2 and 1/4."""
    means = resampled_means(np.array([0, 1]), np.array([0.0, 1.0]), resamples=20_000)
    found = [(means == value).mean() for value in (0.0, 0.5, 1.0)]
    assert found == pytest.approx([0.25, 0.5, 0.25], abs=0.015)
    assert len(means) == 20_000


def test_groups_and_runs_are_drawn_independently():
    """Two groups and two runs: the mean is the product of two independent fractions."""
    groups, runs = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    means = resampled_means(groups, np.array([1.0, 0, 0, 0]), runs)
    expected = {0.0: 7 / 16, 0.25: 1 / 4, 0.5: 1 / 4, 1.0: 1 / 16}
    found = {value: (means == value).mean() for value in expected}
    assert found == pytest.approx(expected, abs=0.015)
    assert sum(found.values()) == pytest.approx(1)


def test_samples_without_values_are_left_out():
    """Each run tests a group of its own; half of the samples draw no tested pair."""
    groups, runs, values = np.array([0, 1]), np.array([0, 1]), np.array([2.0, 4.0])
    means = resampled_means(groups, values, runs, resamples=4000)
    assert 0.8 * 4000 < len(means) < 0.95 * 4000  # 1/8 of the samples are empty
    assert means.min() == 2.0
    assert means.max() == 4.0


def test_the_bootstrap_is_reproducible_and_depends_on_its_seed():
    rng = np.random.default_rng(4)
    groups, values = np.arange(30), rng.normal(size=30)
    assert bootstrap_over(groups, values) == bootstrap_over(groups, values, seed=0)
    assert bootstrap_over(groups, values) != bootstrap_over(groups, values, seed=1)
    means = resampled_means(groups, values)
    np.testing.assert_array_equal(means, resampled_means(groups, values, seed=0))
    assert interval(means, 0.95) == bootstrap_over(groups, values)
