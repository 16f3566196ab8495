"""Scores over seeds, and differences between two models."""

import pytest
from scipy import stats
from support.reproduced import result_of

from dt4ecg.paper.judge.comparison import compare, summarize


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
