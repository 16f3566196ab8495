"""Scorers of single tasks against scikit-learn's metrics."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from support.toy import classifier, segments

from dt4ecg.metrics import scorers

TASKS = ("identity", "activity")
NAMES = ("accuracy", "f1_macro", "balanced_accuracy")


class Fixed:
    """An estimator that returns fixed predictions."""

    classes_ = (np.array(["ann", "bob", "cy"]), np.array([0, 1]))

    def __init__(self, predicted):
        self.predicted = predicted

    def predict(self, X):
        return self.predicted


def random_labels(seed, n=100):
    random = np.random.default_rng(seed)
    y = np.empty((n, 2), object)
    y[:, 0], y[:, 1] = random.choice(["ann", "bob", "cy"], n), random.integers(0, 2, n)
    return y


@pytest.mark.parametrize("weighted", [False, True])
def test_scores_are_scikit_learns(weighted):
    truth, predicted = random_labels(0), random_labels(1)
    weight = np.random.default_rng(2).random(100) if weighted else None
    references = {
        "accuracy": accuracy_score,
        "f1_macro": lambda *columns, **options: f1_score(*columns, average="macro", **options),
        "balanced_accuracy": balanced_accuracy_score,
    }
    found = scorers(TASKS)
    assert list(found) == [f"{task}_{name}" for task in TASKS for name in NAMES]
    for column, task in enumerate(TASKS):
        pair = [np.array(y[:, column].tolist()) for y in (truth, predicted)]
        for name, reference in references.items():
            score = found[f"{task}_{name}"](Fixed(predicted), None, truth, sample_weight=weight)
            assert score == pytest.approx(reference(*pair, sample_weight=weight))


def test_rows_without_a_trained_label_are_not_scored():
    truth, predicted = random_labels(0), random_labels(1)
    expected = scorers(TASKS)["identity_accuracy"](Fixed(predicted[50:]), None, truth[50:])
    truth[:25, 0], truth[25:50, 0] = "dan", None
    frame = pd.DataFrame({"activity": truth[:, 1], "identity": truth[:, 0]})
    assert scorers(TASKS)["identity_accuracy"](Fixed(predicted), None, frame) == expected


def test_no_trained_label_gives_nan():
    truth, predicted = random_labels(0), random_labels(1)
    truth[:, 0] = "dan"
    with pytest.warns(UndefinedMetricWarning, match="no label of identity in y was trained"):
        assert np.isnan(scorers(TASKS)["identity_f1_macro"](Fixed(predicted), None, truth))


def test_model_selection_with_classifier_and_pipeline():
    X, y = segments()
    model = classifier(epochs=4)
    found = cross_validate(model, X[:, 0], y, cv=2, scoring=scorers(model))
    assert {f"test_{task}_{name}" for task in TASKS for name in NAMES} < set(found)
    pipeline = make_pipeline(FunctionTransformer(), model)
    search = GridSearchCV(
        pipeline,
        {"dt4ecgclassifier__epochs": [0, 8]},
        cv=2,
        scoring=scorers(model),
        refit="activity_balanced_accuracy",
    ).fit(X[:, 0], y)
    assert search.best_params_ == {"dt4ecgclassifier__epochs": 8}


def test_one_task():
    X, y = segments()
    model = classifier(tasks=("activity",), epochs=2).fit(X, y[:, 1])
    accuracy = scorers(model)["activity_accuracy"](model, X, y[:, 1])
    assert accuracy == model.score(X, y[:, 1])


def test_a_scorer_can_be_pickled():
    scorer = scorers(classifier(missing_label="?"))["identity_accuracy"]
    assert pickle.loads(pickle.dumps(scorer)) == scorer
    assert scorer.missing_label == "?"


@pytest.mark.parametrize("tasks", [(), ("a", "a")])
def test_illegal_tasks(tasks):
    with pytest.raises(ValueError, match="takes a classifier or different names of tasks"):
        scorers(tasks)
