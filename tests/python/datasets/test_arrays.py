"""Arrays of segments become a set, whatever form their labels have."""

import re

import numpy as np
import pandas as pd
import pytest
import torch

from dt4ecg import Preprocessor
from dt4ecg.datasets import SegmentSet

X = np.random.default_rng(0).normal(size=(4, 12)).astype(np.float32)
WHO = ["Bert", "Anna", "Anna", "Bert"]
WHAT = ["run", "rest", "run", "rest"]


def from_arrays(y=None, X=X, **others) -> SegmentSet:
    return SegmentSet.from_arrays(X, y, **others)


@pytest.mark.parametrize("leads", [1, 2])
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int16, torch.float32, torch.float64])
def test_segments_of_each_kind_become_float32(leads, kind):
    samples = np.arange(4 * leads * 12).reshape(4, leads, 12)
    given = (
        torch.tensor(samples, dtype=kind)
        if kind in (torch.float32, torch.float64)
        else (samples.astype(kind))
    )
    data = from_arrays(X=given[:, 0] if leads == 1 else given)
    assert data.X.dtype == np.float32
    np.testing.assert_array_equal(data.X, samples)


def test_float32_is_not_copied():
    assert np.shares_memory(from_arrays().X, X)


@pytest.mark.parametrize(
    "y",
    [
        list(zip(WHO, WHAT, strict=True)),
        np.array([WHO, WHAT]).T,
        np.array([WHO, WHAT], dtype=object).T,
        {"identity": WHO, "activity": WHAT},
        {"activity": np.array(WHAT), "identity": pd.Series(WHO)},
        pd.DataFrame({"identity": WHO, "activity": WHAT}),
        pd.DataFrame({"activity": WHAT, "identity": WHO}, index=[9, 9, 1, 0], dtype="category"),
    ],
    ids=["list", "text", "object", "dict", "dict in another order", "frame", "categories"],
)
def test_names_in_every_form(y):
    data = from_arrays(y)
    assert data.tasks == ("identity", "activity")
    assert data.classes == {"identity": ["Anna", "Bert"], "activity": ["rest", "run"]}
    assert data.y.tolist() == [[1, 1], [0, 0], [0, 1], [1, 0]]
    assert data.y.dtype == np.int64
    assert data.meta["subject"].tolist() == WHO
    assert data.meta["activity"].tolist() == WHAT


@pytest.mark.parametrize(
    "y",
    [
        np.array([[3, 10], [-1, 2], [3, -1], [5, 10]]),
        torch.tensor([[3, 10], [-1, 2], [3, -1], [5, 10]]),
        np.array([[3, 10], [np.nan, 2], [3, np.nan], [5, 10]]),
        pd.DataFrame({"identity": [3, None, 3, 5], "activity": [10, 2, pd.NA, 10]}),
    ],
    ids=["integers", "tensor", "floats with NaN", "frame"],
)
def test_whole_numbers_are_names_in_the_order_of_their_values(y):
    data = from_arrays(y)
    assert data.classes == {"identity": ["3", "5"], "activity": ["2", "10"]}
    assert data.y.tolist() == [[0, 1], [-1, 0], [0, -1], [1, 1]]
    assert data.meta["subject"].tolist() == ["3", "", "3", "5"]


@pytest.mark.parametrize("mark", [None, np.nan, pd.NA, "", "?", "NULL", -1], ids=repr)
@pytest.mark.filterwarnings("ignore:from_arrays. activity has labels")
def test_unknown_labels_in_each_usual_form(mark):
    data = from_arrays({"identity": WHO, "activity": ["run", mark, "run", mark]})
    assert data.classes["activity"] == ["run"]
    assert data.y[:, 1].tolist() == [0, -1, 0, -1]
    assert data.meta["activity"].tolist() == ["run", "", "run", ""]
    assert data.labels[:, 1].tolist() == ["run", -1, "run", -1]


def test_an_unknown_label_that_became_text_is_reported():
    y = np.array([["Anna", "rest"], ["Anna", -1], ["Bert", "rest"], ["Bert", "run"]])
    with pytest.warns(UserWarning, match="activity has the class '-1'") as caught:
        from_arrays(y)
    assert caught[0].filename == __file__


def test_texts_that_mark_unknown_labels_are_reported():
    with pytest.warns(UserWarning, match=r"activity has labels '-', 'none', which mean") as caught:
        data = from_arrays(pd.DataFrame({"activity": ["none", "rest", "-", "rest"]}))
    assert [warning.filename for warning in caught] == [__file__]
    assert "1 activity class (2 without a label)" in repr(data)


def test_given_classes_turn_numbers_into_indexes():
    classes = {"activity": ["walk", "rest", "run"]}
    data = from_arrays({"activity": [2, 1, -1, 1]}, classes=classes)
    assert data.classes == classes
    assert data.meta["activity"].tolist() == ["run", "rest", "", "rest"]
    assert from_arrays({"activity": WHAT}, classes=classes).y[:, 0].tolist() == [2, 1, 2, 1]


def test_names_of_the_tasks():
    assert from_arrays(WHAT).tasks == ("label",)
    assert from_arrays(WHAT, tasks=["activity"]).meta["activity"].tolist() == WHAT
    assert from_arrays(np.zeros((4, 3))).tasks == ("task 0", "task 1", "task 2")
    frame = pd.DataFrame({"age": [30, 40, 40, 30], "activity": WHAT, "identity": WHO})
    assert from_arrays(frame).tasks == ("identity", "activity", "age")
    assert from_arrays(frame, tasks=["activity"]).tasks == ("activity",)


def test_without_labels_there_is_no_task():
    data = from_arrays(subject=WHO)
    assert data.tasks == ()
    assert data.y.shape == data.labels.shape == (4, 0)
    assert data.meta["subject"].tolist() == WHO
    assert "no labels" in repr(data)


def test_the_origin_of_segments():
    data = from_arrays(
        WHAT,
        tasks=["activity"],
        groups=["r2", "r1", "r1", "r2"],
        subject=[7, None, 7.0, "x"],
        session="monday",
        start=[0, 0, 1.5, 3],
        segment_seconds=2.0,
        name="mine",
        lead_names=["II"],
    )
    assert data.groups.tolist() == [0, 1, 1, 0]
    assert data.meta["recording"].tolist() == ["r2", "r1", "r1", "r2"]
    assert data.meta["subject"].tolist() == ["7", "", "7", "x"]
    assert data.meta["session"].tolist() == ["monday"] * 4
    assert data.meta["start"].tolist() == [0, 0, 1.5, 3]
    assert data.meta["stop"].tolist() == [2, 2, 3.5, 5]
    assert data.lead_names == data[:2].lead_names == ("II",)
    assert repr(data).startswith("SegmentSet mine: 4 segments of 1 x 12 samples from 2 recordings")


def test_numbers_of_recordings_are_kept():
    assert from_arrays(groups=np.array([5, 5, 2, 2])).groups.tolist() == [5, 5, 2, 2]


def test_without_groups_a_recording_is_a_pair_of_subject_and_session():
    data = from_arrays(subject=["a", "a", "b", "a"], session=["1", "2", "1", "1"])
    assert data.groups.tolist() == [0, 1, 2, 0]
    assert data.meta["recording"].tolist() == ["a 1", "a 2", "b 1", "a 1"]
    assert from_arrays().groups.tolist() == [0, 0, 0, 0]


def test_the_duration_of_a_segment():
    assert from_arrays(start=[0, 3, 6, 9]).meta["stop"][0] == 3.0
    own = Preprocessor(notch=None, segment_seconds=5.0)
    assert from_arrays(start=[0, 3, 6, 9], preprocessor=own).meta["stop"][0] == 5.0
    assert np.isnan(from_arrays().meta["start"]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X": np.zeros(12)}, "X must have shape (n, T) or (n, leads, T), got (12,)"),
        ({"X": np.zeros((4, 12, 2))}, "more leads than samples"),
        ({"X": np.full((4, 12), np.nan)}, "48 of 48 samples are NaN or infinite"),
        ({"X": np.full((4, 12), 1e300)}, "48 of 48 samples are NaN or infinite"),
        ({"y": WHAT[:3]}, "y has 3 labels of label, but X has 4 segments"),
        ({"y": {"identity": WHO, "activity": WHAT[:2]}}, "y has 2 labels of activity"),
        ({"y": {"activity": np.zeros((4, 1))}}, "activity must have shape (n,), got (4, 1)"),
        ({"y": {"activity": "rest"}}, "labels of activity must have shape (n,), got ()"),
        ({"y": "rest"}, "y must have shape (n,) or (n, tasks), got ()"),
        ({"y": pd.DataFrame(np.zeros((4, 2)), columns=["a", "a"])}, "a must have shape (n,)"),
        ({"y": np.zeros((4, 2, 1))}, "y must have shape (n,) or (n, tasks), got (4, 2, 1)"),
        ({"y": np.zeros((4, 3)), "tasks": ["a"]}, "y has 3 columns, but tasks names 1: a"),
        ({"y": {"activity": WHAT}, "tasks": ["identity"]}, "but not ['identity']"),
        ({"y": ["a", 1, "b", 2]}, "texts or whole numbers, and not both, got 'b' and 2"),
        ({"y": [0.5, 1.0, 1.0, 1.0]}, "texts or whole numbers, and not both, got 1.0"),
        ({"y": [[1], [2], [3], [4, 5]]}, "texts or whole numbers"),
        ({"y": WHAT, "classes": {"label": ["rest"]}}, "label labels ['run'] are not among"),
        ({"y": [0, 1, 2, 0], "classes": {"label": ["a", "b"]}}, "codes must lie in 0 to 1"),
        ({"y": WHAT, "classes": {"activity": ["rest"]}}, "classes names the tasks ['activity']"),
        ({"groups": [0, 0, 1]}, "groups must have one value for each of the 4 segments"),
        ({"groups": [0, None, 1, 1]}, "groups must name the recording of every segment"),
        ({"subject": ["a"]}, "subject must have one value for each of the 4 segments"),
        ({"session": ["a"]}, "session must have one value for each of the 4 segments"),
        ({"start": [0, 1, 2]}, "start must be 4 numbers, the seconds"),
        ({"start": [0, 1, 2, np.nan]}, "start must be 4 numbers"),
        ({"start": ["0", "1", "2", "3"]}, "start must be 4 numbers"),
        ({"segment_seconds": 0.0}, "segment_seconds must be above 0 s, got 0.0"),
        ({"lead_names": ["I", "II"]}, "got 2 lead names for segments of 1 lead"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        from_arrays(**arguments)


def test_a_single_name_of_a_task_is_refused():
    with pytest.raises(TypeError, match=r"tasks must be a sequence of names, such as \('label',\)"):
        from_arrays(WHAT, tasks="label")


def test_masked_labels_are_unknown():
    labels = np.ma.array([["a", "rest"], ["b", "walk"]], mask=[[0, 1], [0, 0]])
    data = SegmentSet.from_arrays(np.zeros((2, 30)), labels)
    assert data.y.tolist() == [[0, -1], [1, 0]]
