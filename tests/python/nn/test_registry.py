"""The table of backbones and attentions, and parts that are registered from Python."""

import numpy as np
import pytest
import torch
from support.toy import LENGTH, network, same_tensors, segments

import dt4ecg


@pytest.mark.parametrize("attention", sorted(dt4ecg.nn.attentions()))
@pytest.mark.parametrize("backbone", sorted(dt4ecg._core.nn.backbones()))
@pytest.mark.parametrize(("leads", "length"), [(1, LENGTH), (3, 37)])
def test_every_entry_of_the_table_learns(backbone, attention, leads, length):
    X, y = segments(12, leads=leads)
    X = X[..., :length].copy()
    module = network(
        backbone=backbone, attention=attention, in_channels=leads, segment_length=length
    )
    run = dt4ecg.Trainer(module, epochs=4, batch_size=12, n_threads=1).fit(X, y)
    loss = run.history["train"]["loss"].sum(1)
    assert loss[-1] < loss[0]
    parts = module.parts()
    assert sum(part["parameters"] for part in parts.values()) == sum(
        parameter.numel() for parameter in module.parameters()
    )
    weights = sum(p.numel() for p in module.backbone.parameters() if p.dim() > 1)
    assert parts["backbone"]["multiply_adds"] >= weights


@pytest.fixture
def python_parts(monkeypatch):
    monkeypatch.setattr(dt4ecg.nn.registry, "_python_backbones", {})
    monkeypatch.setattr(dt4ecg.nn.registry, "_python_attentions", {})
    dt4ecg.nn.register_backbone(
        "one_conv",
        lambda channels, length: torch.nn.Sequential(
            torch.nn.Conv1d(channels, 8, 7), torch.nn.BatchNorm1d(8), torch.nn.ReLU()
        ),
        "one convolution",
    )
    dt4ecg.nn.register_attention(
        "gate", lambda channels, length: torch.nn.Sequential(torch.nn.Conv1d(channels, channels, 1))
    )


@pytest.mark.parametrize(
    ("backbone", "attention"), [("one_conv", "sca"), ("resnet", "gate"), ("one_conv", "gate")]
)
def test_registered_parts_train(python_parts, backbone, attention, tmp_path):
    X, y = segments()
    classifier = dt4ecg.DT4ECGClassifier(
        backbone=backbone, attention=attention, epochs=15, learning_rate=1e-2, n_threads=1
    ).fit(X, y)
    loss = classifier.history_["train"]["loss"]
    assert (loss[-1] < loss[0]).all()
    classifier.save(tmp_path / "model.dt4ecg")
    loaded = dt4ecg.load(tmp_path / "model.dt4ecg")
    np.testing.assert_array_equal(loaded.predict(X), classifier.predict(X))


def test_registered_parts_take_the_seed(python_parts):
    parts = {"backbone": "one_conv", "attention": "gate"}
    assert same_tensors(network(3, **parts).state_dict(), network(3, **parts).state_dict())
    assert not same_tensors(network(3, **parts).state_dict(), network(4, **parts).state_dict())


def test_registering_refuses(python_parts):
    with pytest.raises(ValueError, match="resnet"):
        dt4ecg.nn.register_backbone("resnet", lambda channels, length: torch.nn.Identity())
    with pytest.raises(TypeError, match="must be callable"):
        dt4ecg.nn.register_attention("mine", None)
    dt4ecg.nn.register_backbone("pooled", lambda c, t: torch.nn.AdaptiveAvgPool2d((None, 1)))
    dt4ecg.nn.register_backbone("flat", lambda c, t: torch.nn.Flatten())
    with pytest.raises(ValueError, match="must return feature maps"):
        network(backbone="flat")
    dt4ecg.nn.register_attention("short", lambda c, t: torch.nn.AvgPool1d(2))
    with pytest.raises(ValueError, match="must keep the shape"):
        network(attention="short")
    dt4ecg.nn.register_attention("nothing", lambda c, t: abs)
    with pytest.raises(TypeError, match=r"must return a torch\.nn\.Module"):
        network(attention="nothing")


def test_seeds_leave_the_devices_generators_alone(python_parts, monkeypatch):
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    module = network(seed=1, backbone="one_conv")
    dt4ecg.Trainer(module, epochs=1, n_threads=1).fit(*segments())
    assert not seeded


def test_a_registered_part_keeps_its_frozen_module(python_parts):
    def frozen(channels, length):
        part = torch.nn.Sequential(torch.nn.Conv1d(channels, 8, 7), torch.nn.BatchNorm1d(8))
        part[1].eval()
        return part

    dt4ecg.nn.register_backbone("frozen", frozen)
    module = network(backbone="frozen")
    assert module.training
    assert not module.backbone[1].training
