"""Grad-CAM against Captum and against the equations."""

import numpy as np
import pytest
import torch
from captum.attr import LayerAttribution, LayerGradCam
from sklearn.exceptions import NotFittedError
from support.toy import classifier, segments

from dt4ecg import nn
from dt4ecg.inference.explain import grad_cam

WITH_TIME = [name for name in nn.backbones() if name != "mlp"]
X = np.random.default_rng(0).standard_normal((3, 1, 120)).astype(np.float32)


def network(backbone="resnet", attention="sca", leads=1, **more):
    return nn.Network(backbone, attention, {"a": 3, "b": 2}, leads, 120, seed=0, **more)


def of_captum(net, layer, x, task, target):
    """Captum's maps, divided by the largest value."""
    net = net.eval()
    method = LayerGradCam(lambda part: net(part)[task], layer)
    raw = method.attribute(torch.from_numpy(x), target, relu_attributions=True)
    maps = LayerAttribution.interpolate(raw, (x.shape[2],), "linear")[:, 0].detach().numpy()
    largest = maps.max(1, keepdims=True)
    return np.divide(maps, largest, out=np.zeros_like(maps), where=largest > 0)


@pytest.mark.parametrize("backbone", WITH_TIME)
def test_every_backbone_agrees_with_captum(backbone):
    net = network(backbone)
    for task, target in (("a", 2), ("b", 0)):
        found = grad_cam(net, X, task, target)
        assert found.shape == (3, 120)
        np.testing.assert_allclose(
            found, of_captum(net, net.attention, X, task, target), atol=1e-5, rtol=0
        )


@pytest.mark.parametrize("attention", nn.attentions())
def test_every_attention_agrees_with_captum(attention):
    net = network("cnn", attention, standardize=True)
    np.testing.assert_allclose(
        grad_cam(net, X, "a", 1), of_captum(net, net.attention, X, "a", 1), atol=1e-5, rtol=0
    )


def test_other_layers_agree_with_captum():
    net = network()
    for layer in ("backbone.module1", net.backbone):
        module = net.get_submodule(layer) if isinstance(layer, str) else layer
        np.testing.assert_allclose(
            grad_cam(net, X, "b", 1, layer), of_captum(net, module, X, "b", 1), atol=1e-5, rtol=0
        )


def test_a_registered_backbone_and_several_leads():
    def strided(in_channels, segment_length):
        return torch.nn.Sequential(
            torch.nn.Conv1d(in_channels, 8, 7, 4), torch.nn.BatchNorm1d(8), torch.nn.ReLU()
        )

    nn.register_backbone("strided", strided)
    net = network("strided", "none", leads=2)
    x = np.random.default_rng(1).standard_normal((2, 2, 120)).astype(np.float32)
    modes = [module.training for module in net.modules()]
    found = grad_cam(net, torch.from_numpy(x), "a", 0)
    assert isinstance(found, torch.Tensor)
    assert modes == [module.training for module in net.modules()]
    assert not net.backbone[1].num_batches_tracked
    np.testing.assert_allclose(
        found.numpy(), of_captum(net, net.attention, x, "a", 0), atol=1e-5, rtol=0
    )


def test_the_map_follows_the_weights_of_the_head():
    """With the default layer, the map is the class activation map."""
    net = network().eval()
    with torch.no_grad():
        features = net.attention(net.backbone(torch.from_numpy(X)))
    predicted = net(torch.from_numpy(X))["b"].argmax(1)
    weights = net.heads.get_parameter("b.weight")[predicted].detach()
    maps = torch.einsum("nc,nct->nt", weights, features).relu()
    largest = maps.amax(1, keepdim=True)
    maps = torch.where(largest > 0, maps / largest, maps)
    found = grad_cam(net, X[:, 0], "b")  # (n, T), and the predicted class
    middles = (np.arange(maps.shape[1]) + 0.5) * 120 / maps.shape[1] - 0.5
    for row, values in zip(found, maps.numpy(), strict=True):
        expected = np.interp(np.arange(120), middles, values)
        largest = expected.max() or 1
        np.testing.assert_allclose(row, expected / largest, atol=1e-5)


def test_under_inference_mode_and_with_frozen_parameters():
    net = network()
    expected = grad_cam(net, X, "a")
    with torch.inference_mode():
        np.testing.assert_array_equal(grad_cam(net, X, "a"), expected)
    net.requires_grad_(False)
    np.testing.assert_array_equal(grad_cam(net, X, "a"), expected)


def test_a_module_of_ones_own_names_its_layer():
    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv1d(1, 4, 5)
            self.other = torch.nn.Linear(4, 4)

        def forward(self, x):
            return {"a": self.conv(x).mean(2)}

    module = Module()
    np.testing.assert_allclose(
        grad_cam(module, X, layer="conv", target=2),
        of_captum(module, module.conv, X, "a", 2),
        atol=1e-5,
    )
    for layer, message in (
        (None, r"layer must be a path .*\(conv, other\)"),
        ("absent", "layer must be a path"),
        (torch.nn.ReLU(), "not a part of the network"),
        ("other", "runs 0 times"),
    ):
        with pytest.raises(ValueError, match=message):
            grad_cam(module, X, layer=layer)


def test_a_layer_without_time_is_refused():
    with pytest.raises(ValueError, match=r"no time axis.*integrated_gradients"):
        grad_cam(network("mlp"), X, "a")
    with pytest.raises(ValueError, match="must return feature maps"):
        grad_cam(network(), X, "a", layer="pool")


def test_a_layer_without_effect_is_refused():
    class Module(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.unused = torch.nn.Conv1d(1, 4, 5), torch.nn.Conv1d(1, 4, 5)

        def forward(self, x):
            self.unused(x)
            return {"a": self.conv(x).mean(2)}

    with pytest.raises(ValueError, match="do not depend on the output of the layer"):
        grad_cam(Module(), X, layer="unused")


@pytest.mark.parametrize(
    ("given", "more", "message"),
    [
        (X[:, :, :100], {}, "120"),
        (np.full_like(X, np.nan), {}, "NaN"),
        (X[:0], {}, "empty"),
        (X, {"task": "c"}, "one of 'a', 'b', got 'c'"),
        (X, {"task": None}, "one of 'a', 'b', got None"),
        (X, {"target": 3}, "from 0 to 2, got 3"),
        (X, {"target": [0, 1]}, r"one per segment \(3\), got 2"),
        (X, {"target": True}, "got True"),
    ],
)
def test_illegal_arguments(given, more, message):
    with pytest.raises(ValueError, match=message):
        grad_cam(network(), given, **{"task": "a", **more})


def test_illegal_models():
    with pytest.raises(TypeError, match="takes a fitted DT4ECGClassifier or a torch"):
        grad_cam("model", X)
    with pytest.raises(NotFittedError):
        grad_cam(classifier(), X)


def test_a_classifier_takes_labels():
    given, y = segments()
    names = np.array(["Ann", "Bo", "Cy"], object)[y[:, 0]]
    fitted = classifier(tasks=("identity",), epochs=1).fit(given, names)
    index = np.array([0, 2, 1, 0])
    labels = fitted.classes_[index]
    np.testing.assert_array_equal(
        grad_cam(fitted, given[:4], target=labels),
        grad_cam(fitted.network_, given[:4], None, index),
    )
    with pytest.raises(ValueError, match="one of 'Ann', 'Bo', 'Cy', got 'Di'"):
        grad_cam(fitted, given, target="Di")
