"""Deletion and insertion curves, and the share of a map inside marked samples."""

import numpy as np
import pytest
import torch

from dt4ecg import nn
from dt4ecg.inference.explain import (
    deletion_curve,
    insertion_curve,
    peak_inside,
    share_inside,
)
from dt4ecg.inference.predictor import predict_logits


class OneSample(torch.nn.Module):
    """Its logit of class 1 is ten times the sample 7, that of class 0 is 0."""

    def forward(self, x):
        z = 10 * x[:, :, 7].sum(1)
        return {"a": torch.stack([torch.zeros_like(z), z], 1)}


X = np.zeros((2, 1, 20), np.float32)
X[:, :, 7] = 1
MARKED = np.zeros((2, 20))
MARKED[:, 7] = 1


def parametrized(module):
    module.scale = torch.nn.Parameter(torch.ones(1))  # the device is that of a parameter
    return module


def test_the_needed_sample_is_removed_first():
    net = parametrized(OneSample())
    found = deletion_curve(net, X, MARKED, steps=20)
    np.testing.assert_allclose(found.fraction, np.arange(21) / 20)
    high, flat = 1 / (1 + np.exp(-10)), 1 / (1 + np.exp(-0.5))  # the mean of the lead is 0.05
    np.testing.assert_allclose(found.probability[0], [high, *[flat] * 20], rtol=1e-5)
    np.testing.assert_allclose(found.area, (high + flat) / 40 + flat * 19 / 20, rtol=1e-5)
    last = deletion_curve(net, X, 1 - MARKED, steps=20).probability[0]
    np.testing.assert_allclose(last, [*[high] * 20, flat], rtol=1e-5)
    added = insertion_curve(net, X, MARKED, steps=20).probability[0]
    np.testing.assert_allclose(added, [flat, *[high] * 20], rtol=1e-5)


def test_the_ends_are_the_segment_and_its_mean():
    net = nn.Network("cnn", "none", {"a": 3}, 2, 60, seed=0)
    x = np.random.default_rng(0).standard_normal((4, 2, 60)).astype(np.float32)
    maps = np.random.default_rng(1).random((4, 60))
    target = np.array([0, 1, 2, 0])
    deleted = deletion_curve(net, x, torch.from_numpy(maps), target=target, steps=3)
    inserted = insertion_curve(net, x, maps, target=target, steps=3)
    flat = np.repeat(x.mean(2, keepdims=True), 60, 2)
    for given, column in ((x, 0), (flat, -1)):
        proba = predict_logits(net, given)["a"].softmax(1).numpy()[np.arange(4), target]
        np.testing.assert_allclose(deleted.probability[:, column], proba, rtol=1e-4)
        np.testing.assert_allclose(inserted.probability[:, -1 - column], proba, rtol=1e-4)


def test_illegal_maps():
    net = parametrized(OneSample())
    for maps, message in (
        (MARKED[:, :5], r"\(2, 20\), one for each sample"),
        (np.full_like(MARKED, np.nan), "must be finite"),
        (MARKED.astype(str), "must be numbers"),
    ):
        with pytest.raises(ValueError, match=message):
            deletion_curve(net, X, maps)
    with pytest.raises(ValueError, match=r"steps must be .* at most 20"):
        insertion_curve(net, X, MARKED, steps=21)


def test_shares_and_peaks():
    maps = np.array([[1.0, 3.0, 0.0], [0.0, 0.0, 0.0], [2.0, 2.0, 0.0], [1.0, 1.0, 1.0]])
    inside = np.array([[True, False, False]] * 4)
    np.testing.assert_allclose(share_inside(maps, inside), [0.25, np.nan, 0.5, 1 / 3])
    np.testing.assert_allclose(peak_inside(torch.tensor(maps), inside), [0, np.nan, 0.5, 1 / 3])
    for legal, given, message in (
        (maps, inside[:, :2], "same shape"),
        (maps, inside.astype(int), "bool marks"),
        (-maps, inside, "at least 0"),
        (np.full_like(maps, np.inf), inside, "finite"),
    ):
        with pytest.raises(ValueError, match=message):
            share_inside(legal, given)
