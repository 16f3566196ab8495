"""The tests of a report, against references written another way."""

import math

import numpy as np
import pytest
from scipy import stats
from support.reproduced import result_of

from dt4ecg.paper.judge.evidence import bootstrap_over, compare, holm, mcnemar, summarize


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


def test_models_that_never_differ_are_no_evidence():
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


def test_bootstrap_refuses_nothing():
    with pytest.raises(ValueError, match="at least one"):
        bootstrap_over(np.empty(0), np.empty(0))


def test_summary_pools_segments_and_spreads_over_seeds():
    found = summarize([result_of(9, 10), result_of(5, 10), result_of(7, 10)], "identity")
    assert (found.correct, found.n) == (21, 30)
    # The seeds test the same ten segments.
    interval = stats.binomtest(7, 10).proportion_ci(method="wilson")
    assert found.interval == pytest.approx((interval.low, interval.high))
    assert found.mean == pytest.approx(0.7)
    assert found.deviation == pytest.approx(0.2)
    assert summarize([result_of(9, 10)], "identity").deviation is None
    assert summarize([], "identity") is None


def test_comparison_counts_each_segment_once():
    better, worse = result_of(10, 10), result_of(4, 10)
    found = compare([better, better], [worse, worse], "identity")
    assert found.difference == pytest.approx(0.6)
    assert (found.only_first, found.only_second) == (6, 0)
    assert found.p == pytest.approx(2 / 2**6)


def test_comparison_needs_both_models_with_the_same_seeds():
    assert compare([result_of(1, 2)], [], "identity") is None
    assert compare([result_of(1, 2)], [result_of(1, 2)], "mood") is None
    with pytest.raises(ValueError, match="different segments"):
        compare([result_of(1, 2)], [result_of(1, 3)], "identity")
