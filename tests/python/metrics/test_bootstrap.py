"""The bootstrap over groups and trainings compared with references written in another way."""

import numpy as np
import pytest

from dt4ecg.metrics import bootstrap, bootstrap_interval
from dt4ecg.metrics.bootstrap import central_interval, resampled_means


def test_bootstrap_agrees_with_drawing_groups_one_by_one():
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(12), rng.integers(3, 9, 12))
    values = rng.normal(size=len(groups)) + rng.normal(size=12)[groups]
    means = []
    for _ in range(4000):
        drawn = rng.integers(0, 12, 12)
        means.append(np.concatenate([values[groups == group] for group in drawn]).mean())
    expected = np.quantile(means, [0.025, 0.975])
    np.testing.assert_allclose(bootstrap_interval(values, groups), expected, atol=0.05)


def test_bootstrap_of_recordings_is_wider_than_one_of_segments():
    groups = np.repeat(np.arange(10), 50)
    values = (groups % 2).astype(float)  # all segments of a recording agree
    low, high = bootstrap_interval(values, groups)
    each_low, each_high = bootstrap_interval(values, np.arange(500))
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
    found = bootstrap_interval(values, groups, runs)
    np.testing.assert_allclose(found, expected, atol=0.15)
    alone = bootstrap_interval(values, groups)
    assert found[1] - found[0] > 1.1 * (alone[1] - alone[0])


def test_bootstrap_needs_a_value():
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_interval(np.empty(0), np.empty(0))


def test_the_ends_of_an_interval_leave_equal_tails():
    means = np.random.default_rng(0).permutation(np.linspace(0, 1, 1001))
    assert central_interval(means, 0.95) == pytest.approx((0.025, 0.975))
    assert central_interval(means, 0.5) == pytest.approx((0.25, 0.75))
    assert central_interval(means, 1 - 0.05 / 14) == pytest.approx((0.05 / 28, 1 - 0.05 / 28))


def test_bootstrap_of_two_groups_by_hand():
    """With two groups of one value each, the mean is 0, 1/2 or 1 with 1/4, 1/2 and 1/4."""
    means = resampled_means(np.array([0, 1]), np.array([0.0, 1.0]), n_resamples=20_000)
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
    means = resampled_means(groups, values, runs, n_resamples=4000)
    assert 0.8 * 4000 < len(means) < 0.95 * 4000  # 1/8 of the samples are empty
    assert means.min() == 2.0
    assert means.max() == 4.0


def test_the_bootstrap_is_reproducible_and_depends_on_its_seed():
    rng = np.random.default_rng(4)
    groups, values = np.arange(30), rng.normal(size=30)
    assert bootstrap_interval(values, groups) == bootstrap_interval(values, groups, seed=0)
    assert bootstrap_interval(values, groups) != bootstrap_interval(values, groups, seed=1)
    means = resampled_means(groups, values)
    np.testing.assert_array_equal(means, resampled_means(groups, values, seed=0))
    assert central_interval(means, 0.95) == bootstrap_interval(values, groups)


def test_draws_in_blocks_are_those_of_one_block(monkeypatch):
    rng = np.random.default_rng(5)
    groups, values = np.arange(30).repeat(2), rng.normal(size=60)
    at_once = resampled_means(groups, values, n_resamples=500)
    monkeypatch.setattr(bootstrap, "_BLOCK", 1000)
    np.testing.assert_allclose(resampled_means(groups, values, n_resamples=500), at_once)


def test_the_confidence_is_that_of_the_quantiles():
    groups, values = np.arange(40), np.random.default_rng(6).normal(size=40)
    low, high = bootstrap_interval(values, groups, confidence=0.5)
    means = resampled_means(groups, values)
    assert ((means >= low) & (means <= high)).mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("values", "groups", "options", "match"),
    [
        ([1.0, np.nan], [0, 1], {}, "NaN"),
        (["a", "b"], [0, 1], {}, "finite numbers"),
        ([1.0, 0.0], [0, 0], {}, "one group"),
        ([1.0, 0.0], [0, 1, 2], {}, "one shape"),
        ([[1.0], [0.0]], [[0], [1]], {}, "one shape"),
        ([1.0, 0.0], [0, 1], {"confidence": 1.0}, "confidence"),
        ([1.0, 0.0], [0, 1], {"n_resamples": 0}, "n_resamples"),
        ([1.0, 0.0], [0, 1], {"runs": [0]}, "one shape"),
    ],
)
def test_bootstrap_refuses_illegal_values(values, groups, options, match):
    with pytest.raises(ValueError, match=match):
        bootstrap_interval(values, groups, **options)
