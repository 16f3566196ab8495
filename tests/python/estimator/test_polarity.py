"""Leads whose QRS complexes point the other way than in the training data."""

from dataclasses import fields

import numpy as np
import pytest

from dt4ecg.estimator.polarity import reversed_leads, skewness_range
from dt4ecg.signal import Quality


def quality(skewness, usable=True):
    skewness = np.atleast_2d(skewness).astype(float)
    if skewness.shape[0] == 1:
        skewness = skewness.T
    arrays = {one.name: np.zeros(skewness.shape) for one in fields(Quality)}
    scores = np.broadcast_to(np.reshape(usable, (-1, 1)), skewness.shape).astype(float)
    return Quality(**arrays | {"skewness": skewness, "lead_scores": scores})


def test_the_range_is_that_of_usable_segments():
    skewness = np.linspace(1, 2, 101)
    found = skewness_range(quality(np.append(skewness, [-9, 9]), [True] * 101 + [False] * 2))
    np.testing.assert_allclose(found, [[1.01, 1.99]])
    assert skewness_range(quality([1, 1, 1], [True, False, False])) is None


@pytest.mark.parametrize(
    ("skewness", "expected"),
    [
        ([1.5, 1.6], []),
        ([-1.5, -1.6], [0]),
        ([-1.5, 1.6, -1.5], [0]),  # the median counts
        ([-0.4, -0.4], []),  # no clear direction
        ([-5, -5], []),  # would not fit upside down either
    ],
)
def test_a_lead_is_reversed_if_only_its_opposite_fits(skewness, expected):
    assert reversed_leads(quality(skewness), np.array([[0.3, 2.5]])) == expected


def test_each_lead_has_its_own_range():
    found = reversed_leads(quality([[1, 1], [1, 1]]), np.array([[0.5, 2], [-2, -0.5]]))
    assert found == [1]


def test_a_lead_that_points_both_ways_in_training_is_never_reversed():
    ranges = np.array([[-2.0, 2.0]])
    assert reversed_leads(quality([1, 1]), ranges) == []
    assert reversed_leads(quality([-1, -1]), ranges) == []


def test_without_usable_segments_nothing_is_reversed():
    assert reversed_leads(quality([-1, -1], [False, False]), np.array([[0.5, 2]])) == []
