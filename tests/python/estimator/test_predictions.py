"""Predictions and scores of a fitted classifier."""

import re
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from support.toy import LENGTH, classifier, segments

from dt4ecg import Preprocessor


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        (np.zeros(48), "score: sample_weight must be finite and non-negative, and not all zero"),
        (-np.ones(48), "score: sample_weight must be finite and non-negative"),
        (np.ones(3), r"score: sample_weight must have the shape \(48,\), got \(3,\)"),
    ],
)
def test_illegal_weights_of_a_score(weight, message):
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
def test_score_needs_one_row_of_labels_per_segment(rows):
    X, y = segments()
    with pytest.raises(ValueError, match=rf"score: X and y have inconsistent .* 48 and {rows}"):
        classifier(epochs=0).fit(X, y).score(X, np.resize(y, (rows, 2)))


def test_a_single_segment_without_an_axis_is_refused():
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
        with pytest.raises(ValueError, match=f"of 2 leads and {LENGTH} samples, got {shape}"):
            fitted.predict(other)
        with pytest.raises(ValueError, match=f"of 2 leads and {LENGTH} samples, got {shape}"):
            classifier(epochs=0).fit(X, y, validation_data=(other, y))
    with pytest.raises(ValueError, match=r"\(n, T\) or \(n, leads, T\)"):
        fitted.predict(X[None])


def test_other_leads_of_a_recording_are_refused():
    X, y = segments()
    preprocessor = Preprocessor(target_rate=100, segment_seconds=LENGTH / 100, notch=None)
    fitted = classifier(epochs=0, preprocessor=preprocessor).fit(X, y)
    two_leads = np.random.default_rng(0).standard_normal((2, 3000))
    with pytest.raises(ValueError, match=rf"of 1 lead and {LENGTH} samples, got \(.*, 2, "):
        fitted.predict_recording(two_leads, 250)


@pytest.mark.parametrize("shape", [(0, 1, LENGTH), (48, 0, LENGTH), (48, 1, 0)])
def test_empty_segments_are_refused(shape):
    X, y = segments()
    nothing, labels = np.zeros(shape, np.float32), y[: shape[0]]
    fitted = classifier(epochs=0).fit(X, y)
    for refused in (fitted.predict, lambda x: classifier().fit(x, labels)):
        with pytest.raises(ValueError, match="X is empty, got the shape"):
            refused(nothing)


def test_tasks_renamed_after_fit_are_refused():
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
