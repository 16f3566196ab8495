"""McNemar's test and Holm's correction compared with references written in another way."""

import math

import numpy as np
import pytest

from dt4ecg.metrics import holm, mcnemar


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


@pytest.mark.parametrize(("b", "c", "p"), [(1, 9, 22 / 1024), (3, 5, 186 / 256), (0, 5, 1 / 16)])
def test_mcnemar_by_hand(b, c, p):
    """The p value is twice the tail of the binomial distribution with 1/2."""
    first = np.repeat([True, False, True], [b, c, 7])
    second = np.repeat([False, True, True], [b, c, 7])
    assert mcnemar(first, second) == (b, c, pytest.approx(p))
    assert mcnemar(second, first) == (c, b, pytest.approx(p))


def test_holm_agrees_with_r():
    """R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm")."""
    assert holm([0.01, 0.02, 0.03, 0.04, 0.05]) == pytest.approx([0.05, 0.08, 0.09, 0.09, 0.09])


@pytest.mark.parametrize("p", [[0.1, np.nan], [-0.1], [1.1], [[0.1]], ["0.1"]])
def test_holm_refuses_what_is_not_a_p_value(p):
    with pytest.raises(ValueError, match="holm: p"):
        holm(p)


@pytest.mark.parametrize("first", [[0.2, 0.9], [2, 1], ["a", "b"], [None, True], []])
def test_mcnemar_refuses_what_does_not_say_right_or_wrong(first):
    with pytest.raises(ValueError, match="mcnemar"):
        mcnemar(first, [True] * len(first))


def test_mcnemar_takes_zeros_and_ones():
    assert mcnemar([1, 1, 0], [0, 1, 0]) == mcnemar([True, True, False], [False, True, False])
