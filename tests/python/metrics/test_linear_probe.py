"""The linear probe, compared with scikit-learn."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dt4ecg.metrics import linear_probe, wilson_interval


def test_it_is_a_logistic_regression_of_scaled_features():
    random = np.random.default_rng(0)
    y = random.integers(0, 3, 240)
    X = random.normal(size=(240, 5)) * 50 + 40 * np.eye(5)[y]
    train, test = slice(0, 160), slice(160, None)
    mean, scale = X[train].mean(0), X[train].std(0)
    model = LogisticRegression(max_iter=2000).fit((X[train] - mean) / scale, y[train])
    hits = model.predict((X[test] - mean) / scale) == y[test]
    found = linear_probe(X[train], y[train], X[test], y[test])
    np.testing.assert_array_equal(found.hits, hits)
    assert found.accuracy == hits.mean()
    assert found.interval == wilson_interval(int(hits.sum()), 80)
    assert found.chance == np.bincount(y[test]).max() / 80
    assert found.classes == 3


def test_features_without_information_reach_chance():
    random = np.random.default_rng(1)
    X, y = random.normal(size=(2000, 4)), random.integers(0, 2, 2000)
    found = linear_probe(X[:1000], y[:1000], X[1000:], y[1000:])
    low, high = found.interval
    assert low < 0.52 < high or low < 0.5 < high


@pytest.mark.parametrize(
    ("X", "y", "test_X", "test_y", "message"),
    [
        (np.eye(4), [0] * 4, np.eye(4), [0] * 4, "one class"),
        (np.eye(4), [0, 1] * 2, np.eye(4), [0, 2] * 2, "labels does not have"),
        (np.eye(4), [0, 1], np.eye(4), [0, 1] * 2, "has 4 rows"),
        (np.eye(4), [0, 1] * 2, np.eye(5), [0, 1] * 2 + [1], "channels"),
        (np.full((4, 4), np.inf), [0, 1] * 2, np.eye(4), [0, 1] * 2, "must be finite"),
        (np.ones(4), [0, 1] * 2, np.eye(4), [0, 1] * 2, "must be numbers"),
        (np.eye(4), [0, 1] * 2, np.empty((0, 4)), [], "none of them 0"),
    ],
)
def test_what_is_refused(X, y, test_X, test_y, message):
    with pytest.raises(ValueError, match=message):
        linear_probe(X, y, test_X, test_y)
