"""Wilson's interval against SciPy and against numbers computed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from dt4ecg.metrics import wilson_interval

Z = 1.959963984540054  # quantile of the normal distribution at 0.975


@given(n=st.integers(1, 5000), fraction=st.floats(0, 1), confidence=st.floats(0.5, 0.999))
def test_wilson_interval_is_scipys(n, fraction, confidence):
    k = round(fraction * n)
    expected = binomtest(k, n).proportion_ci(confidence, method="wilson")
    assert wilson_interval(k, n, confidence) == pytest.approx(tuple(expected), abs=1e-12)


@pytest.mark.parametrize("n", [1, 10, 1000])
def test_wilson_interval_without_failures_or_successes(n):
    width = Z**2 / (n + Z**2)  # Wilson's formula at p = 0
    assert wilson_interval(0, n) == (0.0, pytest.approx(width, rel=1e-12))
    assert wilson_interval(n, n) == (pytest.approx(1 - width, rel=1e-12), 1.0)


def test_wilson_interval_by_hand():
    # p = 1/2, n = 2: the centre is 1/2, and the half-width (1 + 2 / z^2)^(-1/2) / 2.
    half = 0.5 * (1 + 2 / Z**2) ** -0.5
    assert wilson_interval(1, 2) == pytest.approx((0.5 - half, 0.5 + half), rel=1e-12)


def test_wilson_interval_of_the_papers_identity_accuracy():
    assert wilson_interval(792, 799) == pytest.approx((0.982, 0.996), abs=5e-4)


@pytest.mark.parametrize(
    ("k", "n", "confidence"),
    [(1, 0, 0.95), (0, 0, 0.95), (3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0), (1, 2, 0.0)],
)
def test_wilson_interval_refuses_illegal_values(k, n, confidence):
    with pytest.raises(ValueError, match=f"k={k}, n={n}, confidence={confidence}"):
        wilson_interval(k, n, confidence)
