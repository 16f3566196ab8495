"""The two Siamese networks as backbones of the verifier."""

import numpy as np
import pytest
import torch

import dt4ecg
from dt4ecg.biometrics import Verifier, load
from dt4ecg.biometrics.siamese import CnnTransformer, SiameseNetwork, Transformer
from dt4ecg.biometrics.siamese.layers import CHANNELS, positions

NAMES = ("transformer", "cnn_transformer")


def test_positions():
    found = positions(50).numpy()
    for place, channel in ((7, 10), (31, 62)):
        angle = place / 10000 ** (channel / CHANNELS)
        expected = [np.sin(angle), np.cos(angle)]
        np.testing.assert_allclose(found[place, channel : channel + 2], expected, atol=1e-5)


@pytest.mark.parametrize("network", [Transformer, CnnTransformer])
def test_every_token_sees_the_whole_segment(network):
    torch.manual_seed(0)
    module = network(2, 100).eval()
    x = torch.randn(1, 2, 100, requires_grad=True)
    found = module(x)
    # A layer norm fixes the sum of all channels, so its gradient would be 0.
    (gradient,) = torch.autograd.grad(found[0, 0, 0], x)
    assert (gradient.abs().sum(1) > 0).float().mean() > 0.9
    with torch.no_grad():
        both = module(torch.cat([x, torch.randn(1, 2, 100)]))
    torch.testing.assert_close(both[:1], found.detach(), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_the_verifier_trains_and_saves_them(name, tmp_path):
    random = np.random.default_rng(0)
    centres = random.standard_normal((12, 1, 60))
    subject = np.arange(96) % 12
    X = centres[subject] + 0.5 * random.standard_normal((96, 1, 60))
    verifier = Verifier(
        name, loss="contrastive", steps=40, subjects_per_batch=12, augmentation=None, n_threads=1
    ).fit(X, subject)
    assert verifier.losses_[-5:].mean() < 0.8 * verifier.losses_[:5].mean()
    path = tmp_path / "encoder.safetensors"
    verifier.encoder_.save(path)
    np.testing.assert_allclose(load(path).embed(X), verifier.embed(X), atol=1e-6)


def test_a_segment_must_hold_a_patch():
    with pytest.raises(ValueError, match="at least 20 samples"):
        SiameseNetwork("transformer", "none", segment_length=10)


def test_the_table_of_backbones_has_none_of_them():
    assert not set(NAMES) & set(dt4ecg.nn.backbones())
    with pytest.raises(ValueError, match="no backbone is called 'transformer'"):
        dt4ecg.nn.Network("transformer", "none")


def test_a_registered_backbone_of_the_same_name_is_preferred(monkeypatch):
    monkeypatch.setattr(dt4ecg.nn.registry, "_python_backbones", {})
    dt4ecg.nn.register_backbone("transformer", lambda leads, length: torch.nn.Conv1d(leads, 8, 3))
    assert SiameseNetwork("transformer", "none").embed(torch.zeros(1, 1, 300)).shape == (1, 8)
