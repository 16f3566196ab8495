"""The recurrent backbones, compared with torch and with the core."""

import numpy as np
import pytest
import torch
from support.toy import segments

import dt4ecg
from dt4ecg.nn import Network, Recurrent


def test_the_gru_is_that_of_torch():
    torch.manual_seed(0)
    module = Recurrent(2, "gru", hidden=5)
    x = torch.randn(4, 2, 9)
    standardised = (x - x.mean((0, 2), keepdim=True)) / (
        x.var((0, 2), unbiased=False, keepdim=True) + 1e-5
    ).sqrt()
    plain = torch.nn.GRU(2, 5, batch_first=True)
    plain.load_state_dict(module.layer.state_dict())
    expected = plain(standardised.transpose(1, 2))[0].transpose(1, 2)
    torch.testing.assert_close(module(x), expected)


def test_the_lstm_equals_that_of_the_core():
    network = Network("lstm", "none", {"state": 3}, segment_length=20, seed=0).eval()
    stage = network.backbone[0]
    module = Recurrent(1, "lstm", hidden=64).eval()
    parameters, buffers = stage.tensors()
    ours = [*module.norm.parameters(), *module.layer.parameters()]
    assert [p.shape for p in ours] == [p.shape for p in parameters]
    with torch.no_grad():
        for own, value in zip(ours, parameters, strict=True):
            own.copy_(value)
    x = torch.randn(4, 1, 20)
    torch.testing.assert_close(module(x), stage(x), rtol=1e-4, atol=1e-5)
    assert len(buffers) >= 2


@pytest.mark.parametrize("length", [20, 60])
def test_a_classifier_with_a_gru_learns_and_is_saved(length, tmp_path):
    X, y = segments(24)
    X = np.repeat(X, 2, axis=2)[..., :length]
    classifier = dt4ecg.DT4ECGClassifier(
        "gru", "none", tasks=("activity",), epochs=15, learning_rate=1e-2, n_threads=1
    ).fit(X, y[:, 1])
    loss = classifier.history_["train"]["loss"]
    assert loss[-1] < loss[0]
    classifier.save(tmp_path / "model.dt4ecg")
    loaded = dt4ecg.load(tmp_path / "model.dt4ecg")
    np.testing.assert_array_equal(loaded.predict_proba(X), classifier.predict_proba(X))


def test_illegal_arguments():
    with pytest.raises(ValueError, match="cell must be one of lstm, gru"):
        Recurrent(1, "rnn")
    with pytest.raises(ValueError, match="hidden must be an integer"):
        Recurrent(1, hidden=0)
    with pytest.raises(ValueError, match="one of the package's own"):
        dt4ecg.nn.register_backbone("gru", lambda leads, length: Recurrent(leads))
