"""Scores against scikit-learn's, the interval against SciPy's."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from dt4ecg.metrics import report, wilson_interval

CLASSES = {"identity": ["ann", "bob", "cy"], "activity": ["rest", "run"]}


def labels(seed, n=200):
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, 3, n), rng.integers(0, 2, n)], axis=1)


@given(n=st.integers(1, 5000), share=st.floats(0, 1), confidence=st.floats(0.5, 0.999))
def test_wilson_interval_is_scipys(n, share, confidence):
    k = round(share * n)
    expected = binomtest(k, n).proportion_ci(confidence, method="wilson")
    assert wilson_interval(k, n, confidence) == pytest.approx(tuple(expected), abs=1e-12)


def test_wilson_interval_of_the_papers_identity_accuracy():
    assert wilson_interval(792, 799) == pytest.approx((0.982, 0.996), abs=5e-4)


@pytest.mark.parametrize(("k", "n", "confidence"), [(1, 0, 0.95), (3, 2, 0.95), (1, 2, 1.0)])
def test_wilson_interval_refuses(k, n, confidence):
    with pytest.raises(ValueError, match="wilson_interval: needs 0 <= k <= n"):
        wilson_interval(k, n, confidence)


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_scikit_learns(seed):
    y_true, y_pred = labels(seed), labels(seed + 100)
    result = report(y_true, y_pred, CLASSES)
    for column, task in enumerate(CLASSES):
        truth, predicted, scores = y_true[:, column], y_pred[:, column], result[task]
        assert scores.accuracy == accuracy_score(truth, predicted)
        assert scores.correct / scores.n == scores.accuracy
        weighted = precision_recall_fscore_support(truth, predicted, average="weighted")[:3]
        macro = precision_recall_fscore_support(truth, predicted, average="macro")[:3]
        assert (scores.precision, scores.recall, scores.f1) == pytest.approx(weighted)
        found = (scores.precision_macro, scores.recall_macro, scores.f1_macro)
        assert found == pytest.approx(macro)
        assert (scores.confusion == confusion_matrix(truth, predicted)).all()
        assert scores.classes == CLASSES[task]


def test_missing_labels_do_not_count_in_their_task_only():
    y_true, y_pred = labels(0), labels(1)
    y_true[:150, 1] = -1
    result = report(y_true, y_pred, CLASSES)
    assert (result["identity"].n, result["activity"].n) == (200, 50)
    assert result["activity"].correct == (y_true[150:, 1] == y_pred[150:, 1]).sum()


def test_a_task_without_labels_is_null():
    y_true = labels(0)
    y_true[:, 1] = -1
    result = report(y_true, labels(1), CLASSES)
    assert result["activity"] is None
    assert result.to_dict()["activity"] is None
    assert "activity  not scored" in str(result)


def test_a_class_nobody_saw_keeps_its_row_in_the_confusion_matrix():
    scores = report([0, 0, 2], [0, 2, 2], ["a", "b", "c"])["label"]
    assert scores.confusion.tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 1]]
    assert scores.recall_macro == pytest.approx(0.75)


def test_one_class_is_enough():
    assert report([0, 0], [0, 0])["label"].confusion.tolist() == [[2]]


def test_names_may_be_the_labels():
    unsorted = report(["run", "rest", "run"], ["run", "run", "run"], ["run", "rest"])["label"]
    assert unsorted.confusion.tolist() == [[2, 0], [1, 0]]
    by_name = report(["run", "rest", "run"], ["run", "run", "run"], ["rest", "run"])["label"]
    by_index = report([1, 0, 1], [1, 1, 1], ["rest", "run"])["label"]
    assert by_name.to_dict() == by_index.to_dict()
    assert report([5, 7], [5, 5], [5, 7])["label"].confusion.tolist() == [[1, 0], [1, 0]]


def test_missing_label_none_counts_every_row():
    assert report([-1, 1], [-1, -1], missing_label=None)["label"].n == 2


def test_text_and_json():
    truth = np.zeros((916, 2), dtype=int)
    predicted = truth.copy()
    predicted[:25] = 1
    result = report(truth, predicted)
    assert str(result["identity"]) == "0.973 (891/916, 95 % CI 0.960-0.981)"
    assert str(result).splitlines()[0].split() == [
        "task",
        "accuracy",
        "precision",
        "recall",
        "F1",
        "macro",
        "F1",
    ]
    restored = json.loads(json.dumps(result.to_dict()))
    assert restored["identity"]["correct"] == 891
    assert restored == result.to_dict()


@pytest.mark.parametrize(
    ("y_true", "y_pred", "classes", "message"),
    [
        ([1, 2], [1], None, "one shape"),
        ([], [], None, "n > 0"),
        ([[[1]]], [[[1]]], None, "one shape"),
        ([0, 1], [0, 2], ["a", "b"], r"label has the labels \[2\]"),
        ([0, 1], [0, -1], ["a", "b"], r"label has the labels \[-1\]"),
        ([0, 1], [0, 1], CLASSES, "name 2 tasks, the labels have 1"),
    ],
)
def test_bad_labels_are_refused(y_true, y_pred, classes, message):
    with pytest.raises(ValueError, match=message):
        report(y_true, y_pred, classes)
