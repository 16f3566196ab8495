"""The encoder of identity and its file."""

import json

import numpy as np
import pytest
import torch

import dt4ecg
from dt4ecg.biometrics import IdentityEncoder, load
from dt4ecg.storage import container


def encoder(**settings):
    network = dt4ecg.nn.Network("mlp", "none", {"identity": 1}, segment_length=40, seed=0)
    return IdentityEncoder(network, **settings)


def segments(n=5):
    return np.random.default_rng(0).normal(size=(n, 1, 40))


def test_vectors_are_the_features_at_unit_length():
    found = encoder()
    features = found.network.embed(torch.tensor(segments(), dtype=torch.float32)).detach().numpy()
    expected = features / np.linalg.norm(features, axis=1, keepdims=True)
    np.testing.assert_allclose(found.embed(segments()), expected, atol=1e-5)
    np.testing.assert_allclose(found.embed(segments()[:, 0]), expected, atol=1e-5)
    assert found.embed(segments()).dtype == np.float32
    assert found.dimensions == expected.shape[1]


def test_a_file_keeps_everything(tmp_path):
    path = tmp_path / "encoder.safetensors"
    pre = dt4ecg.Preprocessor(notch=50)
    pre.lead_names_ = ("I",)
    first = encoder(preprocessor=pre, about={"licence": "ODC-BY 1.0"})
    first.save(path)
    for again in (IdentityEncoder.load(path), load(path), dt4ecg.load(str(path))):
        np.testing.assert_array_equal(again.embed(segments()), first.embed(segments()))
        assert again.preprocessor.to_dict() == pre.to_dict()
        assert again.about == {"licence": "ODC-BY 1.0"}
        assert repr(again) == repr(first)


def test_a_classifier_is_still_loaded(tmp_path):
    path = tmp_path / "model.safetensors"
    X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    dt4ecg.DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).save(path)
    assert load(path).classes_.tolist() == ["Ann", "Bo"]
    with pytest.raises(ValueError, match="not an identity encoder"):
        IdentityEncoder.load(path)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "gallery"},
        {"network": {"backbone": "mlp"}},
        {"network": 3},
        {"preprocessor": {"target_rate": []}},
        {"about": {"licence": 3}},
        {"about": None},
    ],
)
def test_an_illegal_header_is_refused(tmp_path, change):
    path = tmp_path / "encoder.safetensors"
    encoder().save(path)
    tensors, header = container.read(path)
    container.write(path, tensors, header | change)
    with pytest.raises(ValueError, match="load"):
        IdentityEncoder.load(path)


def test_illegal_tensors_are_refused(tmp_path):
    path = tmp_path / "encoder.safetensors"
    encoder().save(path)
    tensors, header = container.read(path)
    name = max(tensors, key=lambda one: len(tensors[one]))
    for broken in (
        {k: v for k, v in tensors.items() if k != name},
        tensors | {name: tensors[name][:1]},
        tensors | {name: torch.full_like(tensors[name], torch.nan)},
    ):
        container.write(path, broken, header)
        with pytest.raises(ValueError, match="rebuild"):
            IdentityEncoder.load(path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ValueError, match="damaged"):
        load(path)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.safetensors")
    assert json.loads(json.dumps(header))["kind"] == "identity-encoder"


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        encoder().embed(np.full((2, 1, 40), np.nan))
    with pytest.raises(ValueError, match="segments"):
        encoder().embed(np.zeros((2, 1, 41)))
    with pytest.raises(TypeError, match="network"):
        IdentityEncoder(torch.nn.Linear(2, 2))
    with pytest.raises(TypeError, match="preprocessor"):
        encoder(preprocessor="100 Hz")
