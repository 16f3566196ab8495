"""The pre-trained encoder of the package: small, licensed, with fixed vectors, and easy to use."""

import numpy as np
import pytest
import torch

import dt4ecg
from dt4ecg.inference import ECGEncoder
from dt4ecg.storage.shipped import shipped_file


@pytest.fixture(scope="module")
def encoder():
    return dt4ecg.load("ecg-encoder")


def beats():
    time = np.arange(300) / 100
    spikes = np.exp(-((((time % 0.8) - 0.3) / 0.02) ** 2))
    return np.stack([spikes, spikes + 0.3 * np.exp(-((((time % 0.8) - 0.55) / 0.06) ** 2))])


def test_it_is_small_and_licensed(encoder):
    with shipped_file("ecg-encoder") as path:
        assert path.stat().st_size < 1_000_000
    assert isinstance(encoder, ECGEncoder)
    assert encoder.about["licence"] == "ODC-BY 1.0"
    for part in ("10.13026/d3hm-sf11", "10.13026/C2J01F", "opendatacommons.org/licenses/by/1-0"):
        assert part in encoder.about["attribution"]


def test_its_vectors_are_fixed(encoder):
    found = encoder.embed(beats())
    np.testing.assert_allclose(found[:, CHANNELS], FIXED, atol=1e-3)


def test_gain_and_offset_have_no_effect(encoder):
    found = encoder.embed(3 * beats() + 5)
    np.testing.assert_allclose(found, encoder.embed(beats()), atol=1e-2)


def test_its_name_starts_a_classifier_from_it(encoder):
    X = np.random.default_rng(0).normal(size=(8, 300))
    fitted = dt4ecg.DT4ECGClassifier(
        tasks=("identity",), epochs=0, n_threads=1, recipe="strong", init="ecg-encoder"
    ).fit(X, ["Ann", "Bo"] * 4)
    expected = encoder.network.state_dict()
    for name, value in fitted.network_.state_dict().items():
        if not name.startswith("heads."):
            assert torch.equal(value, expected[name]), name


CHANNELS = [25, 31, 71, 124]
FIXED = [
    [0.2192, 0.4361, 0.2368, 0.1764],
    [0.2769, 0.403, 0.2005, 0.1683],
]
