"""Calibration error, risk and coverage, and conformal sets against loops and simulated truth."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from dt4ecg.metrics import (
    conformal_sets,
    conformal_threshold,
    expected_calibration_error,
    risk_coverage,
)


def drawn(n: int, classes: int = 4, seed: int = 0):
    """Return probabilities, and true classes that are drawn from them."""
    generator = np.random.default_rng(seed)
    probabilities = generator.dirichlet(np.full(classes, 0.5), size=n)
    truth = (probabilities.cumsum(axis=1) < generator.random((n, 1))).sum(axis=1)
    return probabilities, np.minimum(truth, classes - 1)


@given(seed=st.integers(0, 10**6), n=st.integers(1, 60), bins=st.integers(1, 20))
def test_calibration_error_is_that_of_a_loop(seed, n, bins):
    probabilities, truth = drawn(n, seed=seed)
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    expected = 0.0
    for k in range(bins):
        inside = (confidence > k / bins) & (confidence <= (k + 1) / bins)
        if inside.any():
            expected += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    assert expected_calibration_error(probabilities, truth, bins) == pytest.approx(expected)


def test_calibration_error_agrees_with_scikit_learns_curve():
    probabilities, truth = drawn(5000)
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    shares, means = calibration_curve(right, confidence, n_bins=10)
    counts = np.histogram(confidence, bins=np.linspace(0, 1, 11))[0]
    expected = (counts[counts > 0] / 5000 * np.abs(shares - means)).sum()
    assert expected_calibration_error(probabilities, truth, 10) == pytest.approx(expected)
    assert expected < 0.03  # these probabilities are true


def test_risk_by_hand():
    # Confidences 0.9 right, 0.8 wrong, 0.8 right, 0.6 wrong; the equal ones stay together.
    probabilities = [[0.9, 0.1], [0.2, 0.8], [0.8, 0.2], [0.6, 0.4]]
    curve = risk_coverage(probabilities, [0, 0, 0, 1])
    assert curve.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert curve.risk == pytest.approx([0, 1 / 3, 1 / 3, 1 / 2])
    assert curve.area == pytest.approx((1 / 3 + 1 / 3 + 1 / 2) / 4)
    assert curve.risk_at(0.25) == 0
    assert curve.risk_at(0.26) == pytest.approx(1 / 3)
    assert curve.risk_at(1) == 0.5
    with pytest.raises(ValueError, match="coverage"):
        curve.risk_at(0)


def test_better_ordered_confidences_have_a_smaller_area():
    probabilities, truth = drawn(2000)
    mixed = probabilities[np.random.default_rng(1).permutation(2000)]
    assert risk_coverage(probabilities, truth).area < risk_coverage(mixed, truth).area - 0.1


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
def test_conformal_sets_keep_the_coverage(coverage):
    found = []
    for seed in range(60):
        probabilities, truth = drawn(300, seed=seed)
        probabilities = np.sqrt(probabilities)  # wrong on purpose: the statement holds anyway
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        limit = conformal_threshold(probabilities[:100], truth[:100], coverage)
        members = conformal_sets(probabilities[100:], limit)
        found.append(members[np.arange(200), truth[100:]].mean())
    assert coverage - 0.01 < np.mean(found) < coverage + 0.03


@given(n=st.integers(1, 200), coverage=st.sampled_from([0.5, 0.75, 0.9, 0.99]))
def test_conformal_threshold_is_the_value_of_its_rank(n, coverage):
    probabilities, truth = drawn(n, seed=n)
    rank = int((n + 1) * round(100 * (1 - coverage)) // 100)
    if rank < 1:
        with pytest.raises(ValueError, match="cannot show a coverage"):
            conformal_threshold(probabilities, truth, coverage)
        return
    expected = sorted(row[k] for row, k in zip(probabilities, truth, strict=True))[rank - 1]
    assert conformal_threshold(probabilities, truth, coverage) == expected


@pytest.mark.parametrize(
    ("probabilities", "truth", "message"),
    [
        ([[0.5, 0.6]], [0], "1 of 1 rows are not probabilities"),
        ([[np.nan, 0.5]], [0], "1 of 1 rows are not probabilities"),
        ([[1.5, -0.5]], [0], "1 of 1 rows are not probabilities"),
        ([0.5, 0.5], [0, 1], r"shape \(n, classes\)"),
        ([[]], [0], r"shape \(n, classes\)"),
        ([[0.5, 0.5]], [2], "from 0 to 1"),
        ([[0.5, 0.5]], [-1], "untrained"),
        ([[0.5, 0.5]], [0, 1], "1 integers"),
        ([[0.5, 0.5]], [0.0], "1 integers"),
    ],
)
def test_illegal_values_are_refused(probabilities, truth, message):
    for measure in (expected_calibration_error, risk_coverage, conformal_threshold):
        with pytest.raises(ValueError, match=message):
            measure(probabilities, truth)


def test_illegal_settings_are_refused():
    probabilities, truth = drawn(20)
    with pytest.raises(ValueError, match="bins"):
        expected_calibration_error(probabilities, truth, 0)
    for coverage in (0, 1, np.nan, "0.9"):
        with pytest.raises(ValueError, match="between 0 and 1"):
            conformal_threshold(probabilities, truth, coverage)


@pytest.mark.parametrize(
    ("probabilities", "threshold"),
    [([[0.5, np.nan]], 0.3), ([0.5, 0.5], 0.3), ([[1.5, -0.5]], 0.3), ([[0.5, 0.5]], np.nan)],
)
def test_sets_of_illegal_probabilities_are_refused(probabilities, threshold):
    with pytest.raises(ValueError, match="conformal_sets"):
        conformal_sets(probabilities, threshold)


def test_a_curve_prints_as_one_line():
    found = risk_coverage([[0.9, 0.1], [0.6, 0.4]], [0, 1])
    assert repr(found) == "RiskCoverage(2 points, risk 0.5 at full coverage, area 0.25)"


def test_rows_of_different_lengths_are_refused():
    ragged = [[0.1, 0.9], [0.5]]
    with pytest.raises(ValueError, match=r"^risk_coverage: probabilities: all rows must have"):
        risk_coverage(ragged, [0, 1])
    with pytest.raises(ValueError, match=r"^risk_coverage: y_true: all rows must have"):
        risk_coverage([[0.9, 0.1], [0.6, 0.4]], ragged)
    with pytest.raises(ValueError, match=r"^conformal_sets: probabilities: all rows must have"):
        conformal_sets(ragged, 0.5)
