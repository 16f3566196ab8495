"""The value of an unknown label is the same in every layer."""

import inspect

import dt4ecg
from dt4ecg import _core
from dt4ecg._common.labels import UNKNOWN


def test_python_and_the_core_mark_unknown_labels_alike():
    assert UNKNOWN == _core.train.MISSING == -1


def test_classifier_and_report_leave_unknown_labels_out_by_default():
    for function in (dt4ecg.DT4ECGClassifier, dt4ecg.metrics.report):
        assert inspect.signature(function).parameters["missing_label"].default == UNKNOWN
