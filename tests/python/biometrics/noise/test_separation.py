"""Both readings of the Wasserstein-1 distance."""

import numpy as np
import pytest
from scipy.stats import wasserstein_distance, zscore

from dt4ecg.biometrics.noise import separation


def test_the_pooled_reading_is_that_of_z_scores_over_the_union():
    rng = np.random.default_rng(0)
    clean, noisy = rng.normal(25, 1, 300), rng.normal(22, 2, 40)
    z = zscore(np.concatenate([clean, noisy]))
    expected = wasserstein_distance(z[:300], z[300:])
    assert separation(clean, noisy).pooled == pytest.approx(expected, rel=1e-12)


def test_the_balanced_reading_does_not_depend_on_the_shares():
    rng = np.random.default_rng(0)
    clean, noisy = rng.normal(25, 1, 300), rng.normal(22, 2, 40)
    first, second = separation(clean, noisy), separation(clean, np.tile(noisy, 50))
    assert second.balanced == pytest.approx(first.balanced, rel=1e-9)
    assert abs(second.pooled - first.pooled) > 0.1


@pytest.mark.parametrize("n", [1, 9, 99])
def test_tight_groups_reach_the_documented_ceilings(n):
    found = separation(np.ones(n), [0.0])
    p = n / (n + 1)
    assert found.pooled == pytest.approx(1 / np.sqrt(p * (1 - p)))
    assert found.balanced == pytest.approx(2.0)


def test_equal_scores_are_not_separated():
    assert separation([1.0, 1.0], [1.0]).balanced == 0.0


@pytest.mark.parametrize("clean", [[], [np.nan], [[1.0]]])
def test_illegal_scores_are_refused(clean):
    with pytest.raises(ValueError, match="separation: clean"):
        separation(clean, [1.0])
