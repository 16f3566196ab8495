"""Metric losses, compared with pytorch-metric-learning in value and gradient."""

import numpy as np
import pytest
import torch
from pytorch_metric_learning import losses as peer
from pytorch_metric_learning import miners
from pytorch_metric_learning.reducers import MeanReducer
from support.toy import network, segments

import dt4ecg
from dt4ecg.training.metric_losses import (
    Contrastive,
    MultiSimilarity,
    SupervisedContrastive,
    Triplet,
)

ALL = [Contrastive(), Triplet(), MultiSimilarity(), SupervisedContrastive()]


def batch(n=24, people=6, seed=0, dtype=torch.float32):
    random = np.random.default_rng(seed)
    subject = torch.arange(n) % people
    centres = random.standard_normal((people, 8))
    features = centres[subject.numpy()] + random.standard_normal((n, 8))
    return torch.tensor(features, dtype=dtype, requires_grad=True), subject


def value_and_gradient(loss, features):
    (gradient,) = torch.autograd.grad(loss, features)
    return loss.item(), gradient.numpy()


def ours(objective, features, targets):
    (loss,) = objective({"features": features}, targets).values()
    return value_and_gradient(loss, features)


def assert_equal(objective, reference, seed=0):
    features, subject = batch(seed=seed)
    value, gradient = ours(objective, features, subject)
    expected, expected_gradient = value_and_gradient(reference(features, subject), features)
    assert value == pytest.approx(expected, rel=1e-5)
    assert np.abs(expected_gradient).max() > 1e-4
    np.testing.assert_allclose(gradient, expected_gradient, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("seed", range(3))
def test_contrastive(seed):
    assert_equal(Contrastive(), peer.ContrastiveLoss(), seed)
    assert_equal(Contrastive(1.2, 0.3), peer.ContrastiveLoss(0.3, 1.2), seed)


@pytest.mark.parametrize("seed", range(3))
def test_triplet(seed):
    hard = miners.BatchHardMiner()
    loss = peer.TripletMarginLoss(margin=0.3, reducer=MeanReducer())
    assert_equal(Triplet(0.3), lambda f, s: loss(f, s, hard(f, s)), seed)


@pytest.mark.parametrize("seed", range(3))
def test_multi_similarity(seed):
    assert_equal(MultiSimilarity(epsilon=None), peer.MultiSimilarityLoss(), seed)
    miner, loss = miners.MultiSimilarityMiner(epsilon=0.1), peer.MultiSimilarityLoss()
    assert_equal(MultiSimilarity(epsilon=0.1), lambda f, s: loss(f, s, miner(f, s)), seed)


@pytest.mark.parametrize("temperature", [0.01, 0.1, 1.0])
def test_supervised_contrastive(temperature):
    assert_equal(
        SupervisedContrastive(temperature=temperature), peer.SupConLoss(temperature=temperature)
    )


def released(images, signals, labels, weights, temperature, hardness=5.0, pair=3.0):
    """The formula of CroMoTEX in one direction, in NumPy, without its small constants."""
    images, signals = (x / np.linalg.norm(x, axis=1, keepdims=True) for x in (images, signals))
    s = images @ signals.T / temperature
    same = labels[:, None] == labels
    factors = np.ones_like(s)
    if weights == "topk":
        for row, line in zip(factors, s, strict=True):
            row[np.argsort(-line)[: int(0.1 * len(s))]] = hardness
    elif weights == "linear":
        high, low = (s * ~same).max(1, keepdims=True), (s * ~same).min(1, keepdims=True)
        factors = 1 + (hardness - 1) / (high - low) * (s - low)
    elif weights == "exp":
        factors = 1 + np.exp(hardness * s)
    m = same.astype(float)
    np.fill_diagonal(m, pair)
    log_shares = s - np.log((factors * np.exp(s)).sum(1, keepdims=True))
    return -((log_shares * m).sum(1) / m.sum(1)).mean()


@pytest.mark.parametrize("weights", ["none", "linear", "topk", "exp"])
def test_weights_as_released(weights):
    random = np.random.default_rng(3)
    images, signals = random.standard_normal((2, 20, 6))
    labels = np.arange(20) % 5
    expected = np.mean(
        [
            released(images, signals, labels, weights, 0.2),
            released(signals, images, labels, weights, 0.2),
        ]
    )
    targets = {
        "subject": torch.tensor(np.tile(labels, 2)),
        "view": torch.arange(40) // 20,
        "pair": torch.arange(40) % 20,
    }
    features = torch.tensor(np.concatenate([images, signals]), requires_grad=True)
    objective = SupervisedContrastive(
        weights, mask_positives=False, pair_weight=3.0, temperature=0.2, across="view"
    )
    assert ours(objective, features, targets)[0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("weights", ["linear", "topk", "exp"])
def test_masked_weights_leave_the_positives_alone(weights):
    # One other person: its weight is known, and the person's own segment has the weight 1.
    angles = torch.tensor([0.0, 0.4, 1.1], dtype=torch.float64)
    features = torch.stack([angles.cos(), angles.sin()], 1).requires_grad_()
    subject = torch.tensor([0, 0, 1])
    objective = SupervisedContrastive(weights, temperature=0.5, share=1.0)
    s = (features @ features.T).detach().numpy() / 0.5
    w = {"linear": np.ones(2), "topk": np.full(2, 5.0), "exp": 1 + np.exp(5 * s[:2, 2])}[weights]
    shares = np.exp(s[0, 1]) / (np.exp(s[0, 1]) + w * np.exp(s[:2, 2]))
    assert ours(objective, features, subject)[0] == pytest.approx(-np.log(shares).mean())


@pytest.mark.parametrize("weights", ["none", "linear", "topk", "exp"])
@pytest.mark.parametrize("mask", [True, False])
def test_gradients_agree_with_differences(weights, mask):
    objective = SupervisedContrastive(weights, mask, temperature=0.3)
    features, subject = batch(10, 3, dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda f: objective({"features": f}, subject)["supervised_contrastive"], (features,)
    )


@pytest.mark.parametrize("objective", [*ALL, SupervisedContrastive("exp", temperature=0.01)])
def test_equal_and_huge_features_give_finite_gradients(objective):
    for scale in (0.0, 1.0, 1e15):
        features = torch.full((8, 4), scale).requires_grad_()
        value, gradient = ours(objective, features, torch.arange(8) // 2)
        assert np.isfinite([value, *gradient.ravel()]).all()


@pytest.mark.parametrize("objective", ALL)
def test_unknown_people_have_no_part(objective):
    features, subject = batch()
    more = torch.cat([features, torch.randn(4, 8)])
    value, gradient = ours(objective, features, subject)
    with_unknown = torch.cat([subject, torch.full((4,), -1)])
    (loss,) = objective({"features": more}, with_unknown).values()
    if isinstance(objective, MultiSimilarity):  # it is a mean over all segments
        loss = loss * len(more) / len(features)
    assert loss.item() == pytest.approx(value, rel=1e-5)
    assert np.abs(gradient).max() > 0


@pytest.mark.parametrize("objective", [Triplet(), SupervisedContrastive()])
def test_a_batch_without_pairs_has_no_loss(objective):
    features, _ = batch(6)
    assert objective({"features": features}, torch.arange(6)) == {}
    assert objective({"features": features}, torch.full((6,), -1)) == {}


def test_pairs_may_be_limited_to_other_sessions():
    features, subject = batch(12, 3)
    session = torch.arange(12) // 6
    kinds = [type(objective)(across="session") for objective in ALL]
    for objective in kinds:
        targets = {"subject": subject, "session": session}
        (loss,) = objective({"features": features}, targets).values()
        (gradient,) = torch.autograd.grad(loss, features)
        assert torch.isfinite(gradient).all()
    one_day = {"subject": subject, "session": torch.zeros(12, dtype=torch.int64)}
    assert SupervisedContrastive(across="session")({"features": features}, one_day) == {}


@pytest.mark.parametrize("objective", ALL)
def test_the_trainer_takes_each_loss(objective):
    X, y = segments()
    trained = dt4ecg.Trainer(
        network(), objective=objective, batch_size=24, epochs=6, n_threads=1, learning_rate=3e-3
    ).fit(X, {"subject": y[:, 0], "activity": y[:, 1]})
    losses = trained.history["train"]["loss"][:, 0]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: Contrastive(negative_margin=0), "negative_margin"),
        (lambda: Contrastive(positive_margin=-1), "positive_margin"),
        (lambda: Triplet(margin=float("nan")), "margin"),
        (lambda: MultiSimilarity(alpha=-2), "alpha"),
        (lambda: MultiSimilarity(epsilon=-0.1), "epsilon"),
        (lambda: SupervisedContrastive("hard"), "weights"),
        (lambda: SupervisedContrastive(temperature=0), "temperature"),
        (lambda: SupervisedContrastive(hardness=0.5), "hardness"),
        (lambda: SupervisedContrastive(share=2), "share"),
    ],
)
def test_illegal_settings(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_illegal_targets():
    features, subject = batch()
    with pytest.raises(TypeError, match="subject"):
        Triplet()({"features": features}, None)
    with pytest.raises(ValueError, match="session"):
        Triplet(across="session")({"features": features}, {"subject": subject})
    with pytest.raises(ValueError, match="one integer per segment"):
        Triplet()({"features": features}, subject.float())
    with pytest.raises(ValueError, match="no features"):
        Triplet()({}, subject)
