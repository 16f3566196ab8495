"""A classifier that starts from encoders takes all their parameters that fit."""

import numpy as np
import pytest
import torch

import dt4ecg
from dt4ecg.estimator.pretrained import as_networks, take_over
from dt4ecg.inference import ECGEncoder
from dt4ecg.nn import Network
from dt4ecg.training.pretraining import SimCLR

LENGTH = 60
Y = ["Ann", "Bo"] * 6


def segments(leads=1, length=LENGTH):
    return np.random.default_rng(0).normal(size=(12, leads, length))


def encoder(backbone="resnet", attention="sca", leads=1, length=LENGTH, seed=5):
    network = Network(
        backbone, attention, {"pretraining": 1}, leads, length, seed=seed, standardize=True
    )
    with torch.no_grad():  # so that buffers differ from their initial values, too
        for name, buffer in network.named_buffers():
            if name.endswith("running_mean"):
                buffer.add_(0.1)
    return ECGEncoder(network)


def started(init, X=None, **settings):
    """Return the network of a classifier before its first step, as far as parameters show it."""
    X = segments() if X is None else X
    settings = {"tasks": ("identity",), "epochs": 0, "recipe": "strong"} | settings
    classifier = dt4ecg.DT4ECGClassifier(init=init, n_threads=1, **settings)
    return classifier.fit(X, Y).network_.state_dict()


def test_backbone_and_attention_are_taken_over():
    init = encoder()
    expected, fresh = init.network.state_dict(), started(None)
    found = started(init)
    for name, value in found.items():
        if name.startswith("heads"):
            assert torch.equal(value, fresh[name])
        else:
            assert torch.equal(value, expected[name]), name


def test_file_object_and_estimator_start_alike(tmp_path):
    fitted = SimCLR(epochs=1, batch_size=6, n_threads=1).fit(segments())
    fitted.save(tmp_path / "encoder.safetensors")
    of_file = started(tmp_path / "encoder.safetensors")
    for init in (fitted, ECGEncoder(fitted.network_), str(tmp_path / "encoder.safetensors")):
        found = started(init)
        assert all(torch.equal(found[name], of_file[name]) for name in found)


def test_another_length_keeps_a_new_attention():
    init = encoder(length=120)
    found, fresh = started(init), started(None)
    for name, value in found.items():
        if name.startswith("backbone."):
            assert torch.equal(value, init.network.state_dict()[name])
        elif name == "attention.sca.sequence.weight":
            assert torch.equal(value, fresh[name])


def test_one_lead_starts_several():
    init = encoder()
    found = started(init, segments(leads=3))
    # Three equal leads give the features of one, since batch norm and convolution are shared.
    network = Network(tasks={"identity": 2}, in_channels=3, segment_length=LENGTH).eval()
    network.load_state_dict(found)
    x = torch.tensor(segments(), dtype=torch.float32)
    one = init.network
    one.standardize = None
    torch.testing.assert_close(
        network.embed(x.expand(-1, 3, -1)), one.embed(x), atol=1e-4, rtol=1e-4
    )


def test_a_pair_starts_every_part_of_the_gated_network():
    # The released code of Phan et al. (2022) loads nothing here: its names do not match.
    pair = (encoder(attention="none"), encoder("spectrogram", "none"))
    found, fresh = (
        started(pair, backbone="gated", attention="none"),
        started(None, backbone="gated", attention="none"),
    )
    taken = 0
    for one, part in zip(pair, ("segment", "spectrogram"), strict=True):
        for name, value in one.network.state_dict().items():
            if name.startswith("backbone."):
                new = name.replace("backbone.", f"backbone.{part}.")
                assert torch.equal(found[new], value), new
                taken += 1
    own = [n for n in found if not n.startswith(("heads", "backbone.gate", "pool"))]
    assert taken == len(own)
    assert torch.equal(found["backbone.gate.weight"], fresh["backbone.gate.weight"])


@pytest.mark.parametrize(
    ("init", "error", "text"),
    [
        (encoder("cnn", "none"), ValueError, "backbone='cnn'"),
        (encoder(leads=2), ValueError, "2 leads"),
        (3, TypeError, "encoder"),
        ((encoder(), 3), ValueError, "each entry"),
        ((encoder(), encoder(seed=6)), ValueError, "several encoders with the backbone 'resnet'"),
        (SimCLR(), ValueError, "not fitted"),
        ("no-such-file", FileNotFoundError, "no-such-file"),
    ],
)
def test_what_does_not_fit_is_refused(init, error, text):
    with pytest.raises(error, match=text):
        started(init)


def test_another_scale_of_segments_is_warned_of():
    with pytest.warns(UserWarning, match="choose recipe='strong'"):
        started(encoder(), recipe="paper")
    with pytest.warns(UserWarning, match="choose recipe='paper'"):
        started(ECGEncoder(Network(tasks={"pretraining": 1}, segment_length=LENGTH, seed=0)))


def test_a_backbone_of_fixed_length_is_refused():
    init = encoder("mlp", "none", length=80)
    with pytest.raises(ValueError, match="80 samples"):
        started(init, backbone="mlp", attention="none")


def test_a_classifier_is_not_an_encoder(tmp_path):
    fitted = dt4ecg.DT4ECGClassifier(tasks=("identity",), epochs=0).fit(segments(), Y)
    assert as_networks(fitted) is None
    fitted.save(tmp_path / "model.safetensors")
    assert as_networks(tmp_path / "model.safetensors") is None


def test_take_over_keeps_the_heads():
    network = Network(tasks={"identity": 2}, segment_length=LENGTH, seed=1, standardize=True)
    before = network.heads.identity.weight.clone()
    take_over(network, [encoder().network])
    assert torch.equal(network.heads.identity.weight, before)
