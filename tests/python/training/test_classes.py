"""Labels become class indices, and class indices become labels."""

import numpy as np
import pytest
import torch

from dt4ecg.training.classes import (
    as_columns,
    class_indices,
    is_missing,
    learn_classes,
    require_equal_lengths,
    side_by_side,
    task_names,
)

TASKS = ("identity", "activity")


def test_columns_keep_names_next_to_numbers():
    columns = as_columns([["Ann", 3], ["Bo", 4]], TASKS)
    assert columns.dtype == object
    assert columns.tolist() == [["Ann", 3], ["Bo", 4]]


def test_columns_of_tensors_and_of_one_task():
    assert as_columns(torch.tensor([[1, 2]]), TASKS).tolist() == [[1, 2]]
    assert as_columns([5, 6], ("identity",)).tolist() == [[5], [6]]
    with pytest.raises(ValueError, match=r"one column per task .* got the shape \(2,\)"):
        as_columns([5, 6], TASKS)
    with pytest.raises(ValueError, match=r"got the shape \(1, 3\)"):
        as_columns([[1, 2, 3]], TASKS)


def test_classes_are_sorted_and_unknown_labels_have_no_index():
    y = np.array([[7, 2], [5, -1], [-1, 2]])
    indices, classes = learn_classes(y, TASKS, missing_label=-1)
    assert indices.tolist() == [[1, 0], [0, -1], [-1, 0]]
    assert [found.tolist() for found in classes] == [[5, 7], [2]]
    assert indices.dtype == np.int64


def test_without_a_missing_label_every_label_is_a_class():
    indices, classes = learn_classes(np.array([[7], [-1]]), ("identity",), missing_label=None)
    assert indices.tolist() == [[1], [0]]
    assert classes[0].tolist() == [-1, 7]


def test_a_task_without_labels_is_refused():
    with pytest.raises(ValueError, match="no row of y has a label for activity"):
        learn_classes(np.array([[7, -1]]), TASKS, missing_label=-1)


def test_real_numbers_are_not_classes():
    with pytest.raises(ValueError, match="continuous"):
        learn_classes(np.array([[0.5], [0.25]]), ("identity",), missing_label=None)


def test_labels_that_training_lacks_have_no_index():
    classes = [np.array(["Ann", "Bo"]), np.array([3, 4])]
    y = np.array([["Bo", 4], ["Cy", 3], ["", ""]], dtype=object)
    assert class_indices(y, classes, missing_label="").tolist() == [[1, 1], [-1, 0], [-1, -1]]


def test_a_missing_label_that_is_a_class_has_no_index():
    assert class_indices(np.array([["Ann"]]), [np.array(["Ann"])], "Ann").tolist() == [[-1]]


def test_missing_labels_are_found_by_equality():
    column = np.array(["", "Ann", -1], dtype=object)
    assert is_missing(column, "").tolist() == [True, False, False]
    assert is_missing(column, -1).tolist() == [False, False, True]
    assert is_missing(column, None).tolist() == [False, False, False]


def test_columns_of_one_kind_stay_an_array_of_that_kind():
    names = side_by_side([np.array(["Ann", "Bo"]), np.array(["rest", "walk"])])
    assert names.dtype.kind == "U"
    assert names.tolist() == [["Ann", "rest"], ["Bo", "walk"]]
    mixed = side_by_side([np.array(["Ann", "Bo"]), np.array([3, 4])])
    assert mixed.dtype == object
    assert mixed.tolist() == [["Ann", 3], ["Bo", 4]]


def test_names_of_tasks():
    assert task_names(["a", "b"]) == ("a", "b")
    for illegal in ("ab", (), ("a", "a"), None, 3, ("a", 1)):
        with pytest.raises(ValueError, match="must be a sequence of different names"):
            task_names(illegal)


def test_lengths():
    require_equal_lengths("fit", [1, 2], [3, 4])
    with pytest.raises(ValueError, match=r"fit: X and y have inconsistent .*: 2 and 1"):
        require_equal_lengths("fit", [1, 2], [3])
