"""The guidance loss against hand-computed numbers, and a training with it."""

import numpy as np
import pytest
import torch

from dt4ecg import Trainer, nn
from dt4ecg.training.guidance import GuidanceLoss, GuidanceTargets, cross_correlation
from dt4ecg.training.objectives import CrossEntropy

RANDOM = np.random.default_rng(0)
MAPS = torch.tensor(RANDOM.standard_normal((4, 3 * 10)).astype(np.float32))
WINDOWS = torch.tensor(RANDOM.random((4, 10)).astype(np.float32))
LABELS = torch.tensor([[0], [2], [1], [2]])


def test_the_correlation_is_that_of_numpy():
    x, y = RANDOM.standard_normal((2, 5, 9))
    found = cross_correlation(torch.from_numpy(x), torch.from_numpy(y)).numpy()
    expected = [np.corrcoef(a, b)[0, 1] for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_constant_rows_have_no_correlation_and_a_finite_gradient():
    x = torch.zeros(2, 6, requires_grad=True)
    found = cross_correlation(x, WINDOWS[:2, :6])
    found.sum().backward()
    assert not found.any()
    assert x.grad.isfinite().all()
    with pytest.raises(ValueError, match="one shape"):
        cross_correlation(x, WINDOWS)


def loss(**more):
    return GuidanceLoss({"a": 3}, **more)


def test_the_loss_is_the_sum_of_its_parts():
    targets = {"labels": LABELS, "windows": WINDOWS}
    maps = MAPS.numpy().reshape(4, 3, 10)
    entropy = torch.nn.functional.cross_entropy(
        MAPS.reshape(4, 3, 10).mean(2), LABELS[:, 0], label_smoothing=0.1
    ).item()
    apart = np.mean(
        [
            1 - np.corrcoef(np.maximum(maps[i, LABELS[i, 0]], 0), WINDOWS[i].numpy())[0, 1]
            for i in range(4)
        ]
    )
    found = loss(weight=0.7, label_smoothing=0.1)({"a": MAPS}, targets)["a"].item()
    assert found == pytest.approx(entropy + 0.7 * apart, rel=1e-5)


def test_segments_without_label_or_beats_are_left_out():
    labels, windows = LABELS.clone(), WINDOWS.clone()
    labels[0], windows[1] = -1, 0
    found = loss()({"a": MAPS}, {"labels": labels, "windows": windows})["a"]
    entropy = CrossEntropy()({"a": MAPS.reshape(4, 3, 10).mean(2)}, labels)["a"]
    part = loss()({"a": MAPS[2:]}, {"labels": LABELS[2:], "windows": WINDOWS[2:]})["a"]
    rest = part - CrossEntropy()({"a": MAPS[2:].reshape(2, 3, 10).mean(2)}, LABELS[2:])["a"]
    torch.testing.assert_close(found, entropy + rest)
    unknown = {"labels": torch.full_like(LABELS, -1), "windows": WINDOWS}
    assert loss()({"a": MAPS}, unknown) == {}
    none = loss()({"a": MAPS}, {"labels": LABELS, "windows": 0 * WINDOWS})["a"]
    torch.testing.assert_close(
        none, CrossEntropy()({"a": MAPS.reshape(4, 3, 10).mean(2)}, LABELS)["a"]
    )


def test_the_rhythm_is_shared_among_the_tasks():
    both = GuidanceLoss({"a": 3, "b": 3}, weight=0, rhythm_weight=0.5)
    predicted = torch.zeros(4, 17)
    rhythm = torch.full((4, 17), float("nan"))
    rhythm[0, :2] = torch.tensor([0.5, 3.0])  # Huber losses 0.125 and 2.5
    targets = {"labels": LABELS.expand(4, 2), "windows": WINDOWS, "rhythm": rhythm}
    outputs = {"a": MAPS, "b": MAPS, "rhythm features": predicted}
    found = both(outputs, targets)
    entropy = CrossEntropy()({"a": MAPS.reshape(4, 3, 10).mean(2)}, LABELS)["a"]
    for task in ("a", "b"):
        torch.testing.assert_close(found[task], entropy + 0.5 * (0.125 + 2.5) / 2 / 2)


def test_a_training_moves_the_maps_into_the_windows():
    """One class has a bump on the left, the other one on the right of a common bump."""
    n, length = 60, 48
    random = np.random.default_rng(1)
    y = np.arange(n)[:, None] % 2
    x = 0.1 * random.standard_normal((n, 1, length)).astype(np.float32)
    x[:, 0, 22:26] += 1
    rows = np.arange(n)
    for shift in range(3):
        x[rows, 0, np.where(y[:, 0], 36, 8) + shift] += 1
    found = {}
    for weight in (0.0, 3.0):
        network = nn.Network("cnn", "none", {"a": 2}, 1, length, seed=0)
        maps = nn.MapNetwork(network)
        windows = np.zeros((n, maps.length), np.float32)
        windows[:, maps.length // 2 - 1 : maps.length // 2 + 1] = 1  # the common bump
        targets = GuidanceTargets(windows, np.full((n, 17), np.nan, np.float32))
        trainer = Trainer(maps, objective=loss_of(weight), epochs=8, n_threads=1, batch_size=10)
        trainer.fit(x, targets.with_labels(y), (x, targets.with_labels(y)))
        assert trainer._run.fused
        assert np.isfinite(trainer.history["validation"]["loss"]).all()
        out = maps.eval()(torch.from_numpy(x))["a"].detach().reshape(n, 2, -1)
        chosen = out[rows, y[:, 0]].relu()
        found[weight] = cross_correlation(chosen, torch.from_numpy(windows)).mean().item()
        assert (out.mean(2).argmax(1).numpy() == y[:, 0]).mean() > 0.9
    assert found[3.0] > found[0.0] + 0.2


def loss_of(weight):
    return GuidanceLoss({"a": 2}, weight)


def test_illegal_arguments():
    with pytest.raises(ValueError, match="weight must be a finite number"):
        loss(weight=-1)
    with pytest.raises(ValueError, match="rhythm_weight must be a finite number"):
        loss(rhythm_weight=float("nan"))
    with pytest.raises(ValueError, match="label_smoothing"):
        loss(label_smoothing=1)
    with pytest.raises(TypeError, match="targets must be a dictionary"):
        loss()({"a": MAPS}, LABELS)
