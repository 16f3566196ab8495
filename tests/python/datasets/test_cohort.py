"""The simulated cohort has the design of the paper."""

import numpy as np
import pytest

from dt4ecg import Preprocessor
from dt4ecg.datasets import load_paper_cohort, simulate_cohort

ACTIVITIES = ["rest", "exercise", "deep_breathing"]


@pytest.mark.slow
def test_segments_of_the_cohort():
    data = load_paper_cohort()
    assert data.X.shape == (15 * 3 * 60, 1, 300)
    assert data.classes == {
        "identity": [f"S{i:02d}" for i in range(1, 16)],
        "activity": ACTIVITIES,
    }
    assert np.bincount(data.y[:, 0]).tolist() == [180] * 15
    assert np.bincount(data.y[:, 1]).tolist() == [900] * 3
    assert (data.name, data.simulated) == ("paper-cohort", True)
    assert data.preprocessor.to_dict() == Preprocessor(notch=60.0).to_dict()
    first = simulate_cohort(subjects=1, activities=["rest"])[0]
    np.testing.assert_allclose(
        data.X[:60], data.preprocessor.transform(first.samples, 1000), atol=1e-6
    )


@pytest.mark.slow
def test_another_seed_and_another_preprocessor():
    mine = Preprocessor(target_rate=50, normalize=None)
    data = load_paper_cohort(seed=1, preprocessor=mine)
    assert data.X.shape == (2700, 1, 150)
    first = simulate_cohort(subjects=1, activities=["rest"], seed=1)[0]
    np.testing.assert_allclose(data.X[:60], mine.transform(first.samples, 1000), atol=1e-6)
