"""Fitting the classifier: labels, tasks, and illegal arguments."""

import numpy as np
import pandas as pd
import pytest
import torch
from support.toy import classifier, network, segments

from dt4ecg import Trainer, load


def test_arrays_tensors_and_lists_give_the_same_model():
    X, y = segments()
    expected = classifier(epochs=2).fit(X, y).predict_proba(X)
    for same in (X[:, 0], torch.from_numpy(X), X[:, 0].astype(float), X[:, 0].tolist()):
        found = classifier(epochs=2).fit(same, torch.from_numpy(y)).predict_proba(same)
        for a, b in zip(expected, found, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("tasks", [("one",), ("one", "two"), ("one", "two", "three")])
def test_any_number_of_tasks(tasks):
    X, y = segments()
    y = np.column_stack([y, y[:, 0] > 0])[:, : len(tasks)].astype(int)
    fitted = classifier(tasks=tasks, epochs=4).fit(X, y)
    probabilities = fitted.predict_proba(X)
    probabilities = [probabilities] if len(tasks) == 1 else probabilities
    assert [p.shape for p in probabilities] == [(48, len(np.unique(column))) for column in y.T]
    for p in probabilities:
        np.testing.assert_allclose(p.sum(1), 1, rtol=1e-5)
    predicted = fitted.predict(X)
    assert predicted.shape == ((48,) if len(tasks) == 1 else (48, len(tasks)))
    assert fitted.task_weights_.shape == (len(tasks),)
    assert list(fitted.classes_by_task) == list(tasks)
    assert [c.tolist() for c in fitted.classes_by_task.values()] == [
        np.unique(column).tolist() for column in y.T
    ]
    assert fitted.embed(X).shape == (48, 128)
    right = (predicted.reshape(48, -1) == y).mean()
    assert fitted.score(X, y) == pytest.approx(right)


def test_names_are_predicted_as_names():
    X, y = segments()
    names = np.array(["Ann", "Bo", "Cy"])[y[:, 0]]
    activity = np.array(["rest", "walk"])[y[:, 1]]
    fitted = classifier().fit(X, np.stack([names, activity], axis=1))
    assert [list(c) for c in fitted.classes_] == [["Ann", "Bo", "Cy"], ["rest", "walk"]]
    assert (fitted.predict(X)[:, 0] == names).mean() > 0.8
    mixed = np.empty((48, 2), object)
    mixed[:, 0], mixed[:, 1] = names, y[:, 1]
    row = classifier(epochs=1).fit(X, mixed).predict(X)[0]
    assert [type(value) for value in row] == [str, int]


@pytest.mark.parametrize("kind", ["rows", "objects"])
def test_text_and_numbers_in_one_column_are_refused(kind):
    X, y = segments()
    rows = [["Ann" if who else 7, what] for who, what in y.tolist()]
    mixed = rows if kind == "rows" else np.array(rows, object)
    with pytest.raises(ValueError, match=r"labels of identity mix text and numbers.* 'Ann' and 7"):
        classifier().fit(X, mixed)


def test_rows_of_a_name_and_a_number_keep_both_kinds():
    X, y = segments()
    rows = [[["Ann", "Bo", -1][who], what] for who, what in y.tolist()]
    fitted = classifier(epochs=1).fit(X, rows)
    assert [c.tolist() for c in fitted.classes_] == [["Ann", "Bo"], [0, 1]]
    who, what = zip(*rows, strict=True)
    predicted = fitted.predict(X)
    right_activity = (predicted[:, 1] == np.array(what)).mean()
    right_identity = [p == w for p, w in zip(predicted[:, 0], who, strict=True) if w != -1]
    expected = (np.mean(right_identity) + right_activity) / 2
    assert fitted.score(X, rows) == pytest.approx(expected)


def test_tensors_with_gradients_are_accepted():
    X, y = segments()
    x = torch.from_numpy(X).requires_grad_()
    fitted = classifier(epochs=1).fit(x, y)
    np.testing.assert_array_equal(fitted.predict(x), fitted.predict(X))
    np.testing.assert_array_equal(fitted.predict(x[:, 0]), fitted.predict(X))


def test_unknown_labels_are_left_out():
    X, y = segments()
    y = y.copy()
    y[::2, 1] = -1
    fitted = classifier().fit(X, y)
    assert [list(c) for c in fitted.classes_] == [[0, 1, 2], [0, 1]]
    accuracy = np.mean(
        [
            (fitted.predict(X)[:, 0] == y[:, 0]).mean(),
            (fitted.predict(X)[1::2, 1] == y[1::2, 1]).mean(),
        ]
    )
    assert fitted.score(X, y) == pytest.approx(accuracy)
    with pytest.raises(ValueError, match="no row of y has a label for activity"):
        classifier().fit(X, np.stack([y[:, 0], np.full(48, -1)], axis=1))
    with pytest.raises(ValueError, match="no row of y has a label"):
        fitted.score(X, np.full((48, 2), -1))


@pytest.mark.parametrize("unknown", [None, float("nan"), pd.NA, pd.NaT, ""])
@pytest.mark.parametrize("missing_label", [-1, None])
def test_every_spelling_of_an_unknown_label(unknown, missing_label):
    X, y = segments()
    names = np.array(["rest", "walk"], object)[y[:, 1]]
    names[::5] = unknown
    rows = [[who, what] for who, what in zip(y[:, 0].tolist(), names, strict=True)]
    fitted = classifier(epochs=2, missing_label=missing_label).fit(X, rows)
    assert [c.tolist() for c in fitted.classes_] == [[0, 1, 2], ["rest", "walk"]]
    expected = fitted.score(X, rows)
    known = [row if i % 5 else [row[0], -1] for i, row in enumerate(rows)]
    assert classifier(epochs=2).fit(X, known).score(X, known) == expected


@pytest.mark.parametrize("label", [np.nan, pd.NA, ""])
def test_an_unknown_label_may_be_the_missing_label(label, tmp_path):
    X, y = segments()
    rows = y.astype(object)
    rows[::5, 1] = label
    fitted = classifier(epochs=1, missing_label=label).fit(X, rows)
    assert [c.tolist() for c in fitted.classes_] == [[0, 1, 2], [0, 1]]
    fitted.save(tmp_path / "model")
    assert load(tmp_path / "model").missing_label == (label if isinstance(label, str) else None)


def test_a_frame_trains_the_tasks_by_name():
    X, y = segments()
    frame = pd.DataFrame({"activity": y[:, 1], "identity": y[:, 0]})
    fitted = classifier(epochs=2).fit(X, frame, validation_data=(X, frame))
    expected = classifier(epochs=2).fit(X, y, validation_data=(X, y))
    np.testing.assert_array_equal(fitted.embed(X), expected.embed(X))
    assert fitted.score(X, frame) == expected.score(X, y)
    np.testing.assert_array_equal(
        fitted.history_["validation"]["accuracy"], expected.history_["validation"]["accuracy"]
    )
    for call in (
        lambda y: classifier().fit(X, y),
        lambda y: fitted.score(X, y),
        lambda y: classifier().fit(X, frame, validation_data=(X, y)),
    ):
        with pytest.raises(ValueError, match="it lacks 'activity' and it also has 'activty'"):
            call(frame.rename(columns={"activity": "activty"}))


def test_validation_labels_that_training_never_saw_are_not_scored():
    X, y = segments()
    held_X, held_y = segments(12, seed=1)
    held_y = held_y.copy()
    held_y[:6, 0] = 99
    with pytest.warns(UserWarning, match="validation_data: identity of 6 of 12 rows is not among"):
        fitted = classifier(epochs=1).fit(X, y, validation_data=(held_X, held_y))
    right = fitted.predict(held_X)[6:, 0] == held_y[6:, 0]
    assert fitted.history_["validation"]["accuracy"][-1, 0] == pytest.approx(right.mean())


def test_after_ctrl_c_the_classifier_is_fitted():
    X, y = segments()

    def ctrl_c(trainer):
        if len(trainer.history["epoch"]) == 2:
            raise KeyboardInterrupt

    interrupted = classifier()
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, y, callbacks=[ctrl_c])
    expected = classifier(epochs=2).fit(X, y)
    np.testing.assert_array_equal(interrupted.embed(X), expected.embed(X))


def test_refused_data_leave_the_classifier_unfitted():
    X, y = segments()
    refused = classifier()
    with pytest.raises(ValueError, match="sample_weight must"):
        refused.fit(X, y, sample_weight=-np.ones(48))
    assert not hasattr(refused, "network_")


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ("label", "must be a sequence of different names"),
        ((), "must be a sequence of different names"),
        (("a", "a"), "must be a sequence of different names"),
        (None, "must be a sequence of different names"),
        ((["a"], "b"), "must be a sequence of different names"),
        (("identity",), "one column per task"),
    ],
)
def test_illegal_tasks(tasks, message):
    with pytest.raises(ValueError, match=message):
        classifier(tasks=tasks).fit(*segments())


@pytest.mark.parametrize("label", [(), [], b"x"])
def test_a_missing_label_that_a_file_cannot_hold_is_refused(label):
    with pytest.raises(ValueError, match="missing_label must be a text, a number or None, got"):
        classifier(missing_label=label).fit(*segments())


def test_another_object_as_preprocessor_is_refused():
    with pytest.raises(TypeError, match=r"preprocessor must be a dt4ecg\.Preprocessor or None"):
        classifier(preprocessor=3).fit(*segments())


@pytest.mark.parametrize(("pair", "kind"), [((1,), "tuple of 1"), (3, "int")])
def test_validation_data_are_a_pair(pair, kind):
    X, y = segments()
    message = f"fit: validation_data must be a pair .* got {kind}"
    for fit in (classifier().fit, Trainer(network()).fit):
        with pytest.raises(ValueError, match=message):
            fit(X, y, validation_data=pair)


def test_masked_arrays_are_refused():
    X, y = segments()
    for data, target in (
        (np.ma.array(X, mask=X > 1), y),
        (X, np.ma.array(y, mask=y > 0)),
    ):
        with pytest.raises(TypeError, match="a mask would be lost"):
            classifier(epochs=1).fit(data, target)
        with pytest.raises(TypeError, match="a mask would be lost"):
            Trainer(network(), epochs=1).fit(data, target)


@pytest.mark.parametrize("scale", [1e-40, 1e38])
def test_only_the_ratios_of_sample_weights_count(scale):
    X, y = segments()
    weight = np.linspace(1, 2, len(X))
    first, second = (
        classifier(epochs=2).fit(X, y, sample_weight=weight * factor) for factor in (1, scale)
    )
    np.testing.assert_allclose(first.predict_proba(X)[0], second.predict_proba(X)[0], atol=1e-4)


@pytest.mark.parametrize(
    "X",
    [
        np.full((8, 60), "1.5"),
        np.full((8, 60), b"1.5"),
        np.full((8, 60), "1.5", dtype=object),
        [["1.5"] * 60] * 8,
        np.zeros((8, 60), "datetime64[s]"),
        np.zeros((8, 1, 60), "timedelta64[s]"),
    ],
)
def test_text_and_times_are_no_samples(X):
    with pytest.raises(TypeError, match=r"X must hold real numbers, got .* text or times"):
        classifier(tasks=("identity",)).fit(X, ["Ann", "Bo"] * 4)
