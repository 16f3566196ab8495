"""Integrated gradients and occlusion."""

import sys

import numpy as np
import pytest
import torch

from dt4ecg import nn
from dt4ecg.inference.explain import integrated_gradients, occlusion
from dt4ecg.inference.predictor import predict_logits

X = np.random.default_rng(0).standard_normal((3, 2, 60)).astype(np.float32)


def network(backbone="cnn", **more):
    return nn.Network(backbone, "sca", {"a": 3}, 2, 60, seed=0, **more)


@pytest.mark.parametrize("backbone", ["cnn", "mlp"])
@pytest.mark.parametrize("standardize", [False, True])
def test_the_contributions_add_up_to_the_logit(backbone, standardize):
    net = network(backbone, standardize=standardize)
    found = integrated_gradients(net, X, target=1, steps=200)
    assert found.shape == X.shape
    logits, flat = (predict_logits(net, x)["a"][:, 1].numpy() for x in (X, np.zeros_like(X)))
    np.testing.assert_allclose(found.sum((1, 2)), logits - flat, atol=0.02)


def test_a_linear_network_has_its_terms_as_contributions():
    class Linear(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(120, 2)

        def forward(self, x):
            return {"a": self.linear(x.flatten(1))}

    module = Linear()
    weight = module.linear.weight.detach().numpy()[1].reshape(2, 60)
    np.testing.assert_allclose(
        integrated_gradients(module, X, target=1, steps=3), X * weight, rtol=1e-4, atol=1e-6
    )
    # A window of one sample: the sample is replaced by the mean of its lead.
    found = occlusion(module, torch.from_numpy(X), target=1, window=1)
    expected = ((X - X.mean(2, keepdims=True)) * weight).sum(1, keepdims=True)
    np.testing.assert_allclose(found.numpy(), np.repeat(expected, 2, 1), atol=1e-5)


def test_the_fall_of_a_window_is_that_of_its_logits():
    net = network()
    found = occlusion(net, X, target=0, window=20, stride=20)
    assert found.shape == X.shape
    removed = X.copy()
    removed[:, :, 20:40] = X.mean(2, keepdims=True)
    before, after = (predict_logits(net, x)["a"][:, 0].numpy() for x in (X, removed))
    np.testing.assert_allclose(found[:, 0, 25], before - after, atol=1e-5)


def test_a_constant_segment_contributes_nothing():
    flat = np.full((1, 2, 60), 0.3, np.float32)
    assert np.abs(occlusion(network(), flat, window=5)).max() < 1e-5
    assert np.abs(integrated_gradients(network(standardize=True), flat)).max() < 1e-6


def test_illegal_arguments():
    with pytest.raises(ValueError, match="window must be an integer of at least 1 and at most 60"):
        occlusion(network(), X, window=61)
    with pytest.raises(ValueError, match=r"stride must be .* at most 10"):
        occlusion(network(), X, window=10, stride=11)
    with pytest.raises(ValueError, match="steps must be an integer of at least 1"):
        integrated_gradients(network(), X, steps=0)


@pytest.mark.parametrize("function", [integrated_gradients, occlusion])
def test_a_missing_package_is_named(function, monkeypatch):
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    with pytest.raises(ImportError, match=r'needs captum; pip install "dt4ecg\[explain\]"'):
        function(network(), X)
