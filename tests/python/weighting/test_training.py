"""Every weighting of the table in training, resumed, and with the estimator."""

import pickle
import re

import numpy as np
import pytest
import torch
from sklearn.base import clone
from support.toy import (
    TASKS,
    Interrupting,
    PlainModule,
    assert_same_bits,
    network,
    segments,
    trained,
)

import dt4ecg
from dt4ecg import weighting as weightings
from dt4ecg.cli import main
from dt4ecg.storage import container

NAMES = weightings.names()


def missing_labels():
    """Segments of which one task, in some batches, has no label."""
    X, y = segments(40)
    y = y.copy()
    y[::2, 0] = -1
    y[5:, 1] = -1
    return X, y


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", [network, PlainModule])
def test_an_epoch_lowers_the_loss(name, make):
    X, y = segments(480)
    run = trained(make(), weighting=name, epochs=2, data=(X, y))
    loss = run.history["train"]["loss"].sum(1)
    assert np.isfinite(run.history["weight"]).all()
    if name != "paper":  # its weights reach 0
        assert loss[1] < loss[0]
    needs_gram = weightings.get(name).build().needs_gram
    assert np.isfinite(run.history["gradient_norm"]).all() == needs_gram


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("make", [network, PlainModule])
def test_resumed_is_uninterrupted(name, make, tmp_path):
    path = tmp_path / "run.safetensors"
    settings = {"weighting": name, "data": missing_labels()}
    trained(make(), epochs=3, fit={"checkpoint": path}, **settings)
    continued = trained(make(seed=9), epochs=5, fit={"resume": path}, **settings)
    assert_same_bits(continued, trained(make(), epochs=5, **settings))


@pytest.mark.parametrize("call", [3, 4, 6])  # FAMO makes 2 calls a step; the second looks back
def test_famo_interrupted_while_looking_back(call, tmp_path):
    path = tmp_path / "run.safetensors"
    with pytest.raises(KeyboardInterrupt):
        trained(Interrupting(call), weighting="famo", fit={"checkpoint": path})
    waiting = "training.weighting.memory.losses_before" in container.read(path)[0]
    assert waiting == (call % 2 == 0)
    continued = trained(PlainModule(seed=9), weighting="famo", fit={"resume": path})
    assert_same_bits(continued, trained(PlainModule(), weighting="famo"))


def test_famo_looks_back_without_a_trace():
    """The second forward pass does not count in batch norm."""
    runs = [
        trained(PlainModule(dropout=0), weighting=weighting, epochs=2)
        for weighting in (weightings.FAMO(weight_rate=0), "none")
    ]
    counts = [run.network.trunk[1].num_batches_tracked.item() for run in runs]
    assert counts == [6, 6]


def heads_gradients(module, X, y) -> dict[str, torch.Tensor]:
    """Gradients of each head's parameters, by the mean loss of its own task over all segments."""
    parameters = {name: p for name, p in module.named_parameters() if "heads" in name}
    logits = module.train()(torch.from_numpy(X))
    losses = [
        torch.nn.functional.cross_entropy(logits[task], torch.from_numpy(y[:, i]))
        for i, task in enumerate(TASKS)
    ]
    found = torch.autograd.grad(sum(losses), list(parameters.values()))
    return dict(zip(parameters, found, strict=True))


@pytest.mark.parametrize("make", [network, lambda: PlainModule(dropout=0)], ids=["own", "plain"])
@pytest.mark.parametrize("name", ["pcgrad", "mgda", "cagrad", "imtl_g", "nash_mtl", "aligned_mtl"])
def test_heads_follow_their_own_task(name, make, tmp_path):
    """Adam's mean after one step is a tenth of the gradient. The step itself hides a factor."""
    X, y = segments(16, seed=4)
    y[:, 1] = y[:, 0] == 0  # conflicting tasks: no method keeps equal weights
    run = trained(
        make(), weighting=name, epochs=1, data=(X, y), fit={"checkpoint": tmp_path / "run"}
    )
    assert abs(run.history["weight"] - 1).max() > 0.02
    state = container.read(tmp_path / "run")[0]
    expected = heads_gradients(make(), X, y)
    assert len(expected) == 2 * len(TASKS)
    for key, gradient in expected.items():
        mean = state[f"training.adam.mean.{key}"]
        torch.testing.assert_close(mean, 0.1 * gradient, rtol=1e-3, atol=1e-6, msg=key)


class Delegating:
    weighs_own_parameters = False

    def __call__(self, losses, gram, state):
        return weightings.CAGrad()(losses, gram, state)


@pytest.mark.parametrize("make", [network, PlainModule])
def test_a_python_weighting_may_leave_heads_to_their_task(make):
    assert_same_bits(trained(make(), weighting=Delegating()), trained(make(), weighting="cagrad"))


@pytest.mark.parametrize("name", NAMES)
def test_the_walk_equals_autograd(name):
    settings = {"weighting": name, "epochs": 2, "data": missing_labels()}
    walked = trained(network(), **settings)
    hooked = network()
    hooked.attention.register_forward_hook(
        lambda *_: None
    )  # a hook makes the trainer call the module
    called = trained(hooked, **settings)
    assert walked.fused
    assert not called.fused
    np.testing.assert_allclose(
        walked.history["train"]["loss"], called.history["train"]["loss"], rtol=5e-3
    )
    np.testing.assert_allclose(
        walked.history["weight"], called.history["weight"], rtol=0.05, atol=1e-3
    )


@pytest.mark.parametrize("name", NAMES)
def test_objects_are_values_that_the_estimator_takes(name):
    rule = weightings.get(name)
    assert repr(rule).startswith(type(rule).__name__ + "(")
    assert eval(repr(rule), vars(weightings)) == rule
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert weightings.describe(rule)["name"] == name
    assert f"``{name}``" in type(rule).__doc__
    classifier = clone(dt4ecg.DT4ECGClassifier(weighting=rule, epochs=1, n_threads=1))
    assert classifier.weighting == rule
    assert np.isfinite(classifier.fit(*segments()).task_weights_).all()


def test_the_command_line_takes_every_name(capsys):
    main(["train", "--help"])
    help_text = re.sub(r"\s", "", capsys.readouterr().out)
    names = [*NAMES, *weightings.ALIASES]
    assert f"--weighting{{{','.join(names)}}}" in help_text


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: weightings.CAGrad(c=1), r"cagrad: c must be at least 0 and below 1.*got 1"),
        (lambda: weightings.CAGrad(c=float("nan")), "cagrad: c must"),
        (
            lambda: weightings.DWA(temperature=0),
            "dwa: temperature must be finite and above 0.*got 0",
        ),
        (lambda: weightings.Uncertainty(weight_rate=-1), "uncertainty: weight_rate must.*got -1"),
        (lambda: weightings.FAMO(weight_rate=float("inf")), "famo: weight_rate must.*got inf"),
        (lambda: weightings.FAMO(decay=-0.1), r"famo: decay must.*got -0.1"),
        (lambda: weightings.RLW(seed=-1), r"rlw: seed must be an int from 0 to .*got -1"),
        (lambda: weightings.PCGrad(seed=0.5), "pcgrad: seed must be an int"),
        (lambda: weightings.FAMO().build().look_back([1.0], weightings.State([2, 2])), "per task"),
    ],
)
def test_illegal_parameters(make, message):
    with pytest.raises(ValueError, match=message):
        make()
