"""The position of a difference relative to a threshold, and verdicts on several parts."""

import numpy as np
import pytest
from support.comparisons import comparison
from support.reproduced import N, result_of

from dt4ecg.paper.judge.comparison import compare
from dt4ecg.paper.judge.verdicts import (
    FAILS,
    HOLDS,
    OPEN,
    Finding,
    by_seed,
    excused,
    outside,
    side,
    together,
)


@pytest.mark.parametrize(
    ("first", "second", "threshold", "verdict"),
    [
        (N, N, 0.0, OPEN),  # no model could have been better
        (N - 1, N, 0.0, OPEN),  # hardly worse
        (N - 60, N, 0.0, FAILS),  # worse
        (N - 60, N - 60, 0.0, FAILS),  # a better first model was possible
        (N - 4, N - 4, 0.03, OPEN),  # a gain of 3 points does not fit
        (N - 60, N - 4, 0.03, FAILS),
        (N, N - 60, 0.03, HOLDS),
        (N - 4, N - 4, -0.01, HOLDS),
        (N - 60, N, -0.01, FAILS),
    ],
)
def test_at_a_ceiling_only_a_loss_refutes(first, second, threshold, verdict):
    made = [[result_of(right, N)] * 3 for right in (first, second)]
    assert side(compare(*made, "identity"), threshold) == verdict


@pytest.mark.parametrize(
    ("fewer", "among", "verdict"), [(4, 1, FAILS), (4, 20, OPEN), (6, 20, FAILS)]
)
def test_one_of_many_comparisons_refutes_by_the_corrected_interval(fewer, among, verdict):
    made = [[result_of(right, N)] * 3 for right in (150 - fewer, 150)]
    found = compare(*made, "identity", among=among)
    assert found.interval[1] < -0.001  # the 95 % of this one alone always lie below
    assert side(found, -0.001) == verdict


@pytest.mark.parametrize(
    ("interval", "corrected", "without_error", "threshold", "verdict"),
    [
        ((0.001, 0.02), (-0.01, 0.03), (0.1, 0.2), 0.0, HOLDS),  # no correction to hold
        ((0.0, 0.02), (0.0, 0.02), (0.1, 0.2), 0.0, OPEN),  # above, not at, the threshold
        ((-0.02, 0.0), (-0.03, 0.0), (0.1, 0.2), 0.0, FAILS),  # at the threshold
        ((-0.02, -0.01), (-0.03, 0.001), (0.1, 0.2), 0.0, OPEN),  # the corrected one decides
        ((0.0, 0.01), (0.0, 0.02), (0.03, 0.2), 0.03, OPEN),
        ((0.0, 0.01), (0.0, 0.02), (0.031, 0.2), 0.03, FAILS),  # not at a ceiling
        ((-0.02, -0.01), (-0.03, -0.001), (0.0, 0.01), 0.03, FAILS),  # a loss at a ceiling
        ((-0.02, 0.0), (-0.03, 0.0), (0.0, 0.01), 0.0, OPEN),  # equal at a ceiling
        ((-0.03, -0.02), (-0.04, -0.005), (-0.02, 0.0), -0.01, OPEN),  # above the threshold
        ((-0.03, -0.02), (-0.04, -0.011), (-0.02, 0.0), -0.01, FAILS),
    ],
)
def test_sides_at_their_boundaries(interval, corrected, without_error, threshold, verdict):
    found = comparison(interval, 14, corrected, without_error)
    assert side(found, threshold) == verdict
    assert excused(found, threshold) == (verdict == OPEN and corrected[1] <= threshold)


def test_a_part_that_fails_decides():
    assert together([HOLDS, HOLDS]) == HOLDS
    assert together([HOLDS, OPEN]) == OPEN
    assert together([OPEN, HOLDS, FAILS]) == FAILS


def test_all_seeds_some_or_none():
    assert by_seed(np.array([True, True])) == HOLDS
    assert by_seed(np.array([False, True])) == OPEN
    assert by_seed(np.array([False, False])) == FAILS


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((0.011, 0.02), True),
        ((0.01, 0.02), False),
        ((-0.02, -0.011), True),
        ((-0.02, -0.01), False),
        ((-0.02, 0.02), False),
    ],
)
def test_outside_a_margin(interval, expected):
    assert outside(interval, 0.01) == expected


def test_the_text_of_a_finding_has_all_reasons():
    finding = Finding(FAILS, "4 of 5", "one is missing", follows=True)
    assert finding.text.split("; ")[1:] == ["4 of 5", "one is missing"]
    assert Finding(OPEN, "", "one is missing").text == "one is missing"
