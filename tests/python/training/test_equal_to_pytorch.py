"""The trainer gives the results of a training loop in plain PyTorch."""

import numpy as np
import pytest
import torch
from benchmarks.plain_torch import GradNormStep, plain_copy
from support.toy import (
    TASKS,
    bits,
    network,
    segments,
    trained,
    trainer,
)


def test_none_equals_a_loop_in_pytorch():
    X, y = segments()
    ours = network()
    plain = plain_copy(ours)
    trainer(ours, weighting="none", epochs=5, batch_size=len(X)).fit(X, y)
    optimizer = torch.optim.Adam(plain.parameters(), 1e-3)
    for _ in range(5):
        optimizer.zero_grad()
        logits = plain(torch.from_numpy(X))
        sum(
            torch.nn.functional.cross_entropy(logits[task], torch.from_numpy(y[:, i]))
            for i, task in enumerate(TASKS)
        ).backward()
        optimizer.step()
    assert_same_predictions(ours, plain, X)


def test_chen2018_equals_a_loop_in_pytorch():
    # With seed 0 a ReLU's input lies within rounding of 0 and may go either way.
    X, y = segments(seed=1)
    ours = network()
    plain = plain_copy(ours)
    run = trainer(ours, weighting="chen2018", epochs=5, batch_size=len(X)).fit(X, y)
    step = GradNormStep(plain)
    losses = [step(torch.from_numpy(X), torch.from_numpy(y)) for _ in range(5)]
    np.testing.assert_allclose(run.history["train"]["loss"], losses, rtol=1e-4)
    np.testing.assert_allclose(run.task_weights, step.weights, rtol=1e-4)
    assert_same_predictions(ours, plain, X)


def assert_same_predictions(ours, plain, X):
    ours.eval()
    plain.eval()
    with torch.no_grad():
        found, expected = ours(torch.from_numpy(X)), plain(torch.from_numpy(X))
    for task in TASKS:
        torch.testing.assert_close(found[task], expected[task], rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("norm_scope", ["shared", "last", "all"])
@pytest.mark.parametrize("weighting", ["none", "chen2018"])
def test_fused_loops_equal_autograd(weighting, norm_scope):
    X, y = segments(35)
    y = y.copy()
    y[:12, 1] = -1  # a batch with one task's labels missing
    sample_weight = np.linspace(0.5, 2, len(X))
    settings = {"weighting": weighting, "norm_scope": norm_scope, "epochs": 2, "batch_size": 12}
    walked = trained(data=(X, y), fit={"sample_weight": sample_weight}, **settings)
    assert walked.fused
    hooked = network()
    hooked.attention.register_forward_hook(lambda *_: None)  # so that the module is called
    called = trained(hooked, data=(X, y), fit={"sample_weight": sample_weight}, **settings)
    assert not called.fused
    for (name, a), (_, b) in zip(bits(walked).items(), bits(called).items(), strict=True):
        # Adam may take a whole step of 1e-3 where a gradient's sign is in its last bits.
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=2e-3, atol=1e-3, err_msg=name)
