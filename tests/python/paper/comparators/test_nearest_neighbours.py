"""The LASSO that selects features, and the empirical modes."""

import numpy as np
import pytest
import sklearn.linear_model

from dt4ecg.paper.comparators import FitSettings, nearest_neighbours
from dt4ecg.paper.comparators.features import autocorrelation, spectrum, statistics

SETTINGS = FitSettings(100.0, seed=0, epochs=1)


@pytest.fixture
def fitted(monkeypatch):
    """Return the list of LASSOs that are fitted."""
    made = []

    class Recorded(sklearn.linear_model.MultiTaskLasso):
        def fit(self, z, indicators):
            made.append((self, z, indicators))
            return super().fit(z, indicators)

    monkeypatch.setattr(sklearn.linear_model, "MultiTaskLasso", Recorded)
    return made


def test_features_are_selected_by_an_optimal_lasso(fitted):
    """The optimum is that of the objective in scikit-learn's manual: its duality gap is small."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 1, 120)), np.array(["a", "b"])[np.arange(40) % 2]
    X[y == "b"] *= 3
    predict = nearest_neighbours.fit_lasso_knn(X, y, SETTINGS)
    ((lasso, z, indicators),) = fitted
    features = np.hstack([statistics(X), spectrum(X, 100.0), autocorrelation(X, 100.0)])
    np.testing.assert_allclose(z, (features - features.mean(0)) / features.std(0), atol=1e-9)
    np.testing.assert_array_equal(indicators, np.stack([y == "a", y == "b"], 1))
    n, alpha = len(z), 0.01
    target, z = indicators - indicators.mean(0), z - z.mean(0)
    residual = target - z @ lasso.coef_.T
    norms = np.linalg.norm(lasso.coef_, axis=0)
    primal = (residual**2).sum() / (2 * n) + alpha * norms.sum()
    scale = min(1, alpha * n / np.linalg.norm(z.T @ residual, axis=1).max())
    dual = (target**2).sum() / (2 * n) - ((target - scale * residual) ** 2).sum() / (2 * n)
    assert primal - dual <= 1e-3 * (target**2).sum() / n
    assert 0 < (norms != 0).sum() < z.shape[1]
    assert (predict(X) == y).all()


def test_without_a_selected_feature_all_are_kept(fitted):
    X = np.random.default_rng(0).normal(size=(6, 1, 120))
    y = np.full(6, "a")
    assert (nearest_neighbours.fit_lasso_knn(X, y, SETTINGS)(X) == "a").all()
    assert (fitted[0][0].coef_ == 0).all()


def test_modes_add_up_to_the_lead_and_the_mean_noise():
    """The lead has two tones, so that four modes hold nearly all of it."""
    pytest.importorskip("PyEMD")
    time = np.arange(300) / 100
    lead = np.sin(2 * np.pi * 12 * time) + np.sin(2 * np.pi * 3 * time)
    modes = nearest_neighbours._modes(lead, trials=2)
    assert modes.shape == (4, 300)
    noise = np.random.default_rng(0).normal(size=(2, 300)).mean(0) * 0.05 * np.ptp(lead)
    middle = slice(30, -30)  # modes are less accurate at the ends
    rest = (lead + noise - modes.sum(0))[middle]
    assert np.abs(rest).max() < 0.3
    assert np.corrcoef(modes[0][middle], np.sin(2 * np.pi * 12 * time)[middle])[0, 1] > 0.9
