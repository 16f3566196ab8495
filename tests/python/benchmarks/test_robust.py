"""Recipes compared over all folds: no choice sees a test part, and the counts are right."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.robust import choice, evaluation, summary

import dt4ecg
from dt4ecg import protocols
from dt4ecg.datasets import from_recordings, simulate_cohort


@pytest.fixture(scope="module")
def data():
    recordings = [
        replace(recording, session=f"e{part}")
        for part in range(3)
        for recording in simulate_cohort(subjects=5, seconds=9, seed=part)
    ]
    dense = from_recordings(recordings, dt4ecg.Preprocessor(overlap=2 / 3), name="made")
    rows = protocols.non_overlapping(dense)
    return evaluation.Data(dense, rows, [np.zeros(0)] * len(recordings))


@pytest.mark.parametrize(("protocol", "n_folds"), [("subject", 5), ("session", 3)])
def test_each_segment_is_tested_once_and_no_choice_sees_it(data, protocol, n_folds):
    folds = evaluation.folds(data, protocol)
    assert len(folds) == n_folds
    tested = np.concatenate([one.test for one in folds])
    assert sorted(tested) == data.rows.tolist()
    for fold, split in enumerate(folds):
        train, validation = choice.inner_splits(data, protocol, fold)
        unit = data.dense.meta[protocol]
        for part in (train, validation, evaluation.training_rows(data, split.train, 2 / 3)):
            assert not set(unit[part]) & set(unit[split.test])
        assert not set(unit[train]) & set(unit[validation])


def test_overlapping_rows_are_those_of_the_training_recordings(data):
    split = evaluation.folds(data, "subject")[0]
    assert evaluation.training_rows(data, split.train, 0) is split.train
    rows = evaluation.training_rows(data, split.train, 2 / 3)
    people = set(data.dense.meta["subject"][split.train])
    expected = np.flatnonzero([one in people for one in data.dense.meta["subject"]])
    np.testing.assert_array_equal(rows, expected)


def test_scores_count_the_right_labels_of_each_recording(data):
    split = evaluation.folds(data, "session")[0]

    class Known:
        """A classifier that is right in the activity, and names the first person."""

        def __init__(self):
            self.classes_by_task = {
                task: np.array(names, object) for task, names in data.dense.classes.items()
            }

        def predict_proba(self, X):
            same = (X[:, None] == data.dense.X[None]).all((2, 3)).argmax(1)
            activity = np.eye(3)[data.dense.y[same, 1]]
            return [np.eye(5)[np.zeros(len(X), int)], activity]

    found = evaluation.scores(data, split, Known())
    assert len(found) == len(np.unique(data.dense.groups[split.test]))
    for subject, _, activity, n, *right, named in found:
        assert right == [n * (subject == "S01")] * 2 + [n] * 2
        assert named == [n * (one == activity) for one in data.dense.classes["activity"]]


TRIALS = {
    f"{recipe} | session | fold {fold} | seed 0": {
        "train": 9,
        "recordings": [
            ["01", "e1", "rest", 4, 0, 0, *right, [4, 0]],
            ["02", "e1", "run", 4, 0, 0, 1, 4, [3, 1]],
        ],
    }
    for recipe, right in (("strong", (2, 2)), ("robust", (4, 3)))
    for fold in range(2)
}


def test_summaries_agree_with_hand_counts():
    strong, robust = (
        list(summary.counts(TRIALS, recipe, "session", 1)) for recipe in ("strong", "robust")
    )
    assert summary.accuracy(strong, "alone")[:2] == (6, 16)
    k, n, low, high = summary.accuracy(robust, "alone")
    assert (k, n, low, high) == (10, 16, 25, 100)
    assert summary.accuracy(robust, "context")[:2] == (14, 16)
    assert summary.difference(robust, strong, "alone") == (25, 0, 50)
    assert summary.by(robust, "subject") == {"01": (8, 8), "02": (2, 8)}
    assert summary.complete_seeds(strong, 2) == [0]
    assert summary.complete_seeds(strong, 3) == []


def test_the_summary_leaves_out_seeds_that_lack_a_fold():
    more = {name.replace("seed 0", "seed 1"): trial for name, trial in TRIALS.items()}
    more = {name: trial for name, trial in more.items() if "fold 0" in name}
    third = {name.replace("fold 0", "fold 2"): t for name, t in TRIALS.items() if "fold 0" in name}
    found = summary.summary(TRIALS | more | third, ["rest", "run"])
    assert found["activity of people never seen"] == {"recipes": {}, "differences": {}}
    result = found["activity with an electrode never seen"]
    assert result["recipes"]["strong"]["seeds"] == [0]
    assert result["recipes"]["strong"]["alone"][:2] == (9, 24)
    assert result["recipes"]["strong"]["activities named"] == {"rest": [12, 0], "run": [9, 3]}
    assert result["differences"].keys() == {"robust less strong"}
    assert result["differences"]["robust less strong"]["alone"][0] == 25
