"""Protocol ``random`` against NumPy's permutation."""

import numpy as np
import pytest
from support.placed_segments import placed_segments

from dt4ecg.protocols import folds, split

DATA = placed_segments(np.arange(10) * 3.0)


@pytest.mark.parametrize("seed", [0, 7])
def test_test_and_validation_are_the_first_of_a_permutation(seed):
    order = np.random.default_rng(seed).permutation(10)
    found = split(DATA, "random", 0.3, 0.2, seed)
    np.testing.assert_array_equal(found.test, np.sort(order[:3]))
    np.testing.assert_array_equal(found.validation, np.sort(order[3:5]))
    np.testing.assert_array_equal(found.train, np.sort(order[5:]))


@pytest.mark.parametrize(
    ("test_size", "validation_size", "sizes"),
    [
        (0.3, 0.0, (7, 0, 3)),
        (0.34, 0.14, (6, 1, 3)),
        (0.36, 0.16, (4, 2, 4)),
        (0.01, 0.01, (8, 1, 1)),
        (0.16, 0.34, (5, 3, 2)),
    ],
)
def test_sizes_are_rounded_and_at_least_one(test_size, validation_size, sizes):
    found = split(DATA, "random", test_size, validation_size)
    assert (len(found.train), len(found.validation), len(found.test)) == sizes


def test_five_folds_by_default_of_equal_size():
    assert [len(found.test) for found in folds(DATA, "random")] == [2] * 5
    assert sorted(len(found.test) for found in folds(DATA, "random", 4)) == [2, 2, 3, 3]
    assert len(folds(DATA, "random", 2)) == 2
    assert len(folds(DATA, "random", 10)) == 10
