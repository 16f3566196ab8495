"""Losses of heads for classes, numbers and ratings, compared with SciPy and by hand."""

import math

import numpy as np
import pytest
import torch
from scipy.special import expit, huber, log_softmax

import dt4ecg
from dt4ecg.training.head_losses import ClassLoss, OrdinalLoss, PerTask, RegressionLoss


@pytest.fixture
def z():
    return torch.tensor(np.random.default_rng(0).normal(0, 2, (7, 4)))


def test_classes_equal_scipy(z):
    labels = torch.tensor([0, 3, -1, 2, 1, 1, 0])
    weights = [1.0, 2.0, 0.5, 4.0]
    known = labels.numpy() >= 0
    log_p = log_softmax(z.numpy(), axis=1)[known, labels[known]]
    w = np.array(weights)[labels[known]]
    found = ClassLoss(4, weights=weights)(z, labels)
    assert found.item() == pytest.approx(-(w * log_p).sum() / w.sum())
    assert ClassLoss(4).predict(z).tolist() == z.argmax(1).tolist()
    assert ClassLoss(4)(z, torch.full((7,), -1)) is None


def test_ratings_are_a_cumulative_link_model(z):
    loss = OrdinalLoss(5)
    thresholds = np.cumsum(
        np.concatenate([z.numpy()[:, :1], np.log1p(np.exp(z.numpy()[:, 1:]))], axis=1), axis=1
    )
    at_most = np.concatenate([expit(thresholds), np.ones((7, 1))], axis=1)
    expected = np.diff(at_most, axis=1, prepend=0)
    found = loss.probabilities(z).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    np.testing.assert_allclose(found.sum(1), 1)
    ratings = torch.tensor([0, 1, 2, 3, 4, -1, 2])
    known = ratings.numpy() >= 0
    mean = -np.log(expected[known, ratings[known]]).mean()
    assert loss(z, ratings).item() == pytest.approx(mean)
    np.testing.assert_allclose(loss.expected(z), expected @ np.arange(5))
    assert loss.predict(z).tolist() == (at_most < 0.5).sum(1).tolist()


def test_ratings_are_stable_for_large_outputs():
    z = torch.tensor([[80.0, -90.0, 3.0], [-300.0, -40.0, -50.0]], requires_grad=True)
    loss = OrdinalLoss(4)(z, torch.tensor([1, 2]))
    # log P(1) = 0 - 80 - 90 and log P(2) = -300 + 0 - 50, for such outputs
    assert loss.item() == pytest.approx((170 + 350) / 2)
    loss.backward()
    assert torch.isfinite(z.grad).all()
    sums = OrdinalLoss(4).probabilities(z).sum(1)
    torch.testing.assert_close(sums, torch.ones(2), atol=1e-5, rtol=0)


def test_a_head_of_two_levels_is_logistic_regression():
    z = torch.tensor([[0.3], [-2.0]], dtype=torch.float64)
    found = OrdinalLoss(2)(z, torch.tensor([1, 0]))
    expected = torch.nn.functional.binary_cross_entropy_with_logits(
        -z[:, 0], torch.tensor([1.0, 0.0], dtype=torch.float64)
    )
    assert found.item() == pytest.approx(expected.item())


@pytest.mark.parametrize("kind", ["squared", "huber"])
def test_numbers_equal_scipy(kind):
    outputs = torch.tensor([[0.0], [1.0], [-2.0], [5.0]], dtype=torch.float64)
    targets = torch.tensor([12.0, 9.0, math.nan, 40.0])
    error = outputs[[0, 1, 3], 0].numpy() - (np.array([12.0, 9.0, 40.0]) - 10) / 4
    expected = (error**2 if kind == "squared" else huber(0.5, error)).mean()
    loss = RegressionLoss(kind, delta=0.5, mean=10, scale=4)
    assert loss(outputs, targets).item() == pytest.approx(expected)
    assert loss.predict(outputs).tolist() == [10, 14, 2, 30]
    assert loss(outputs, torch.full((4,), math.nan)) is None


def test_a_network_learns_classes_ratings_and_numbers():
    random = np.random.default_rng(0)
    level = random.normal(size=64)
    X = level[:, None, None] + 0.1 * random.normal(size=(64, 1, 20))
    y = {
        "state": (level > 0).astype(int),
        "valence": np.digitize(level, [-1, 0, 1]),
        "age": np.where(random.random(64) < 0.2, np.nan, 40 + 10 * level),
    }
    y["valence"][:5] = -1
    heads = PerTask(
        {"state": ClassLoss(2), "valence": OrdinalLoss(4), "age": RegressionLoss(mean=40, scale=10)}
    )
    network = dt4ecg.nn.Network("gru", "none", heads.outputs, segment_length=20, seed=0)
    trainer = dt4ecg.Trainer(
        network, objective=heads, epochs=25, batch_size=16, learning_rate=1e-2, n_threads=1
    ).fit(X, y, validation_data=(X, y))
    assert trainer.history["tasks"] == ("state", "valence", "age")
    assert (trainer.history["train"]["loss"][-1] < 0.4 * trainer.history["train"]["loss"][0]).all()
    with torch.no_grad():
        found = heads.predict(network.eval()(torch.from_numpy(X).float()))
    assert (found["state"].numpy() == y["state"]).mean() > 0.9
    assert (found["valence"].numpy() == y["valence"])[5:].mean() > 0.8
    assert np.nanmean(np.abs(found["age"].numpy() - y["age"])) < 4


def test_targets_that_are_refused(z):
    with pytest.raises(ValueError, match="targets must lie in 0 to 3"):
        ClassLoss(4)(z, torch.full((7,), 4))
    with pytest.raises(TypeError, match="targets must be integers"):
        OrdinalLoss(5)(z, torch.ones(7))
    with pytest.raises(ValueError, match="the head must have 8 outputs"):
        OrdinalLoss(9)(z, torch.ones(7, dtype=torch.int64))
    with pytest.raises(ValueError, match=r"targets must be a tensor of the shape \(7,\)"):
        RegressionLoss()(z[:, :1], torch.ones(6))
    with pytest.raises(ValueError, match="y must be a dictionary"):
        PerTask({"state": ClassLoss(4)})({"state": z}, torch.ones(7))
    with pytest.raises(ValueError, match="no task state"):
        PerTask({"state": ClassLoss(4)})({"other": z}, {"state": torch.ones(7)})


@pytest.mark.parametrize(
    "make",
    [
        lambda: ClassLoss(1),
        lambda: ClassLoss(2, label_smoothing=1.0),
        lambda: ClassLoss(2, weights=[1.0]),
        lambda: ClassLoss(2, weights=[0.0, 0.0]),
        lambda: OrdinalLoss(1),
        lambda: RegressionLoss("absolute"),
        lambda: RegressionLoss(delta=0),
        lambda: RegressionLoss(mean=math.nan),
        lambda: RegressionLoss(scale=-1),
        lambda: PerTask({}),
    ],
)
def test_settings_that_are_refused(make):
    with pytest.raises(ValueError, match=r"\w+: "):
        make()
