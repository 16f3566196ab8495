"""Scores say when they cannot mean anything: labels never trained, and tasks with one class."""

import warnings

import numpy as np
import pytest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.model_selection import cross_val_score
from support.toy import classifier, segments

from dt4ecg.estimator.scoring import mean_accuracy

CLASSES = {"identity": np.array(["Ann", "Bo"]), "activity": np.array(["rest", "run"])}
LABELS = np.array([["Ann", "rest"], ["Bo", "run"], ["Cy", "rest"], ["Cy", "run"]], object)
PREDICTED = np.array([["Ann", "rest"], ["Ann", "run"], ["Ann", "run"], ["Bo", "run"]], object)


def score(labels=LABELS, predicted=PREDICTED, classes=CLASSES, weight=(1, 1, 1, 1)):
    return mean_accuracy(labels, predicted, classes, -1, np.array(weight, float))


def test_rows_that_were_never_trained_are_not_scored():
    with pytest.warns(UserWarning, match="score: identity of 2 of 4 rows was never trained"):
        assert score() == (1 / 2 + 3 / 4) / 2
    with pytest.warns(UserWarning, match="score: identity of 1 of 3 rows was never trained"):
        assert score(weight=(1, 3, 0, 2)) == (1 / 4 + 1) / 2


def test_a_task_without_rows_to_score_has_no_part():
    with pytest.warns(UserWarning, match="identity of 2 of 2 rows was never trained"):
        assert score(LABELS[2:], PREDICTED[2:], weight=(1, 1)) == 1 / 2


def test_nothing_that_was_trained_gives_nan():
    labels = np.array([["Cy", -1], ["Di", "sit"]], object)
    with pytest.warns() as caught:
        assert np.isnan(score(labels, PREDICTED[:2], weight=(1, 1)))
    assert [type(warning.message) for warning in caught] == [UserWarning, UndefinedMetricWarning]
    assert "identity of 2 of 2 rows and activity of 1 of 1 rows" in str(caught[0].message)


def test_no_label_at_all_is_refused():
    with pytest.raises(ValueError, match="no row of y has a label for any task"):
        score(np.full((4, 2), -1, object))


def test_a_task_with_one_class_has_no_part_next_to_others():
    classes = CLASSES | {"activity": np.array(["rest"])}
    labels = np.array([["Ann", "rest"], ["Bo", "rest"]], object)
    predicted = np.array([["Ann", "rest"], ["Ann", "rest"]], object)
    assert score(labels, predicted, classes, (1, 1)) == 1 / 2
    assert score(labels[:, 1:], predicted[:, 1:], {"activity": classes["activity"]}, (1, 1)) == 1


def test_cross_validation_in_the_order_of_people_says_so_once_per_fold():
    X, y = segments(36)
    order = np.argsort(y[:, 0], kind="stable")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        scores = cross_val_score(classifier(epochs=1), X[order, 0], y[order], cv=3)
    expected = "score: identity of 12 of 12 rows was never trained"
    assert [str(w.message).startswith(expected) for w in caught] == [True] * 3
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("weighting", ["famo", "chen2018"])
def test_a_task_with_one_class_is_left_out_of_the_weighting(weighting):
    X, y = segments()
    y = np.stack([np.zeros(len(y), int), y[:, 1]], axis=1)
    with pytest.warns(UserWarning, match="identity has one class, 0: it has nothing to learn"):
        fitted = classifier(weighting=weighting, epochs=10).fit(X, y)
    assert (fitted.task_weights_[1]) == pytest.approx(1, abs=1e-6)
    assert fitted.score(X, y) > 0.8
    assert (fitted.predict(X)[:, 0] == 0).all()
    assert np.isnan(fitted.history_["train"]["accuracy"][:, 0]).all()
