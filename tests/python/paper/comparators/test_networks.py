"""The layers of the networks, the pictures of segments, and the multi-similarity loss."""

import numpy as np
import pytest
import torch

from dt4ecg.paper.comparators import COMPARATORS, FitSettings, image_networks, waveform_networks
from dt4ecg.paper.comparators.image_networks import Colours, Spectrogram
from dt4ecg.paper.comparators.metric_learning import Embedding, multi_similarity_loss

LAYERS = (torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Linear)


def shapes(network):
    """Return the shape of the weights of each convolution and linear layer."""
    return [tuple(layer.weight.shape) for layer in network.modules() if isinstance(layer, LAYERS)]


@pytest.mark.parametrize(
    ("name", "module", "expected"),
    [
        (
            "cnn_identity",
            waveform_networks,
            [(32, 2, 9), (64, 32, 9), (128, 64, 9), (128, 512), (3, 128)],
        ),
        (
            "cnn_activity",
            waveform_networks,
            [(16, 2, 15), (32, 16, 15), (64, 32, 15), (64, 64, 15), (3, 64)],
        ),
        (
            "spectrogram_cnn",
            image_networks,
            [(16, 2, 3, 3), (32, 16, 3, 3), (64, 32, 3, 3), (3, 64)],
        ),
        (
            "cnn_colour",
            image_networks,
            [(16, 6, 3, 3), (32, 16, 3, 3), (64, 32, 3, 3), (3, 64)],
        ),
    ],
)
def test_layers(name, module, expected, monkeypatch):
    """The scores of the report belong to networks of these sizes."""
    networks = []
    monkeypatch.setattr(module, "fit_module", lambda network, *_: networks.append(network(3)))
    X, y = np.zeros((3, 2, 300), np.float32), np.array(["a", "b", "c"])
    COMPARATORS[name].fit(X, y, FitSettings(sampling_rate=100.0, seed=0, epochs=1))
    assert shapes(networks[0]) == expected
    assert networks[0].eval()(torch.from_numpy(X)).shape == (3, 3)


def test_the_embedding_has_64_dimensions():
    network = Embedding(2).eval()
    assert shapes(network) == [(32, 2, 9), (64, 32, 9), (128, 64, 9), (64, 512)]
    points = network(torch.randn(5, 2, 300))["embedding"]
    torch.testing.assert_close(points.norm(dim=1), torch.ones(5))


def test_pictures():
    x = torch.linspace(0, 1, 10).reshape(1, 1, 10)
    picture = Colours(0.0, 1.0)(x)
    assert picture.shape == (1, 3, 4, 4)
    red, green, blue = picture[0].flatten(1)
    assert (red[9], blue[9], red[0], blue[0]) == (1, 0, 0, 1)
    assert green[:10].argmax() in (4, 5)
    assert (picture.flatten(2)[:, :, 10:] == 0).all()
    assert Spectrogram(64, 8)(torch.zeros(2, 1, 300)).shape == (2, 1, 33, 30)


def test_samples_outside_the_range_of_training_have_the_colour_of_its_end():
    x = torch.tensor([[[-5.0, 0.0, 1.0, 6.0]]])
    red, green, blue = Colours(0.0, 1.0)(x)[0].flatten(1).tolist()
    assert (red, green, blue) == ([0, 0, 1, 1], [0, 0, 0, 0], [1, 1, 0, 0])


def test_colours_between_the_ends_are_mixed():
    """At a quarter of the range, the colour is half blue and half green."""
    x = torch.tensor([[[2.0, 2.5, 3.0, 3.5]]])
    red, green, blue = Colours(2.0, 4.0)(x)[0].flatten(1).tolist()
    assert (red, green, blue) == ([0, 0, 0, 0.5], [0, 0.5, 1, 0.5], [1, 0.5, 0, 0])


def test_spectrogram_has_windows_of_640_ms_every_80_ms(monkeypatch):
    networks = []
    monkeypatch.setattr(
        image_networks, "fit_module", lambda network, *_: networks.append(network(3))
    )
    X, y = np.zeros((3, 1, 600), np.float32), np.array(["a", "b", "c"])
    image_networks.fit_spectrogram_cnn(X, y, FitSettings(sampling_rate=200.0, seed=0, epochs=1))
    spectrogram, convolutions = networks[0]
    picture = spectrogram(torch.from_numpy(X))
    assert picture.shape == (3, 1, 128 // 2 + 1, 1 + (600 - 128) // 16)
    assert convolutions(picture).shape == (3, 3)


def test_multi_similarity_loss_against_its_definition():
    """The definition is that of Wang et al. (CVPR 2019), pair by pair."""
    rng = np.random.default_rng(1)
    points = rng.normal(size=(12, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    labels = np.arange(12) % 4
    s = points @ points.T
    total = 0.0
    for i in range(12):
        positives = [s[i, j] for j in range(12) if labels[j] == labels[i] and j != i]
        negatives = [s[i, j] for j in range(12) if labels[j] != labels[i]]
        kept_positives = [p for p in positives if p < max(negatives) + 0.1]
        kept_negatives = [n for n in negatives if n > min(positives) - 0.1]
        total += np.log(1 + sum(np.exp(-2 * (p - 0.5)) for p in kept_positives)) / 2
        total += np.log(1 + sum(np.exp(50 * (n - 0.5)) for n in kept_negatives)) / 50
    found = multi_similarity_loss(torch.from_numpy(points), torch.from_numpy(labels))
    assert float(found) == pytest.approx(total / 12)
