"""Gradients of the training against confounders, compared with plain PyTorch."""

import numpy as np
import pytest
import torch
from support.toy import LENGTH, assert_same_bits, same_tensors, segments
from torch.nn.functional import cross_entropy

import dt4ecg
from dt4ecg.training import DeconfoundedCrossEntropy, Deconfounding

TASKS = {"activity": 2, "subject": 3}


def network():
    return dt4ecg.nn.Network(tasks=TASKS, segment_length=LENGTH, seed=0)


def gradients(settings):
    """Return those of features, head and other head, and the features, logits and labels."""
    module = network()
    torch.manual_seed(1)
    features = torch.randn(6, 128, requires_grad=True)
    labels = torch.tensor([[0, 2], [1, 0], [-1, 1], [0, -1], [1, 1], [0, 0]])
    outputs = {**module.heads(features), "features": features}
    objective = DeconfoundedCrossEntropy(module, ["subject"], settings)
    losses = objective(outputs, labels)
    assert losses.keys() == {"activity"}
    task = cross_entropy(outputs["activity"], labels[:, 0], ignore_index=-1)
    assert losses["activity"].item() == pytest.approx(task.item(), rel=1e-6)
    of_task = torch.autograd.grad(task, features, retain_graph=True)[0]
    head = dict(module.heads.subject.named_parameters())
    found = torch.autograd.grad(losses["activity"], [features, head["weight"], head["bias"]])
    return found[0] - of_task, found[1:], (features, head, labels[:, 1])


@pytest.mark.parametrize("strength", [1.0, 0.25])
@pytest.mark.parametrize("method", ["confusion", "reversal"])
def test_the_head_learns_and_the_features_unlearn(method, strength):
    of_features, of_head, (features, head, labels) = gradients(Deconfounding(method, strength))
    known = labels >= 0
    x = features.detach()[known].requires_grad_()
    logits = x @ head["weight"].T + head["bias"]
    loss = cross_entropy(logits, labels[known])
    learned = torch.autograd.grad(loss, [head["weight"], head["bias"]], retain_graph=True)
    for ours, plain in zip(of_head, learned, strict=True):
        torch.testing.assert_close(ours, plain, atol=1e-6, rtol=1e-4)
    towards = torch.autograd.grad(loss, x, retain_graph=True)[0]
    if method == "reversal":
        expected = -strength * towards
        assert (of_features[known] * towards).sum() < 0
    else:
        expected = strength * torch.autograd.grad(-logits.log_softmax(1).mean(), x)[0]
    torch.testing.assert_close(of_features[known], expected, atol=1e-6, rtol=1e-4)
    assert (of_features[~known] == 0).all()


def test_confusion_has_its_minimum_at_the_uniform_distribution():
    module = network()
    with torch.no_grad():
        module.heads.subject.weight.zero_()
        module.heads.subject.bias.zero_()
    features = torch.randn(4, 128, requires_grad=True)
    outputs = {**module.heads(features), "features": features}
    labels = torch.tensor([[-1, 0], [-1, 1], [-1, 2], [0, 0]])
    loss = DeconfoundedCrossEntropy(module, ["subject"])(outputs, labels)["activity"]
    task = cross_entropy(outputs["activity"][3:], labels[3:, 0])
    ours, plain = (torch.autograd.grad(x, features, retain_graph=True)[0] for x in (loss, task))
    torch.testing.assert_close(ours, plain)


def test_the_released_loss_draws_new_weights_and_stops_no_gradient():
    first, of_head, (features, head, labels) = gradients(Deconfounding("confusion-released"))
    torch.manual_seed(1)
    torch.randn(6, 128)  # the features
    known = labels >= 0
    x = features.detach()[known].requires_grad_()
    log_p = (x @ head["weight"].T + head["bias"]).log_softmax(1)
    loss = -log_p[torch.arange(5), labels[known]].mean()
    loss = loss - 10 * (torch.rand_like(log_p) * log_p).sum(1).mean()
    expected = torch.autograd.grad(loss, [x, head["weight"]])
    torch.testing.assert_close(first[known], expected[0], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(of_head[0], expected[1], atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("method", ["confusion", "reversal", "confusion-released"])
def test_a_resumed_training_has_the_same_bits(method, tmp_path):
    X, y = segments(24)
    y = y[:, ::-1].copy()

    def trainer(epochs):
        module = network()
        objective = DeconfoundedCrossEntropy(module, ["subject"], Deconfounding(method))
        return dt4ecg.Trainer(module, objective=objective, epochs=epochs, n_threads=1)

    whole = trainer(3).fit(X, y)
    trainer(2).fit(X, y, checkpoint=tmp_path / "checkpoint")
    resumed = trainer(3).fit(X, y, resume=tmp_path / "checkpoint")
    assert_same_bits(resumed, whole)
    assert same_tensors(resumed.network.state_dict(), whole.network.state_dict())


def test_what_is_refused():
    with pytest.raises(ValueError, match="method must be one of confusion"):
        Deconfounding("erasure")
    for strength in (0, -1.0, np.nan, "1"):
        with pytest.raises(ValueError, match="strength must be a finite number above 0"):
            Deconfounding(strength=strength)
    for confounders in ([], ["person"], ["activity", "subject"]):
        with pytest.raises(ValueError, match="confounders must be tasks of the network"):
            DeconfoundedCrossEntropy(network(), confounders)
    with pytest.raises(ValueError, match="several names"):
        DeconfoundedCrossEntropy(network(), "subject")
    with pytest.raises(ValueError, match="y must have the columns activity, subject"):
        DeconfoundedCrossEntropy(network(), ["subject"])({}, torch.zeros(3, 1, dtype=torch.int64))
