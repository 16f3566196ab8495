"""The losses of pre-training against hand-computed numbers and NumPy."""

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, logsumexp, softmax

from dt4ecg.training.pretraining import losses


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_distillation_is_the_cross_entropy_of_all_pairs_of_views():
    student, teacher, center = normal(4, 3, 5), normal(2, 3, 5, seed=1), normal(5, seed=2)
    wanted = softmax((teacher - center) / 0.07, axis=-1)
    found = log_softmax(student / 0.2, axis=-1)
    pairs = [(i, j) for i in range(2) for j in range(4) if i != j]
    expected = np.mean([-(wanted[i] * found[j]).sum(-1).mean() for i, j in pairs])
    tensors = [torch.tensor(one) for one in (student, teacher, center)]
    np.testing.assert_allclose(losses.distillation(*tensors, 0.2, 0.07).item(), expected)


def test_distillation_by_hand():
    # The teacher is sure of output 0 in view 0 and of output 1 in view 1. The student gives
    # (1/2, 1/2) in view 0, and (4/5, 1/5) in view 1: (-log(1/2) - log(4/5)) / 2.
    teacher = torch.tensor([[[9.0, 0.0]], [[0.0, 9.0]]])
    student = torch.tensor([[[0.0, 0.0]], [[np.log(4.0), 0.0]]])
    found = losses.distillation(student, teacher, torch.zeros(2), 1.0, 0.01)
    np.testing.assert_allclose(found.item(), (np.log(2) + np.log(1.25)) / 2, rtol=1e-6)


def test_the_center_is_a_moving_average():
    outputs = torch.tensor(normal(6, 4))
    center = torch.tensor(normal(4, seed=1))
    expected = 0.9 * center + 0.1 * outputs.mean(0)
    torch.testing.assert_close(losses.next_center(center, outputs, 0.9, "mean"), expected)


def test_the_released_center_is_too_small_by_the_number_of_rows():
    outputs = torch.full((6, 4), 3.0)
    center = {name: torch.zeros(4) for name in losses.CENTERINGS}
    for _ in range(200):
        center = {n: losses.next_center(c, outputs, 0.9, n) for n, c in center.items()}
    torch.testing.assert_close(center["mean"], torch.full((4,), 3.0))
    torch.testing.assert_close(center["released"], torch.full((4,), 3.0 / 6))


def test_nt_xent_is_the_formula_of_the_paper():
    views = normal(2, 3, 4)
    vectors = (views / np.linalg.norm(views, axis=-1, keepdims=True)).reshape(6, 4)
    similar = vectors @ vectors.T / 0.3
    terms = []
    for i in range(6):
        others = [k for k in range(6) if k != i]
        terms.append(logsumexp(similar[i, others]) - similar[i, (i + 3) % 6])
    np.testing.assert_allclose(losses.nt_xent(torch.tensor(views), 0.3).item(), np.mean(terms))


def test_nt_xent_agrees_with_pytorch_metric_learning():
    library = pytest.importorskip("pytorch_metric_learning.losses")
    views = torch.tensor(normal(2, 5, 8))
    labels = torch.arange(5).repeat(2)
    expected = library.NTXentLoss(temperature=0.1)(views.flatten(0, 1), labels)
    torch.testing.assert_close(losses.nt_xent(views, 0.1), expected)


def test_regression_is_the_squared_distance_of_unit_vectors():
    predictions, targets = normal(2, 3, 4), normal(2, 3, 4, seed=1)
    p, z = (v / np.linalg.norm(v, axis=-1, keepdims=True) for v in (predictions, targets))
    expected = ((p - z[::-1]) ** 2).sum(-1).mean(1).sum()
    found = losses.regression(torch.tensor(predictions), torch.tensor(targets))
    np.testing.assert_allclose(found.item(), expected)
