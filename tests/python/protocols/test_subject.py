"""Protocol ``subject`` against NumPy's permutation."""

import numpy as np
import pytest
from support.ecg_sets import cohort

from dt4ecg.protocols import folds, split


@pytest.mark.parametrize("seed", range(5))
def test_people_are_held_out_by_a_permutation(seed):
    data = cohort(subjects=7, segments=2)
    place = np.random.default_rng(seed).permutation(7)
    person = data.meta["subject"].astype(int)
    found = split(data, "subject", 0.3, 0.3, seed)
    np.testing.assert_array_equal(found.test, np.flatnonzero(place[person] < 2))
    validated = (place[person] >= 2) & (place[person] < 4)
    np.testing.assert_array_equal(found.validation, np.flatnonzero(validated))
    np.testing.assert_array_equal(found.train, np.flatnonzero(place[person] >= 4))


@pytest.mark.parametrize(("people", "n_folds"), [(2, 2), (4, 4), (5, 5), (6, 5)])
def test_by_default_there_are_five_folds_or_one_for_each_person(people, n_folds):
    data = cohort(subjects=people, segments=2)
    rotation = folds(data, "subject")
    assert len(rotation) == n_folds
    for found in rotation:
        trained, tested = (set(data.meta["subject"][part]) for part in (found.train, found.test))
        assert not trained & tested
        assert len(trained | tested) == people


def test_the_number_of_folds_can_be_set():
    assert len(folds(cohort(subjects=6, segments=2), "subject", 2)) == 2
