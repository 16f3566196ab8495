"""Where the released code of CroMoTEX (arXiv 2506.19329) contradicts the text of the paper."""

import math

import numpy as np
import pytest
import torch

from dt4ecg.training.metric_losses import SupervisedContrastive

PEOPLE = 20
RELEASED = {"pair_weight": 3.0, "temperature": 0.01, "across": "view"}  # its configuration


def aligned_pairs():
    """Two equal views of each of 20 people, who have nothing in common: no loss is left."""
    features = torch.eye(PEOPLE, dtype=torch.float64).repeat(2, 1)
    person = torch.arange(PEOPLE).repeat(2)
    return features, {"subject": person, "view": torch.arange(40) // 20, "pair": person}


def loss(objective, features, targets):
    return objective({"features": features}, targets)["supervised_contrastive"].item()


def test_topk_weighs_the_true_pair():
    """Of 20 segments, 2 are "hard": the true pair is one, with the weight 5 in its own share."""
    features, targets = aligned_pairs()
    masked = SupervisedContrastive("topk", **RELEASED)
    released = SupervisedContrastive("topk", mask_positives=False, **RELEASED)
    assert loss(masked, features, targets) == pytest.approx(0, abs=1e-9)
    assert loss(released, features, targets) == pytest.approx(math.log(5))


def test_linear_weighs_the_true_pair():
    """The weight has no upper limit for segments that are more similar than the negatives."""
    rows = np.array([[1, 0, 0], [0, 1, 0], [0, 0.1, 1]])
    features = torch.tensor(
        np.concatenate([rows, rows]) / np.linalg.norm(np.tile(rows, (2, 1)), axis=1)[:, None]
    )
    person = torch.arange(3).repeat(2)
    targets = {"subject": person, "view": torch.arange(6) // 3, "pair": person}
    s = (features[:3] @ features[3:].T).numpy() / 0.01
    high, low = ((s * ~np.eye(3, dtype=bool)).max(1), (s * ~np.eye(3, dtype=bool)).min(1))
    weights = 1 + 4 / (high - low + 1e-8)[:, None] * (s - low[:, None])
    assert weights[1, 1] > 40  # of the true pair, where 5 is the largest of a negative
    shares = np.exp(s) / (weights * np.exp(s)).sum(1, keepdims=True)
    released = SupervisedContrastive("linear", mask_positives=False, **RELEASED)
    assert loss(released, features, targets) == pytest.approx(
        -np.log(np.diag(shares)).mean(), rel=1e-6
    )


@pytest.mark.parametrize("angle", [0.2, 0.7, 1.2])
def test_exp_overflows_in_single_precision(angle):
    """1 + exp(5 s / 0.01) is infinite for s above 0.18: a constant loss without a gradient."""
    turn = torch.tensor(angle, requires_grad=True)
    views = torch.stack([torch.stack([turn.cos(), turn.sin()]), torch.tensor([1.0, 0.0])])
    s = views @ torch.tensor([[1.0, 0.0], [0.0, 1.0]]) / 0.01
    shares = (s - s.amax(1, keepdim=True)).exp()
    weights = 1 + (5 * s).exp()
    released = -(1e-8 + shares / ((shares * weights).sum(1, keepdim=True) + 1e-6)).log().mean()
    assert released.item() == pytest.approx(-math.log(1e-8), rel=1e-3)
    released.backward()
    assert not torch.isfinite(turn.grad)


def test_sums_of_logarithms_do_not_overflow():
    features, targets = aligned_pairs()
    features = (features.float() + 0.1).requires_grad_()
    objective = SupervisedContrastive("exp", mask_positives=False, **RELEASED)
    found = objective({"features": features}, targets)["supervised_contrastive"]
    found.backward()
    # The true pair has s = 1, so its weight is exp(500), and its share is exp(-500).
    assert found.item() == pytest.approx(500, rel=1e-4)
    assert torch.isfinite(features.grad).all()
