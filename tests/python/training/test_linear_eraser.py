"""The closed-form removal of a confounder from features."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.utils.estimator_checks import check_estimator

from dt4ecg.training import LinearEraser


def problem(n=300, seed=0):
    random = np.random.default_rng(seed)
    person, activity = random.integers(0, 3, n), random.integers(0, 2, n)
    mixing = random.normal(size=(8, 8))
    X = random.normal(size=(n, 8))
    X[:, :3] += 3 * np.eye(3)[person]
    X[:, 3] += 4 * activity
    return X @ mixing, person, activity


def test_the_classes_of_the_confounder_have_equal_means():
    X, person, activity = problem()
    eraser = LinearEraser().fit(X, person)
    erased = eraser.transform(X)
    means = np.array([erased[person == one].mean(0) for one in range(3)])
    np.testing.assert_allclose(means, np.tile(X.mean(0), (3, 1)), atol=1e-9)
    assert eraser.rank_ == 2
    probe = LogisticRegression(max_iter=1000).fit(erased, person)
    assert probe.score(erased, person) == pytest.approx(np.bincount(person).max() / 300, abs=0.01)
    assert LogisticRegression(max_iter=1000).fit(erased, activity).score(erased, activity) > 0.95


def test_it_is_a_projection_and_the_smallest_change():
    X, person, _ = problem()
    eraser = LinearEraser().fit(X, person)
    np.testing.assert_allclose(eraser.matrix_ @ eraser.matrix_, eraser.matrix_, atol=1e-9)
    # The orthogonal projection off the differences of means erases as well, with a larger change
    # in the metric of the covariance.
    Z = np.eye(3)[person]
    differences = np.linalg.svd((X - X.mean(0)).T @ (Z - Z.mean(0)))[0][:, :2]
    other = (X - X.mean(0)) @ differences @ differences.T
    inverse = np.linalg.inv(np.cov(X.T))
    sizes = [np.einsum("ni,ij,nj", x, inverse, x) for x in (X - eraser.transform(X), other)]
    assert sizes[0] < sizes[1]


def test_several_confounders():
    X, person, activity = problem()
    erased = LinearEraser().fit_transform(X, np.stack([person, activity], axis=1))
    for labels in (person, activity):
        means = [erased[labels == one].mean(0) for one in np.unique(labels)]
        np.testing.assert_allclose(means, np.tile(X.mean(0), (len(means), 1)), atol=1e-9)


def test_features_that_do_not_vary_are_kept():
    X, person, _ = problem()
    X = np.column_stack([X, np.full(len(X), 7.0), X[:, 0]])
    erased = LinearEraser().fit(X, person).transform(X)
    np.testing.assert_allclose(erased[:, 8], 7.0)
    np.testing.assert_allclose(erased[:, 9], erased[:, 0], atol=1e-9)


def test_what_is_refused():
    X, person, _ = problem()
    with pytest.raises(ValueError, match="one class"):
        LinearEraser().fit(X, np.zeros(300))
    with pytest.raises(ValueError, match=r"y must be labels \(300,\)"):
        LinearEraser().fit(X, person[:-1])
    with pytest.raises(ValueError, match="NaN"):
        LinearEraser().fit(np.where(X > 2, np.nan, X), person)
    with pytest.raises(ValueError, match="features"):
        LinearEraser().fit(X, person).transform(X[:, :3])


def test_it_is_an_estimator_of_scikit_learn():
    check_estimator(LinearEraser(), on_skip=None)
