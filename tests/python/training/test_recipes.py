"""The parts of a recipe: standardised segments, label smoothing, learning rate schedules."""

import math

import numpy as np
import pytest
import torch
from benchmarks.plain_torch import plain_copy
from support.toy import LENGTH, TASKS, network, same_tensors, segments

import dt4ecg
from dt4ecg.inference import Inference
from dt4ecg.training.recipes import RECIPES

cross_entropy = torch.nn.functional.cross_entropy


# Smoothed labels and the learning rate


def plain_losses(module, X, y, weight, epochs) -> list[list[float]]:
    """Return losses of a PyTorch loop: one step per epoch, smoothing 0.2, half a cosine."""
    optimizer = torch.optim.Adam(module.parameters(), 1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    x, labels = torch.from_numpy(X), torch.from_numpy(y)
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        of_tasks = []
        for i, logits in enumerate(module(x).values()):
            each = cross_entropy(
                logits, labels[:, i], ignore_index=-1, reduction="none", label_smoothing=0.2
            )
            known = weight * (labels[:, i] >= 0)
            of_tasks.append((each * known).sum() / known.sum())
        sum(of_tasks).backward()
        optimizer.step()
        schedule.step()
        losses.append([loss.item() for loss in of_tasks])
    return losses


@pytest.mark.parametrize("make", [network, lambda: plain_copy(network())])
def test_smoothing_and_schedule_equal_a_plain_loop(make):
    X, y = segments()
    y = y.copy()
    y[::5, 0], y[1::7, 1] = -1, -1
    weight = np.random.default_rng(1).random(len(X)).astype(np.float32)
    module = make()
    expected = plain_losses(plain_copy(network()), X, y, torch.from_numpy(weight), epochs=6)
    run = dt4ecg.Trainer(
        module,
        weighting="none",
        learning_rate=1e-2,
        epochs=6,
        batch_size=len(X),
        schedule="cosine",
        label_smoothing=0.2,
        n_threads=1,
    ).fit(X, y, sample_weight=weight)
    assert run.fused == isinstance(module, dt4ecg.nn.Network)
    np.testing.assert_allclose(run.history["train"]["loss"], expected, rtol=2e-3)


def test_the_learning_rate_falls_with_every_step():
    X, y = (np.repeat(part[:1], 12, axis=0) for part in segments())  # whatever their order
    ours, plain = network(), plain_copy(network())
    optimizer = torch.optim.Adam(plain.parameters(), 1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 3 * 2)
    losses = []
    for _ in range(3 * 2):
        optimizer.zero_grad()
        logits = plain(torch.from_numpy(X[:4])).values()
        of_tasks = [
            cross_entropy(z, torch.from_numpy(y[:4, i]), label_smoothing=0.3)
            for i, z in enumerate(logits)
        ]
        sum(of_tasks).backward()
        optimizer.step()
        schedule.step()
        losses.append([loss.item() for loss in of_tasks])
    run = dt4ecg.Trainer(
        ours,
        weighting="none",
        learning_rate=1e-2,
        epochs=3,
        batch_size=6,
        schedule="cosine",
        label_smoothing=0.3,
        n_threads=1,
    ).fit(X, y)
    expected = np.reshape(losses, (3, 2, 2)).mean(1)
    np.testing.assert_allclose(run.history["train"]["loss"], expected, rtol=1e-3)


def test_a_checkpoint_without_standardisation_is_refused_with_it(tmp_path):
    X, y = segments()
    dt4ecg.Trainer(network(), epochs=1, n_threads=1).fit(X, y, checkpoint=tmp_path / "plain")
    other = dt4ecg.Trainer(standardized(), epochs=2, n_threads=1)
    with pytest.raises(ValueError, match="standardize False -> True"):
        other.fit(X, y, resume=tmp_path / "plain")


def test_validation_losses_are_not_smoothed():
    X, y = segments()
    run = dt4ecg.Trainer(network(), label_smoothing=0.5, epochs=1, n_threads=1)
    run.fit(X, y, validation_data=(X, y))
    with torch.no_grad():
        logits = run.network.eval()(torch.from_numpy(X))
    expected = [
        cross_entropy(logits[task], torch.from_numpy(y[:, i])).item()
        for i, task in enumerate(TASKS)
    ]
    np.testing.assert_allclose(run.history["validation"]["loss"][0], expected, rtol=1e-4)


def test_a_cosine_continues_to_the_same_bits_but_not_to_more_epochs(tmp_path):
    X, y = segments()
    settings = {"schedule": "cosine", "epochs": 4, "n_threads": 1}
    whole = dt4ecg.Trainer(network(), **settings).fit(X, y)

    def stop_at_two(run):
        if len(run.history["epoch"]) == 2:
            run.stop()

    path = tmp_path / "half"
    dt4ecg.Trainer(network(), **settings).fit(X, y, callbacks=[stop_at_two], checkpoint=path)
    more = dt4ecg.Trainer(network(), **settings | {"epochs": 5})
    with pytest.raises(ValueError, match=r"epochs 4 -> 5.*constant schedule"):
        more.fit(X, y, resume=path)
    second = dt4ecg.Trainer(network(), **settings).fit(X, y, resume=path)
    assert same_tensors(whole.network.state_dict(), second.network.state_dict())


@pytest.mark.parametrize("value", [-0.1, 1, math.nan, "0.1", True, None])
def test_illegal_smoothing(value):
    with pytest.raises(ValueError, match="label_smoothing must be at least 0 and below 1"):
        dt4ecg.Trainer(network(), label_smoothing=value)


def test_illegal_schedule():
    with pytest.raises(ValueError, match="schedule must be one of constant, cosine"):
        dt4ecg.Trainer(network(), schedule="linear")


# Standardised segments


def standardized(**changes) -> dt4ecg.nn.Network:
    return network(**{"standardize": True} | changes)


def test_standardize_equals_instance_norm():
    x = torch.randn(3, 2, LENGTH, dtype=torch.float64)
    net = standardized(in_channels=2).double()
    torch.testing.assert_close(net.standardize(x), torch.nn.functional.instance_norm(x, eps=0))


@pytest.mark.parametrize(("gain", "offset"), [(1e-4, 0.0), (1e-3, 2.0), (500.0, 2100.0)])
def test_gain_and_offset_do_not_matter(gain, offset):
    x = torch.from_numpy(segments(5)[0])
    net = standardized().eval()
    with torch.no_grad():
        expected, found = net(x), net(gain * x + offset)
        fast = Inference(net)(gain * x + offset)
    for task in TASKS:
        torch.testing.assert_close(found[task], expected[task], rtol=1e-2, atol=1e-3)
        torch.testing.assert_close(fast[task], found[task], rtol=1e-4, atol=1e-4)


def test_a_flat_lead_becomes_zero():
    flat = torch.full((2, 1, LENGTH), 3.1)
    assert standardized().standardize(flat).abs().max() == 0


@pytest.mark.filterwarnings("ignore")  # the exporter's own
def test_a_flat_lead_stays_zero_in_an_export(tmp_path):
    runtime = pytest.importorskip("onnxruntime", reason='pip install ".[benchmarks]"')
    net = standardized(in_channels=2).eval()
    x = torch.randn(3, 2, LENGTH)
    x[:, 1] = 5
    torch.onnx.export(net, (x,), str(tmp_path / "net.onnx"), dynamo=True, verbose=False)
    session = runtime.InferenceSession(str(tmp_path / "net.onnx"))
    found = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    for logits, expected in zip(found, net(x).values(), strict=True):
        np.testing.assert_allclose(logits, expected.detach().numpy(), rtol=1e-4, atol=1e-5)


def test_gradients_reach_the_segments():
    net = standardized(segment_length=16).double().eval()
    x = torch.randn(2, 1, 16, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: tuple(net(x).values()), x, fast_mode=True)


def test_standardisation_has_no_tensors_and_is_in_the_spec():
    net = standardized()
    assert same_tensors(net.state_dict(), network().state_dict())
    assert dt4ecg.nn.Network(**net.spec).standardize is not None
    with pytest.raises(ValueError, match="standardize must be True or False"):
        network(standardize="yes")


# The table


def test_the_default_recipe_is_that_of_the_paper():
    assert dt4ecg.DT4ECGClassifier().recipe == "paper"
    paper = RECIPES["paper"]
    assert (paper.standardize, paper.schedule, paper.label_smoothing) == (False, "constant", 0)


def test_strong_is_learned_and_saved(tmp_path):
    X, y = segments()
    classifier = dt4ecg.DT4ECGClassifier(recipe="strong", epochs=12, n_threads=1).fit(X, y)
    fresh, truth = segments(seed=1)
    right = (classifier.predict(fresh) == truth).mean(0)
    # The second task of the toy problem is an offset, which standardised segments lack.
    assert right[0] > 0.9
    assert right[1] < 0.8
    classifier.save(tmp_path / "model")
    loaded = dt4ecg.load(tmp_path / "model")
    assert loaded.network_.spec["standardize"]
    assert loaded.recipe == "strong"
    np.testing.assert_array_equal(loaded.predict(3 * X), classifier.predict(X))


def test_unknown_recipe():
    X, y = segments()
    with pytest.raises(
        ValueError, match="must be one of paper, strong, robust, guided, got 'weak'"
    ):
        dt4ecg.DT4ECGClassifier(recipe="weak").fit(X, y)


def test_the_settings_of_the_recipes():
    settings = {
        name: (recipe.standardize, recipe.schedule, recipe.label_smoothing)
        for name, recipe in RECIPES.items()
    }
    assert settings == {
        "paper": (False, "constant", 0.0),
        "strong": (True, "cosine", 0.1),
        "robust": (True, "cosine", 0.1),
        "guided": (True, "cosine", 0.1),
    }
