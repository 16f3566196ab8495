"""Error rates of verification against scikit-learn and against numbers computed by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq
from sklearn.metrics import det_curve as sklearn_det_curve
from sklearn.metrics import roc_curve

from dt4ecg.biometrics import curves
from dt4ecg.metrics import (
    det_curve,
    equal_error_rate,
    impostor_threshold,
    true_accept_rate,
)

SAME = np.array([True, True, True, False, False, False, False])
SCORES = np.array([0.9, 0.8, 0.3, 0.85, 0.4, 0.2, 0.1])

pairs = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=40).filter(
    lambda found: len({same for _, same in found}) == 2
)


@given(found=pairs)
def test_curve_is_scikit_learns(found):
    scores, same = (np.array(values) for values in zip(*found, strict=True))
    curve = det_curve(scores, same)
    far, frr, thresholds = sklearn_det_curve(same, scores, drop_intermediate=False)
    n = len(far)
    np.testing.assert_array_equal(curve.false_accept_rates[:n], far)
    np.testing.assert_array_equal(curve.false_reject_rates[:n], frr)
    np.testing.assert_array_equal(curve.thresholds[:n], thresholds)
    assert curve.false_accept_rates[-1] == 0
    assert curve.false_reject_rates[0] == 0
    for at, threshold in enumerate(curve.thresholds):
        assert np.mean(scores[~same] >= threshold) == curve.false_accept_rates[at]
        assert np.mean(scores[same] < threshold) == curve.false_reject_rates[at]


@given(found=pairs)
def test_equal_error_rate_is_where_the_roc_crosses_the_diagonal(found):
    scores, same = (np.array(values) for values in zip(*found, strict=True))
    far, tar, _ = roc_curve(same, scores, drop_intermediate=False)
    # A rate that does not change has several places; the smallest one where FRR <= FAR counts.
    assert 0 <= (rate := equal_error_rate(scores, same)) <= 1
    unique = np.all(np.diff(far) > 0)
    if unique:
        expected = brentq(lambda x: 1 - x - np.interp(x, far, tar), 0, 1)
        assert rate == pytest.approx(expected, abs=1e-9)


def test_rates_by_hand():
    # Thresholds 0.85 and 0.8 accept 1 of 4 falsely and reject 2 and 1 of 3.
    curve = det_curve(SCORES, SAME)
    assert curve.thresholds.tolist() == [0.3, 0.4, 0.8, 0.85, 0.9]
    assert curve.false_accept_rates.tolist() == [0.5, 0.5, 0.25, 0.25, 0.0]
    assert curve.false_reject_rates == pytest.approx([0, 1 / 3, 1 / 3, 2 / 3, 2 / 3])
    # From (1/2, 1/3) to (1/4, 1/3) the false rejects stay at 1/3, so both rates are 1/3.
    assert equal_error_rate(SCORES, SAME) == pytest.approx(1 / 3)
    assert true_accept_rate(SCORES, SAME, 0.25) == pytest.approx(2 / 3)
    assert true_accept_rate(SCORES, SAME, 0.49) == pytest.approx(2 / 3)
    assert true_accept_rate(SCORES, SAME, 0) == pytest.approx(1 / 3)
    assert true_accept_rate(SCORES, SAME, 1) == 1


def test_equal_scores_say_nothing():
    scores, same = np.ones(10), np.arange(10) < 5
    assert equal_error_rate(scores, same) == 0.5
    assert true_accept_rate(scores, same, 0.9) == 0
    assert true_accept_rate(scores, same, 1) == 1


def test_separated_and_reversed_scores():
    same = np.arange(10) < 5
    assert equal_error_rate(same.astype(float), same) == 0
    assert equal_error_rate(-same.astype(float), same) == 1


@given(
    scores=st.lists(st.integers(0, 9), min_size=10, max_size=60), far=st.sampled_from([0.1, 0.3, 1])
)
def test_impostor_threshold_is_the_lowest_legal_one(scores, far):
    scores = np.array(scores, dtype=float)
    threshold = impostor_threshold(scores, far)
    assert np.mean(scores >= threshold) <= far
    lower = scores[scores < threshold]
    assert not len(lower) or np.mean(scores >= lower.max()) > far


def test_intervals_cover_the_truth_and_follow_the_seed():
    people = np.array([(a, b) for a in range(40) for b in range(40)])
    same = people[:, 0] == people[:, 1]
    scores = np.random.default_rng(0).normal(size=len(same)) + 2 * same
    found = curves(scores, same, people, n_resamples=300)
    low, high = found.equal_error_interval
    assert low < found.equal_error_rate < high
    assert low < 0.1587 < high  # the normal distribution below -1
    assert found.n_people == 40
    again = curves(scores, same, people, n_resamples=300)
    assert again.to_dict() == found.to_dict()
    assert curves(scores, same, people, n_resamples=300, seed=1).to_dict() != found.to_dict()
    for far, (low, high) in found.true_accept_intervals.items():
        assert low <= found.true_accept_rates[far] <= high


@settings(max_examples=20)
@given(seed=st.integers(0, 1000))
def test_one_bootstrap_sample_equals_repeated_pairs(seed):
    """A sample's rates are those of scikit-learn with the weights of the pairs."""
    generator = np.random.default_rng(seed)
    people = generator.integers(5, size=(60, 2))
    same = people[:, 0] == people[:, 1]
    scores = generator.integers(6, size=60).astype(float)
    found = curves(scores, same, people, [0.2], n_resamples=1, seed=seed)
    drawn = np.unique(people, return_inverse=True)[1].reshape(people.shape)
    counts = np.bincount(
        np.random.default_rng(seed).integers(found.n_people, size=found.n_people), minlength=5
    )
    repeats = np.where(same, counts[drawn[:, 0]], counts[drawn].prod(axis=1))
    repeated, kinds = np.repeat(scores, repeats), np.repeat(same, repeats)
    if len(set(kinds.tolist())) == 2:
        expected = equal_error_rate(repeated, kinds)
        assert found.equal_error_interval == pytest.approx((expected, expected))
    else:
        assert found.equal_error_interval == (0, 1)


def test_without_people_there_is_no_interval():
    found = curves(SCORES, SAME, false_accept_rates=[0.25])
    assert found.equal_error_interval is None
    assert found.true_accept_intervals == {}
    assert "3 pairs of one person" in str(found)
    assert found.to_frame().shape == (5, 3)


@pytest.mark.parametrize(
    ("scores", "same", "message"),
    [
        ([0.1, np.nan], [True, False], "1 of 2 scores are NaN or infinite"),
        ([0.1, np.inf], [True, False], "1 of 2 scores are NaN or infinite"),
        ([0.1, 0.2], [True, True], "all 2 pairs are of one person"),
        ([0.1, 0.2], [False, False], "all 2 pairs are of different people"),
        ([], [], "at least one"),
        ([0.1], [True, False], "one entry of same for each score"),
        ([[0.1, 0.2]], [[True, False]], "1 dimension"),
        (["a", "b"], [True, False], "real numbers"),
        ([0.1, 0.2], [2, 0], "true or false"),
        ([0.1, 0.2], ["yes", "no"], "true or false"),
    ],
)
def test_illegal_pairs_are_refused(scores, same, message):
    for measure in (det_curve, equal_error_rate, curves):
        with pytest.raises(ValueError, match=message):
            measure(scores, same)


def test_illegal_settings_are_refused():
    with pytest.raises(ValueError, match="from 0 to 1"):
        true_accept_rate(SCORES, SAME, 1.1)
    with pytest.raises(ValueError, match="from 0 to 1"):
        curves(SCORES, SAME, false_accept_rates=[float("nan")])
    with pytest.raises(ValueError, match="between 0 and 1"):
        curves(SCORES, SAME, confidence=1)
    with pytest.raises(ValueError, match=r"shape \(7, 2\)"):
        curves(SCORES, SAME, people=np.arange(7))
    with pytest.raises(ValueError, match="contradicts same in 3 of 7 pairs"):
        curves(SCORES, SAME, people=np.stack([np.arange(7), np.arange(7) + 1], 1))
    with pytest.raises(ValueError, match="above 0"):
        impostor_threshold(SCORES, 0)


def test_rows_of_different_lengths_are_refused():
    ragged = [[0.1, 0.9], [0.5]]
    for scores, same, people, name in (
        (ragged, [0, 1], None, "scores"),
        ([0.1, 0.9], ragged, None, "same"),
        ([0.1, 0.9], [0, 1], [["Ann", "Bo"], ["Ann"]], "people"),
    ):
        with pytest.raises(ValueError, match=f"^curves: {name}: all rows must have the same"):
            curves(scores, same, people)


def test_too_few_pairs_for_a_rate():
    with pytest.warns(UserWarning, match="at least 100"):
        assert true_accept_rate(SCORES, SAME, 0.01) == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="at least 100"):
        impostor_threshold(SCORES, 0.01)
