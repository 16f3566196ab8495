"""Scores of predictions against those of scikit-learn."""

import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from dt4ecg.metrics import report, wilson_interval

CLASSES = {"identity": ["ann", "bob", "cy"], "activity": ["rest", "run"]}


def labels(seed, n=200):
    rng = np.random.default_rng(seed)
    return np.stack([rng.integers(0, 3, n), rng.integers(0, 2, n)], axis=1)


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_scikit_learns(seed):
    y_true, y_pred = labels(seed), labels(seed + 100)
    result = report(y_true, y_pred, CLASSES)
    for column, task in enumerate(CLASSES):
        truth, predicted, scores = y_true[:, column], y_pred[:, column], result[task]
        assert scores.accuracy == accuracy_score(truth, predicted)
        assert (scores.n, scores.correct) == (200, (truth == predicted).sum())
        assert scores.interval == wilson_interval(scores.correct, 200, 0.95)
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


def test_a_class_without_segments_keeps_its_row_in_the_confusion_matrix():
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


def test_a_class_that_is_never_predicted_has_precision_0():
    scores = report([0, 0, 1], [0, 0, 0])["label"]
    assert (scores.precision, scores.precision_macro) == pytest.approx((4 / 9, 1 / 3))


def test_tasks_are_named_by_the_number_of_columns():
    assert list(report([0], [0]).tasks) == ["label"]
    assert list(report([[0]], [[0]]).tasks) == ["label"]
    assert list(report([[0, 0]], [[0, 0]]).tasks) == ["identity", "activity"]
    assert list(report([[0, 0, 0]], [[0, 0, 0]]).tasks) == ["task 0", "task 1", "task 2"]


def test_text_labels_may_come_in_an_object_array_with_unknown_labels():
    truth = np.array(["rest", -1, "run"], dtype=object)
    scores = report(truth, np.array(["rest", "run", "rest"], dtype=object), ["rest", "run"])[
        "label"
    ]
    assert (scores.n, scores.correct) == (2, 1)
    assert scores.confusion.tolist() == [[1, 0], [1, 0]]
    assert scores.classes == ["rest", "run"]


def test_the_text_of_a_task_holds_accuracy_counts_and_interval():
    scores = report([0] * 916, [0] * 891 + [1] * 25)["label"]
    assert str(scores) == "0.973 (891/916, 95 % CI 0.960-0.981)"


def test_the_accuracy_of_one_class_says_so():
    assert str(report([0] * 8, [0] * 8)["label"]) == "1.000 (8/8, 95 % CI 0.676-1.000, one class)"


def test_labels_that_were_never_trained_are_counted_and_not_scored():
    y_true = [["ann", "rest"], ["cy", "run"], ["cy", ""], ["bob", None]]
    y_pred = [["ann", "rest"], ["ann", "rest"], ["bob", "rest"], ["ann", "run"]]
    trained = {"identity": np.array(["ann", "bob"]), "activity": ["rest"]}
    result = report(y_true, y_pred, trained=trained)
    assert (result["identity"].n, result["identity"].correct) == (2, 1)
    assert result.untrained == {"identity": (2, 4), "activity": (1, 2)}
    assert result.notes[0] == "identity of 2 of 4 rows was never trained: they are not scored"
    assert str(result).splitlines()[-1] == f"note: {result.notes[1]}"
    nothing = report(y_true, y_pred, trained={"identity": ["dan"]})
    assert nothing["identity"] is None
    assert nothing.untrained == {"identity": (4, 4)}


def test_a_report_of_people_who_are_never_predicted_has_a_note():
    result = report([["cy", 1], ["dan", 0]], [["ann", 1], ["bob", 1]])
    assert result.notes == ["identity: no true class was ever predicted; was one of them trained?"]


def test_unknown_labels_next_to_codes():
    for truth in ([0, None, 1], [0, np.nan, 1], [0, -1, 1]):
        scores = report(truth, [0, 1, 0], ["rest", "run"])["label"]
        assert (scores.n, scores.correct, scores.classes) == (2, 1, ["rest", "run"])


def test_the_table_has_a_row_for_each_task():
    y_true, y_pred = labels(0), labels(100)
    y_true[:, 1] = -1
    result = report(y_true, y_pred, CLASSES)
    header, _, identity, activity = str(result).splitlines()
    assert header.split() == ["task", "accuracy", "precision", "recall", "F1", "macro", "F1"]
    scores = result["identity"]
    assert identity.startswith(f"identity  {scores}  ")
    values = (scores.precision, scores.recall, scores.f1, scores.f1_macro)
    assert identity.split()[-4:] == [f"{value:.3f}" for value in values]
    assert activity == "activity  not scored"
    # The numbers stand under their headings.
    assert identity.index(identity.split()[-1], len(header) - 6) + 5 == len(header)


def test_the_dictionary_is_strict_json():
    y_true, y_pred = labels(0), labels(100)
    result = report(y_true, y_pred, CLASSES)
    found = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert list(found) == ["identity", "activity"]
    scores = result["identity"]
    names = ("n", "correct", "accuracy", "precision", "recall", "f1")
    macro = ("precision_macro", "recall_macro", "f1_macro")
    assert found["identity"] == {
        **{name: getattr(scores, name) for name in (*names, *macro)},
        "interval": list(scores.interval),
        "confusion": scores.confusion.tolist(),
        "classes": CLASSES["identity"],
    }


@pytest.mark.parametrize(
    ("y_true", "y_pred", "classes", "message"),
    [
        ([1, 2], [1], None, r"got \(2,\) and \(1,\)"),
        ([], [], None, "n > 0"),
        ([[[1]]], [[[1]]], None, "one shape"),
        ([0, 1], [0, 2], ["a", "b"], r"label has the labels \[2\]"),
        ([0, 1], [0, -1], ["a", "b"], r"label has the labels \[-1\]"),
        ([0, 1], [0, 1], CLASSES, "name 2 tasks, but the labels have 1"),
    ],
)
def test_bad_labels_are_refused(y_true, y_pred, classes, message):
    with pytest.raises(ValueError, match=message):
        report(y_true, y_pred, classes)
