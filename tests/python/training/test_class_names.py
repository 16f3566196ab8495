"""Warnings about class names that are probably mistakes in the labels."""

import warnings

import numpy as np
import pytest
from support.toy import classifier, segments

from dt4ecg.training.class_names import warn_of_doubtful_names


def fit_names(names, missing_label=-1):
    X, _ = segments(len(names))
    y = [[f"S0{i // 2}", name] for i, name in enumerate(names)]
    return classifier(epochs=0, missing_label=missing_label).fit(X, y)


def test_a_number_that_numpy_made_a_text():
    X, _ = segments(4)
    y = np.array([["S01", "rest"], ["S01", -1], ["S02", "rest"], ["S02", -1]])
    with pytest.warns(
        UserWarning, match="activity has the class '-1', which looks like an unknown label"
    ):
        classifier(epochs=0).fit(X, y)


@pytest.mark.parametrize(("name", "missing_label"), [("-1.0", -1), ("0", 0.0)])
def test_texts_of_unknown_labels(name, missing_label):
    with pytest.warns(UserWarning, match=f"activity has the class '{name}', which looks like"):
        fit_names(["rest", name] * 2, missing_label)


@pytest.mark.parametrize("name", ["-", "?", "n/a", "None", "NULL", " nan ", "<NA>"])
def test_texts_that_mark_unknown_labels_are_no_classes(name):
    with pytest.warns(UserWarning, match=r"activity has labels '.+', which mean") as caught:
        fitted = fit_names(["rest", name, "run", name])
    assert len(caught) == 1
    assert fitted.classes_[1].tolist() == ["rest", "run"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fit_names(["rest", name, "run", ""], missing_label=name).classes_[1].size == 2


@pytest.mark.parametrize("name", ["unknown", "Unlabelled", " missing"])
def test_words_for_unknown_labels_stay_classes(name):
    with pytest.warns(UserWarning, match=f"the class '{name}', which is trained .* missing_label"):
        fitted = fit_names(["rest", name] * 2)
    assert name in fitted.classes_[1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fit_names(["rest", name, "run", "run"], name).classes_[1].tolist() == ["rest", "run"]


@pytest.mark.parametrize("pair", [("rest", "Rest"), ("rest", "rest "), (" rest", "rest")])
def test_names_that_hardly_differ(pair):
    with pytest.warns(UserWarning, match="of activity differ only in case or in spaces"):
        fit_names([*pair, "run", "run"])


def test_the_warning_points_to_the_caller_of_fit():
    with pytest.warns(UserWarning, match="differ only") as caught:
        fit_names(["rest", "REST"] * 2)
    assert [warning.filename for warning in caught] == [__file__]


def test_ordinary_names_give_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_doubtful_names("activity", ["rest", "run", "1", 3, "ann 2"])
