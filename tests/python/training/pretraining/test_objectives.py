"""The objectives of pre-training: the trainer gets the right gradient, and the teacher follows."""

import copy

import numpy as np
import pytest
import torch

from dt4ecg.nn import Network
from dt4ecg.training.pretraining import losses
from dt4ecg.training.pretraining.adam import Adam
from dt4ecg.training.pretraining.heads import DistillationHead, projection
from dt4ecg.training.pretraining.objectives import (
    Bootstrap,
    Contrast,
    Distillation,
    DistillationSettings,
    Schedule,
)

SCHEDULE = Schedule(10, 1e-3)


def features(n, seed=0):
    return torch.tensor(np.random.default_rng(seed).normal(size=(n, 6)), dtype=torch.float32)


def targets(n):
    return {"row": torch.arange(n), "segment": torch.zeros(n, 1, 40)}


def network():
    return Network("mlp", "none", {"pretraining": 1}, segment_length=40, seed=0)


def distillation(net, momentum=0.75, centering="mean"):
    size = next(net.heads.parameters()).shape[1]
    settings = DistillationSettings(4, 0.1, 0.04, momentum, 0.9, centering)
    return Distillation(net, DistillationHead(size, 16), SCHEDULE, settings)


def test_the_gradient_is_that_of_the_loss_before_the_step_of_the_head():
    torch.manual_seed(0)
    head = projection(6)
    before = copy.deepcopy(head)
    x = features(8).requires_grad_()
    expected = losses.nt_xent(before(x).unflatten(0, (2, -1)), 0.1)
    (gradient,) = torch.autograd.grad(expected, x)
    y = features(8).requires_grad_()
    found = Contrast(head, SCHEDULE, 0.1)({"features": y}, targets(8))["pretraining"]
    found.backward()
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(y.grad, gradient)
    pairs = zip(head.parameters(), before.parameters(), strict=True)
    assert not any(torch.equal(now, old) for now, old in pairs)


def test_the_order_of_the_rows_has_no_effect():
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0))
    found = []
    for rows in (torch.arange(8), order):
        torch.manual_seed(0)
        objective = Contrast(projection(6), SCHEDULE, 0.1)
        x = features(8)[rows].requires_grad_()
        loss = objective({"features": x}, {"row": rows, "segment": torch.zeros(8, 1, 40)})
        loss["pretraining"].backward()
        found.append((loss["pretraining"].item(), x.grad[rows.argsort()]))
    assert found[0][0] == found[1][0]
    torch.testing.assert_close(found[0][1], found[1][1])


def test_the_teacher_is_a_moving_average():
    net = network()
    objective = distillation(net, momentum=0.75)
    start = [p.clone() for p in net.parameters()]
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(1)
    objective.follow()
    for old, now in zip(start, objective.teacher.parameters(), strict=True):
        torch.testing.assert_close(now, old + 0.25)
    assert not any(p.requires_grad for p in objective.teacher.parameters())


def test_the_teacher_waits_for_the_first_step():
    net = network()
    objective = distillation(net)
    x = net.embed(torch.randn(8, 1, 40, generator=torch.Generator().manual_seed(0)))
    segments = {"row": torch.arange(8), "segment": torch.randn(8, 1, 40)}
    objective({"features": x}, segments)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
    before = [p.clone() for p in objective.teacher.parameters()]
    objective({"features": x}, segments)
    for old, now in zip(before, objective.teacher.parameters(), strict=True):
        torch.testing.assert_close(now, 0.75 * old)


@pytest.mark.parametrize("centering", losses.CENTERINGS)
def test_the_center_follows_the_teacher(centering):
    net = network()
    objective = distillation(net, centering=centering)
    segments = torch.randn(8, 1, 40, generator=torch.Generator().manual_seed(0))
    outputs = objective.projections(segments[:4]).flatten(0, 1)
    x = net.embed(segments)
    objective({"features": x}, {"row": torch.arange(8), "segment": segments})
    expected = 0.1 * outputs.mean(0) / (1 if centering == "mean" else 4)
    torch.testing.assert_close(objective.center, expected)


def test_the_predictor_has_no_part_in_the_teacher():
    net = network()
    size = next(net.heads.parameters()).shape[1]
    projector, predictor = projection(size), projection(128)
    objective = Bootstrap(net, projector, predictor, SCHEDULE, 0.9)
    found = objective.projections(torch.randn(8, 1, 40))
    assert found.shape == (2, 4, 128)
    copied = objective._pairs[1][1]
    assert len(list(copied.parameters())) == len(list(projector.parameters()))


def test_adam_takes_the_steps_of_torch():
    torch.manual_seed(0)
    ours = torch.nn.Linear(3, 2)
    theirs = copy.deepcopy(ours)
    optimizer, reference = Adam(ours.parameters()), torch.optim.Adam(theirs.parameters(), lr=1e-2)
    for seed in range(5):
        x = torch.randn(4, 3, generator=torch.Generator().manual_seed(seed))
        for layer in (ours, theirs):
            layer.zero_grad()
            layer(x).square().sum().backward()
        optimizer.step(1e-2)
        reference.step()
    torch.testing.assert_close(ours.weight, theirs.weight)


def test_the_rate_falls_along_half_a_cosine():
    rates = [Schedule(4, 1.0).rate(step) for step in range(5)]
    np.testing.assert_allclose(rates, (1 + np.cos(np.pi * np.arange(5) / 4)) / 2)
