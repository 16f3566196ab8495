"""Labels become class indices, and class indices become labels."""

import numpy as np
import pytest

from dt4ecg.training.classes import (
    class_indices,
    learn_classes,
    require_equal_lengths,
    task_names,
)

TASKS = ("identity", "activity")


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


def test_float_codes_with_nan():
    y = np.array([[7.0, np.nan], [5.0, 2.0], [np.nan, 2.0]])
    indices, classes = learn_classes(y, TASKS, missing_label=-1)
    assert indices.tolist() == [[1, -1], [0, 0], [-1, 0]]
    assert [found.tolist() for found in classes] == [[5, 7], [2]]
    assert class_indices(y, classes, None).tolist() == indices.tolist()


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


def test_names_of_tasks():
    assert task_names(["a", "b"]) == ("a", "b")
    for illegal in ("ab", (), ("a", "a"), None, 3, ("a", 1)):
        with pytest.raises(ValueError, match="must be a sequence of different names"):
            task_names(illegal)


def test_lengths():
    require_equal_lengths("fit", [1, 2], [3, 4])
    with pytest.raises(ValueError, match=r"fit: X and y have inconsistent .*: 2 and 1"):
        require_equal_lengths("fit", [1, 2], [3])


def test_a_label_that_numpy_would_shorten_is_refused():
    y = np.array([["a"], ["a\0"]], dtype=object)
    with pytest.raises(ValueError, match="identity ends with a null character"):
        learn_classes(y, ("identity",), None)
