"""Averages of predictions over consecutive segments."""

import numpy as np
import pytest
from scipy.special import softmax

from dt4ecg.inference import average_over_context


def probabilities(n=20, classes=4, seed=0):
    return softmax(np.random.default_rng(seed).normal(0, 2, (n, classes)), axis=1)


def of_rows(p, rows):
    return softmax(np.log(p[rows]).mean(0))


def test_the_average_is_the_softmax_of_the_mean_logits():
    p = probabilities()
    averaged, counts = average_over_context(p, 3.0 * np.arange(20), 3.0, context=10.0)
    expected = [of_rows(p, np.arange(3) + min(max(i - 1, 0), 17)) for i in range(20)]
    np.testing.assert_allclose(averaged, expected, rtol=1e-5)
    assert (counts == 3).all()


@pytest.mark.parametrize("step", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("context", [3.0, 6.0, 8.0, 100.0])
def test_windows_are_as_a_slow_search_finds_them(step, context):
    p, start = probabilities(), step * np.arange(20)
    last = start[-1] + 3
    rows = []
    for s in start:
        left = min(max(s + 1.5 - context / 2, 0), max(last - context, 0))
        inside = [k for k, t in enumerate(start) if left <= t + 0.01 and t + 3 <= left + context]
        rows.append(inside)
    averaged, counts = average_over_context(p, start, 3.0, context)
    assert counts.tolist() == [len(inside) for inside in rows]
    np.testing.assert_allclose(averaged, [of_rows(p, inside) for inside in rows], rtol=1e-5)


def test_no_average_crosses_a_gap_or_a_hole():
    p = probabilities(9)
    start = np.array([0, 3, 6, 9, 12, 15, 20, 23, 26.0])  # a hole before 20 s
    averaged, counts = average_over_context(p, start, 3.0, context=30.0, gaps=[6.0])
    pieces = [range(2)] * 2 + [range(2, 6)] * 4 + [range(6, 9)] * 3
    assert counts.tolist() == [2] * 2 + [4] * 4 + [3] * 3
    np.testing.assert_allclose(averaged, [of_rows(p, list(piece)) for piece in pieces], rtol=1e-5)


def test_unusable_segments_have_no_part_in_the_averages_of_others():
    p = probabilities(5)
    usable = np.array([True, True, False, True, True])
    averaged, counts = average_over_context(p, 3.0 * np.arange(5), 3.0, 9.0, usable=usable)
    assert counts.tolist() == [2, 2, 3, 2, 2]
    rows = [[0, 1], [0, 1], [1, 2, 3], [3, 4], [3, 4]]
    np.testing.assert_allclose(averaged, [of_rows(p, row) for row in rows], rtol=1e-5)


def test_one_segment_alone_keeps_its_probabilities():
    p = np.array([[1.0, 0.0], [0.25, 0.75]])
    averaged, counts = average_over_context(p, [0, 10], 3.0)
    np.testing.assert_array_equal(averaged, p.astype(np.float32))
    assert counts.tolist() == [1, 1]
    found, _ = average_over_context(np.array([[1.0, 0.0]] * 2), [0, 3], 3.0)
    np.testing.assert_allclose(found, [[1, 0]] * 2, atol=1e-30)
    assert average_over_context(np.zeros((0, 2)), [], 3.0)[0].shape == (0, 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"context": 2.9}, "context must be from one segment, 3 s"),
        ({"context": np.inf}, "context must be"),
        ({"context": np.nan}, "context must be"),
        ({"segment_seconds": 0.0}, "segment_seconds must be"),
        ({"starts": [0, 6, 3, 9]}, "must not fall"),
        ({"starts": [0, 3, 6, np.nan]}, "must be finite"),
        ({"starts": [0, 3, 6]}, "takes probabilities"),
        ({"probabilities": np.full((4, 2), -1.0)}, "must lie in 0 to 1"),
        ({"probabilities": np.full((4, 2), np.nan)}, "must lie in 0 to 1"),
        ({"usable": [1, 1, 1, 1]}, "usable must be bool"),
    ],
)
def test_illegal_arguments(changes, message):
    legal = {
        "probabilities": probabilities(4),
        "starts": [0, 3, 6, 9],
        "segment_seconds": 3.0,
        "context": 10.0,
    }
    with pytest.raises(ValueError, match=message):
        average_over_context(**legal | changes)
