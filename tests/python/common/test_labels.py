"""Unknown labels: their value is the same in every layer, and each usual mark is recognised."""

import inspect
import warnings

import numpy as np
import pandas as pd
import pytest

import dt4ecg
from dt4ecg import _core
from dt4ecg._common.labels import UNKNOWN, is_among, is_unknown, warn_of_marks


def test_python_and_the_core_mark_unknown_labels_alike():
    assert UNKNOWN == _core.train.MISSING == -1


def test_classifier_and_report_leave_unknown_labels_out_by_default():
    for function in (dt4ecg.DT4ECGClassifier, dt4ecg.metrics.report):
        assert inspect.signature(function).parameters["missing_label"].default == UNKNOWN


@pytest.mark.parametrize(
    "mark",
    [None, np.nan, np.float32("nan"), "", pd.NA, pd.NaT, np.datetime64("NaT"), -1, np.int8(-1)],
    ids=repr,
)
def test_every_mark_of_a_missing_value_is_unknown(mark):
    labels = np.empty((2, 2), dtype=object)
    labels[:] = [["rest", mark], [mark, 0]]
    assert is_unknown(labels).tolist() == [[False, True], [True, False]]


@pytest.mark.parametrize(
    ("labels", "marker", "expected"),
    [
        (np.array([0, -1, 2]), UNKNOWN, [False, True, False]),
        (np.array([0.0, np.nan, -1.0]), UNKNOWN, [False, True, True]),
        (np.array([0.0, np.nan, -1.0]), None, [False, True, False]),
        (np.array([0, 99]), 99, [False, True]),
        (np.array(["rest", "", "-1", "x"]), "x", [False, True, False, True]),
        (np.array(["rest", " - ", "NULL", "n/A", "unknown"]), -1, [False, True, True, True, False]),
        (np.array([True, False]), UNKNOWN, [False, False]),
        (np.array([]), UNKNOWN, []),
    ],
)
def test_unknown_labels_in_arrays_of_each_kind(labels, marker, expected):
    assert is_unknown(labels, marker).tolist() == expected


def test_labels_among_the_classes():
    assert is_among(np.array([0.0, 2.0]), np.array([0, 1])).tolist() == [True, False]
    assert is_among(np.array(["Ann", 3], object), ["Ann"]).tolist() == [True, False]


def marks(labels, marker=UNKNOWN):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_marks("fit", "activity", labels, marker)
    return [str(warning.message).split(",")[0].partition("'")[2] for warning in caught]


def test_unknown_labels_that_became_text_are_found():
    assert marks(np.array(["rest", -1, np.nan]).tolist()) == ["nan'", "-1'"]
    assert marks(["-1", "?"], "?") == []
    assert marks(["-1", "99"], 99) == ["99'"]
    assert marks(["-1.0", "-1.5"], -1) == marks(["-1.0"], -1.0) == ["-1.0'"]
    assert marks([-1, 3, 2.0, "", None]) == []
