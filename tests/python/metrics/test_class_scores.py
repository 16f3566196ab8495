"""The scores of each class against scikit-learn's classification report."""

import numpy as np
import pytest
from sklearn.metrics import classification_report

from dt4ecg.metrics import report

CLASSES = {"identity": ["ann", "bob", "cy", "<b>"], "activity": ["rest", "run"]}
TRUE = np.random.default_rng(0).integers(0, [3, 2], (50, 2))  # "<b>" does not occur
PREDICTED = np.where(np.random.default_rng(1).random((50, 2)) < 0.6, TRUE, 0)
FOUND = report(TRUE, PREDICTED, CLASSES)


@pytest.mark.parametrize(("column", "task"), list(enumerate(CLASSES)))
def test_scores_of_each_class_are_those_of_scikit_learn(column, task):
    expected = classification_report(
        TRUE[:, column],
        PREDICTED[:, column],
        labels=range(len(CLASSES[task])),
        target_names=CLASSES[task],
        output_dict=True,
        zero_division=0,
    )
    frame = FOUND[task].to_frame()
    assert frame.index.tolist() == CLASSES[task]
    for name in CLASSES[task]:
        row = frame.loc[name]
        assert row["precision"] == pytest.approx(expected[name]["precision"])
        assert row["recall"] == pytest.approx(expected[name]["recall"])
        assert row["f1"] == pytest.approx(expected[name]["f1-score"])
        assert row["n"] == expected[name]["support"]
    assert frame["correct"].sum() == FOUND[task].correct
    assert frame["predicted"].sum() == 50


def test_the_frame_of_a_report_holds_all_tasks():
    frame = FOUND.to_frame()
    assert frame.index.names == ["task", "class"]
    for task in CLASSES:
        assert frame.loc[task].equals(FOUND[task].to_frame().loc[CLASSES[task]])


def test_a_task_without_labels_has_no_row():
    found = report([[0, -1], [1, -1]], [[0, 0], [1, 0]])
    assert found.to_frame().index.get_level_values("task").tolist() == ["identity", "identity"]
    html = found._repr_html_()
    assert ">not scored<" in html
    assert "unknown" in html
    nothing = report([[-1]], [[0]])
    assert len(nothing.to_frame()) == 0


def test_the_html_holds_the_scores_and_escapes_the_labels():
    assert str(FOUND["activity"]) in FOUND._repr_html_()
    assert f"{FOUND['identity'].f1_macro:.4g}" in FOUND._repr_html_()
    html = FOUND["identity"]._repr_html_()
    assert "&lt;b&gt;" in html
    assert "<b>" not in html


def test_the_html_holds_the_notes():
    found = report([["a"], ["a"]], [["b"], ["b"]], {"who": ["a", "b"]})
    assert found.notes
    assert all(note in found._repr_html_() for note in found.notes)
    assert "Notes" not in FOUND._repr_html_()
