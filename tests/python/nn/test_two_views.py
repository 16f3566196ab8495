"""Spectrograms against SciPy, and the networks with two encoders."""

import numpy as np
import pytest
import torch
from scipy.signal import stft

import dt4ecg
from dt4ecg.nn.two_views import CoAttention, Gated, Spectrogram, spectrogram

NAMES = ("spectrogram", "gated", "co_attention")


@pytest.mark.parametrize("length", [25, 250, 300, 1000])
def test_the_spectrogram_is_that_of_scipy(length):
    x = np.random.default_rng(0).normal(size=(2, 3, length))
    _, _, expected = stft(x, nperseg=25, noverlap=12)
    expected = np.abs(expected)
    expected -= expected.mean((-2, -1), keepdims=True)
    expected /= expected.std((-2, -1), keepdims=True)
    found = spectrogram(torch.tensor(x))
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_a_flat_lead_has_a_spectrogram_of_zeros():
    assert torch.equal(spectrogram(torch.zeros(1, 1, 60)), torch.zeros(1, 1, 13, 6))


def test_a_segment_below_a_window_is_refused():
    with pytest.raises(ValueError, match="at least 25"):
        dt4ecg.nn.Network("gated", "none", segment_length=24)


def test_the_gate_weighs_both_encoders():
    torch.manual_seed(0)
    module = Gated(1, 100).eval()
    x = torch.randn(4, 1, 100)
    waveform, image = module.segment(x).mean(-1), module.spectrogram(x).mean(-1)
    logits = torch.cat([waveform, image], 1) @ module.gate.weight.T + module.gate.bias
    shares = torch.exp(logits) / torch.exp(logits).sum(1, keepdim=True)
    expected = torch.cat([shares[:, :1] * waveform, shares[:, 1:] * image], 1)
    torch.testing.assert_close(module(x)[..., 0], expected)
    with torch.no_grad():
        module.gate.weight.zero_()
        module.gate.bias.copy_(torch.tensor([100.0, -100.0]))
    found = module(x)[..., 0]
    torch.testing.assert_close(found[:, :128], waveform)
    assert torch.equal(found[:, 128:], torch.zeros(4, Spectrogram.channels))


def test_co_attention_asks_the_spectrogram():
    torch.manual_seed(0)
    module = CoAttention(1, 100).eval()
    x = torch.randn(2, 1, 100)
    own, image = module.attention, module.spectrogram(x).mT
    waveform = module.segment(x)
    query = waveform.mT @ own.q_proj_weight.T + own.in_proj_bias[:128]
    key = image @ own.k_proj_weight.T + own.in_proj_bias[128:256]
    value = image @ own.v_proj_weight.T + own.in_proj_bias[256:]
    heads = [one.unflatten(-1, (4, 32)).transpose(1, 2) for one in (query, key, value)]
    weights = (heads[0] @ heads[1].mT / np.sqrt(32)).softmax(-1)
    answers = (weights @ heads[2]).transpose(1, 2).flatten(-2)
    answers = answers @ own.out_proj.weight.T + own.out_proj.bias
    torch.testing.assert_close(module(x), waveform + answers.mT, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_classifier_trains_saves_and_predicts(name, tmp_path):
    X = np.random.default_rng(0).normal(size=(16, 60))
    y = ["Ann", "Bo"] * 8
    fitted = dt4ecg.DT4ECGClassifier(name, "none", tasks=("identity",), epochs=1, n_threads=1)
    fitted.fit(X, y).save(tmp_path / "model.safetensors")
    again = dt4ecg.load(tmp_path / "model.safetensors")
    np.testing.assert_allclose(again.predict_proba(X), fitted.predict_proba(X), atol=1e-6)
    assert sum(p.numel() for p in fitted.network_.parameters()) < 500_000


def test_they_are_built_by_name_and_not_listed():
    assert not set(NAMES) & set(dt4ecg.nn.backbones())
    with pytest.raises(ValueError, match="co_attention"):
        dt4ecg.nn.Network("unknown")


@pytest.mark.parametrize("name", NAMES)
def test_their_names_cannot_be_replaced(name):
    with pytest.raises(ValueError, match="one of the package's own"):
        dt4ecg.nn.register_backbone(name, lambda leads, length: torch.nn.Identity())
