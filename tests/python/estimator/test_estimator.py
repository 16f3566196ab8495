"""DT4ECGClassifier by scikit-learn's rules."""

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils.estimator_checks import parametrize_with_checks
from support.toy import LENGTH, network, segments

from dt4ecg import DT4ECGClassifier, Preprocessor, Trainer


def classifier(**settings) -> DT4ECGClassifier:
    return DT4ECGClassifier(**({"epochs": 10, "n_threads": 1} | settings))


EXPECTED_FAILURES = {
    "check_classifier_multioutput": "it passes three columns; tasks=('label',) promises one",
    "check_sample_weight_equivalence_on_dense_data": "a sample repeated, or absent, changes the "
    "mini-batches and their batch norm",
}


@parametrize_with_checks(
    [classifier(tasks=("label",), missing_label=None, epochs=12, batch_size=8, learning_rate=3e-3)],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_few_failures_are_expected():
    assert len(EXPECTED_FAILURES) <= 8


def test_clone_and_parameters():
    original = classifier(weighting="none", epochs=3, tasks=("who",))
    copy = clone(original)
    assert copy.get_params() == original.get_params()
    assert copy.set_params(epochs=7).epochs == 7
    assert original.epochs == 3


def test_a_clone_keeps_the_limits_of_its_preprocessor():
    recording = np.sin(np.arange(5 * 250) / 10)
    preprocessor = Preprocessor(normalize="training", sampling_rate=250).fit([recording])
    original = classifier(preprocessor=preprocessor)
    copy = clone(clone(original))
    np.testing.assert_array_equal(copy.preprocessor.limits_, preprocessor.limits_)
    assert copy.preprocessor is not preprocessor
    pipeline = clone(make_pipeline(FunctionTransformer(), original))
    assert hasattr(pipeline[-1].preprocessor, "limits_")
    assert clone(classifier()).preprocessor is None


def test_two_and_three_axes_and_torch_are_one():
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


def test_string_labels_come_back():
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
    assert 0 <= fitted.score(X, rows) <= 1


def test_a_gradient_is_not_asked_for():
    X, y = segments()
    x = torch.from_numpy(X).requires_grad_()
    fitted = classifier(epochs=1).fit(x, y)
    np.testing.assert_array_equal(fitted.predict(x), fitted.predict(X))
    np.testing.assert_array_equal(fitted.predict(x[:, 0]), fitted.predict(X))


def test_missing_labels_are_left_out():
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


def test_pipeline_and_grouped_cross_validation():
    X, y = segments(60)
    pipeline = make_pipeline(FunctionTransformer(lambda x: x / 2), classifier(epochs=25))
    scores = cross_val_score(pipeline, X[:, 0], y, groups=np.arange(60) // 6, cv=GroupKFold(2))
    assert scores.shape == (2,)
    assert (scores > 0.5).all()


def test_validation_labels_that_training_never_saw_are_not_scored():
    X, y = segments()
    held_X, held_y = segments(12, seed=1)
    held_y = held_y.copy()
    held_y[:6, 0] = 99
    fitted = classifier(epochs=1).fit(X, y, validation_data=(held_X, held_y))
    right = fitted.predict(held_X)[6:, 0] == held_y[6:, 0]
    assert fitted.history_["validation"]["accuracy"][-1, 0] == pytest.approx(right.mean())


def test_interrupted_it_is_fitted_with_what_it_had():
    X, y = segments()

    def ctrl_c(trainer):
        if len(trainer.history["epoch"]) == 2:
            raise KeyboardInterrupt

    interrupted = classifier()
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(X, y, callbacks=[ctrl_c])
    expected = classifier(epochs=2).fit(X, y)
    np.testing.assert_array_equal(interrupted.embed(X), expected.embed(X))


def test_refused_data_leave_it_unfitted():
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


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.zeros(48), "score: sample_weight must be finite and non-negative, and not all zero"),
        (-np.ones(48), "score: sample_weight must be finite and non-negative"),
        (np.ones(3), r"score: sample_weight must have the shape \(48,\), got \(3,\)"),
    ],
)
def test_weights_that_cannot_score(weight, message):
    X, y = segments()
    with pytest.raises(ValueError, match=message):
        classifier(epochs=0).fit(X, y).score(X, y, sample_weight=weight)


def test_score_weighs_the_rows_of_each_task():
    X, y = segments()
    fitted = classifier(epochs=2).fit(X, y)
    weight = np.arange(48) % 3
    labels = y.copy()
    labels[weight > 0, 1] = -1  # what is left of activity weighs nothing
    right = fitted.predict(X)[:, 0] == y[:, 0]
    expected = np.average(right, weights=weight)
    assert fitted.score(X, labels, sample_weight=weight) == pytest.approx(expected)
    with pytest.raises(ValueError, match="no row of y has a label"):
        fitted.score(X, np.where(weight[:, None] > 0, -1, y), sample_weight=weight)


@pytest.mark.parametrize("rows", [24, 96])
def test_score_wants_a_row_of_labels_per_segment(rows):
    X, y = segments()
    with pytest.raises(ValueError, match=rf"score: X and y have inconsistent .* 48 and {rows}"):
        classifier(epochs=0).fit(X, y).score(X, np.resize(y, (rows, 2)))


def test_one_segment_alone_is_refused_in_one_line():
    X, y = segments()
    with pytest.raises(ValueError, match=rf"got \({LENGTH},\)\. .* x\[None\]$") as refused:
        classifier(epochs=0).fit(X, y).predict(X[0, 0])
    assert "\n" not in str(refused.value)


def test_other_lengths_and_leads_are_refused():
    X, y = segments(leads=2)
    fitted = classifier(epochs=0).fit(X, y)
    with pytest.raises(ValueError, match=rf"\(n, 2, {LENGTH}\)"):
        fitted.predict(X.reshape(48, -1))
    for other in (X[..., :-1], X[:, :1]):
        shape = re.escape(str(other.shape))
        with pytest.raises(ValueError, match=f"of 2 lead.s. and {LENGTH} samples, got {shape}"):
            fitted.predict(other)
        with pytest.raises(ValueError, match=f"of 2 lead.s. and {LENGTH} samples, got {shape}"):
            classifier(epochs=0).fit(X, y, validation_data=(other, y))
    with pytest.raises(ValueError, match=r"\(n, T\) or \(n, leads, T\)"):
        fitted.predict(X[None])


def test_leads_of_a_recording_are_told_as_leads():
    X, y = segments()
    preprocessor = Preprocessor(target_rate=100, segment_seconds=LENGTH / 100, notch=None)
    fitted = classifier(epochs=0, preprocessor=preprocessor).fit(X, y)
    two_leads = np.random.default_rng(0).standard_normal((2, 3000))
    with pytest.raises(ValueError, match=rf"of 1 lead.s. and {LENGTH} samples, got \(.*, 2, "):
        fitted.predict_recording(two_leads, 250)


@pytest.mark.parametrize("shape", [(0, 1, LENGTH), (48, 0, LENGTH), (48, 1, 0)])
def test_nothing_is_told_as_empty(shape):
    X, y = segments()
    nothing, labels = np.zeros(shape, np.float32), y[: shape[0]]
    fitted = classifier(epochs=0).fit(X, y)
    for refused in (fitted.predict, lambda x: classifier().fit(x, labels)):
        with pytest.raises(ValueError, match="X is empty, got the shape"):
            refused(nothing)


@pytest.mark.parametrize("label", [(), [], b"x", pd.NA])
def test_a_missing_label_that_no_file_can_name_is_refused(label):
    with pytest.raises(ValueError, match="missing_label must be a text, a number or None, got"):
        classifier(missing_label=label).fit(*segments())


def test_a_preprocessor_that_is_none_is_refused():
    with pytest.raises(TypeError, match=r"preprocessor must be a dt4ecg\.Preprocessor or None"):
        classifier(preprocessor=3).fit(*segments())


@pytest.mark.parametrize(("pair", "told"), [((1,), "tuple of 1"), (3, "int")])
def test_validation_data_are_a_pair(pair, told):
    X, y = segments()
    message = f"fit: validation_data must be a pair .* got {told}"
    for fit in (classifier().fit, Trainer(network()).fit):
        with pytest.raises(ValueError, match=message):
            fit(X, y, validation_data=pair)


def test_tasks_renamed_since_fit_are_told():
    X, y = segments()
    fitted = classifier(epochs=0).fit(X, y).set_params(tasks=("who", "what"))
    for use in (fitted.predict, lambda x: fitted.score(x, y)):
        with pytest.raises(ValueError, match=r"fitted with tasks=\('identity', .* set it back"):
            use(X)


def test_threads_share_one_model():
    """predict() switches no modes: ten threads get what one gets, and leave the network alone."""
    X, y = segments()
    clf = classifier(epochs=1).fit(X, y)
    before = {name: value.clone() for name, value in clf.network_.state_dict().items()}
    expected = clf.predict_proba(X)
    with ThreadPoolExecutor(10) as pool:
        for found in pool.map(clf.predict_proba, [X] * 10):
            for ours, theirs in zip(found, expected, strict=True):
                np.testing.assert_array_equal(ours, theirs)
    for name, value in clf.network_.state_dict().items():
        assert torch.equal(value, before[name])


def test_masks_are_refused():
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
