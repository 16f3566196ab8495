"""Training objectives written in Python, compared with plain PyTorch."""

import os
import signal
import warnings

import numpy as np
import pytest
import torch
from benchmarks.plain_torch import our_name, plain_copy
from support.objectives import (
    SupervisedContrastive,
    WithCentres,
    confusion,
    distillation,
    regression,
)
from support.toy import (
    TASKS,
    PlainModule,
    assert_same_bits,
    network,
    same_tensors,
    segments,
    trained,
    trainer,
)

import dt4ecg
from dt4ecg.storage import container
from dt4ecg.training.objectives import CrossEntropy


def teacher_logits():
    random = np.random.default_rng(5)
    return {task: random.standard_normal((48, n)) for task, n in TASKS.items()}


RATE = {"rate": 1}
CASES = {
    "contrastive": (SupervisedContrastive(), TASKS, segments()[1]),
    "distillation": (distillation, TASKS, teacher_logits()),
    "regression": (regression, RATE, np.random.default_rng(6).standard_normal(48)),
    "confusion": (confusion, TASKS, segments()[1]),
    "centres": (WithCentres(), TASKS, segments()[1]),
}


def tensors_of(y):
    """Targets as the objective receives them, for a batch of all segments in their order."""
    if isinstance(y, dict):
        return {name: torch.tensor(values, dtype=torch.float32) for name, values in y.items()}
    return torch.tensor(y, dtype=torch.float32 if y.dtype.kind == "f" else torch.int64)


def plain_outputs(plain, X):
    features = plain.attention(plain.residual(plain.stem(torch.from_numpy(X)))).mean(2)
    return {"features": features} | {task: head(features) for task, head in plain.heads.items()}


def first_gradients(path):
    """Gradients of the only step of a training: the first moment of Adam is a tenth of them."""
    tensors, _ = container.read(path)
    prefix = "training.adam.mean."
    return {k.removeprefix(prefix): v * 10 for k, v in tensors.items() if k.startswith(prefix)}


def in_order(n=48):
    """Segments whose order does not matter: the only batch holds all of them."""
    X, _ = segments(n, seed=1)
    return X


@pytest.mark.parametrize("weighting", ["none", "chen2018"])
@pytest.mark.parametrize("called", [False, True], ids=["walk", "autograd"])
@pytest.mark.parametrize("name", CASES)
def test_gradients_equal_those_of_plain_pytorch(name, called, weighting, tmp_path):
    objective, tasks, y = CASES[name]
    ours = network(tasks=tasks)
    plain = plain_copy(ours)
    if called:  # a hook makes the trainer call the module
        ours.attention.register_forward_hook(lambda *_: None)
    run = trainer(ours, objective=objective, weighting=weighting, epochs=1, batch_size=48)
    run.fit(in_order(), y, checkpoint=tmp_path / "step.pt")
    assert run.fused is not called

    losses = objective(plain_outputs(plain, in_order()), tensors_of(y))
    np.testing.assert_allclose(
        run.history["train"]["loss"][0], [loss.item() for loss in losses.values()], rtol=1e-4
    )
    # In the first step all weights are 1.
    sum(losses.values()).backward()
    found = first_gradients(tmp_path / "step.pt")
    # Batch normalisation makes some gradients vanish, so the tolerance is that of all of them.
    largest = max(p.grad.abs().max().item() for p in plain.parameters() if p.grad is not None)
    for plain_name, parameter in plain.named_parameters():
        gradient = found[our_name(plain_name)].reshape(parameter.shape)
        expected = torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
        torch.testing.assert_close(
            gradient, expected, rtol=1e-3, atol=1e-5 * largest, msg=f"gradient of {plain_name}"
        )


@pytest.mark.parametrize("name", CASES)
def test_several_steps_equal_plain_pytorch(name):
    objective, tasks, y = CASES[name]
    ours = network(tasks=tasks)
    plain = plain_copy(ours)
    settings = {"weighting": "none", "epochs": 4, "batch_size": 48, "learning_rate": 1e-4}
    run = trainer(ours, objective=objective, **settings).fit(in_order(), y)
    optimizer = torch.optim.Adam(plain.parameters(), 1e-4)
    expected = []
    for _ in range(4):
        optimizer.zero_grad()
        losses = objective(plain_outputs(plain, in_order()), tensors_of(y))
        sum(losses.values()).backward()
        optimizer.step()
        expected.append([loss.item() for loss in losses.values()])
    np.testing.assert_allclose(run.history["train"]["loss"], expected, rtol=2e-4)
    assert run.history["tasks"] == tuple(losses)
    assert np.isnan(run.history["train"]["accuracy"]).all()


def test_the_gradient_norms_cover_the_trunk_that_both_losses_reach():
    objective, _, y = CASES["centres"]
    ours = network()
    plain = plain_copy(ours)
    run = trainer(ours, objective=objective, epochs=1, batch_size=48).fit(in_order(), y)
    losses = objective(plain_outputs(plain, in_order()), tensors_of(y))
    # Both losses depend on the identity head, so it belongs to the scope as well.
    scope = [*plain.shared(), *plain.heads["identity"].parameters()]
    expected = [
        torch.cat([g.flatten() for g in torch.autograd.grad(loss, scope, retain_graph=True)]).norm()
        for loss in losses.values()
    ]
    np.testing.assert_allclose(
        run.history["gradient_norm"][0], [norm.item() for norm in expected], rtol=1e-3
    )


def test_a_head_without_a_loss_stays():
    ours = network()
    before = {k: v.clone() for k, v in ours.heads.state_dict().items()}
    trainer(ours, objective=SupervisedContrastive(), weighting="none").fit(*segments())
    assert same_tensors(before, ours.heads.state_dict())


@pytest.mark.parametrize("weighting", dt4ecg.weighting.names())
def test_every_weighting_trains_an_objective(weighting):
    run = trained(objective=WithCentres(), weighting=weighting, epochs=2)
    assert np.isfinite(run.history["train"]["loss"]).all()
    assert run.history["weight"].shape == (2, 2)


@pytest.mark.parametrize("name", CASES)
def test_an_objective_is_learned(name):
    objective, tasks, y = CASES[name]
    X, _ = segments()
    settings = {"weighting": "none", "epochs": 8, "learning_rate": 3e-3}
    loss = trainer(network(tasks=tasks), objective=objective, **settings).fit(X, y).history["train"]
    assert loss["loss"][-1].sum() < 0.9 * loss["loss"][0].sum()


# Cross-entropy


def test_cross_entropy_by_name_and_by_object_give_the_same_bits():
    assert_same_bits(
        trained(label_smoothing=0.1), trained(objective=CrossEntropy(label_smoothing=0.1))
    )


@pytest.mark.parametrize("make", [network, lambda: PlainModule(dropout=0.0)])
def test_cross_entropy_called_by_an_objective_equals_the_built_in(make):
    X, y = segments()
    y[::5, 0] = -1

    def composed(outputs, targets):
        return CrossEntropy(0.2)(outputs, targets)

    one = trained(make(), (X, y), weighting="none", label_smoothing=0.2, batch_size=48, epochs=2)
    other = trained(make(), (X, y), weighting="none", objective=composed, batch_size=48, epochs=2)
    np.testing.assert_allclose(
        other.history["train"]["loss"], one.history["train"]["loss"], rtol=1e-4
    )


def test_a_task_without_targets_in_a_batch_keeps_its_head_and_weight():
    y = segments()[1]
    y[:, 1] = -1
    run = trained(data=(segments()[0], y), objective=lambda o, t: CrossEntropy()(o, t))
    assert np.isnan(run.history["train"]["loss"][:, 1]).all()
    assert run.task_weights[1] == 1
    assert same_tensors(
        network().heads.activity.state_dict(), run.network.heads.activity.state_dict()
    )


# Modules that Python calls


class WithFeatures(PlainModule):
    def forward(self, x):
        features = self.trunk(x).amax(2)
        return {"features": features} | {t: head(features) for t, head in self.heads.items()}


@pytest.mark.parametrize("make", [network, PlainModule])
def test_two_tasks_may_have_the_same_tensor_as_their_loss(make):
    def one_loss(outputs, targets):
        total = sum(CrossEntropy()(outputs, targets).values())
        return dict.fromkeys(TASKS, total)

    run = trained(make(), objective=one_loss, weighting="chen2018")
    norms = run.history["gradient_norm"]
    np.testing.assert_allclose(norms[:, 0], norms[:, 1], rtol=1e-6)
    assert (norms > 0).all()


def test_a_module_provides_features():
    run = trained(WithFeatures(), objective=WithCentres(), epochs=1)
    assert np.isfinite(run.history["train"]["loss"]).all()


def test_a_module_without_features_is_not_given_any():
    with pytest.raises(KeyError, match="features"):
        trained(PlainModule(), objective=SupervisedContrastive())


@pytest.mark.filterwarnings("ignore:fit. this processor has no bfloat16 units")
def test_outputs_have_full_precision_in_a_training_with_less():
    found = set()

    def seen(outputs, targets):
        found.update(output.dtype for output in outputs.values())
        return WithCentres()(outputs, targets)

    seen.tasks = WithCentres.tasks
    trained(objective=seen, precision="bf16", epochs=1, fit={"validation_data": segments()})
    assert found == {torch.float32}


# Interrupted


class Noisy:
    """Draws random numbers, and presses Ctrl-C in a chosen call."""

    tasks = ("identity", "noise")

    def __init__(self, interrupt_at=None):
        self.calls, self.interrupt_at = 0, interrupt_at

    def __call__(self, outputs, targets):
        noise = torch.randn_like(outputs["features"])
        self.calls += 1
        if self.calls == self.interrupt_at:
            os.kill(os.getpid(), signal.SIGINT)
        identity = torch.nn.functional.cross_entropy(outputs["identity"], targets[:, 0])
        return {"identity": identity, "noise": (outputs["features"] * noise).mean().square()}


@pytest.mark.parametrize("make", [network, WithFeatures])
@pytest.mark.parametrize("weighting", ["none", "chen2018", "famo"])
def test_interrupted_and_resumed_gives_the_same_bits(make, weighting, tmp_path):
    path = tmp_path / "checkpoint.pt"
    whole = trained(make(), objective=Noisy(), weighting=weighting)
    with pytest.raises(KeyboardInterrupt):
        trained(
            make(),
            objective=Noisy(interrupt_at=6),
            weighting=weighting,
            fit={"checkpoint": path},
        )
    resumed = trained(make(), objective=Noisy(), weighting=weighting, fit={"resume": path})
    assert_same_bits(whole, resumed)


def test_resume_refuses_another_objective(tmp_path):
    path = tmp_path / "checkpoint.pt"
    trained(objective=confusion, fit={"checkpoint": path})
    with pytest.raises(ValueError, match="objective 'confusion' -> 'cross_entropy'"):
        trained(fit={"resume": path})


def test_the_callers_generator_is_left_alone():
    before = torch.get_rng_state()
    trained(objective=Noisy())
    assert torch.equal(before, torch.get_rng_state())


# Validation


def test_validation_has_losses_without_accuracies():
    X, y = segments()
    run = trained(objective=confusion, fit={"validation_data": (X, y)}, epochs=2)
    validation = run.history["validation"]
    ours = run.network.eval()
    with torch.no_grad():
        losses = confusion(ours(torch.from_numpy(X)), torch.from_numpy(y))
    np.testing.assert_allclose(
        validation["loss"][-1], [loss.item() for loss in losses.values()], rtol=1e-4
    )
    assert np.isnan(validation["accuracy"]).all()


def test_validation_needs_the_same_targets():
    X, _ = segments()
    other = {"identity": teacher_logits()["identity"]}
    with pytest.raises(ValueError, match="entries of y"):
        trainer(network(), objective=distillation).fit(
            X, teacher_logits(), validation_data=(X, other)
        )


# Refused


def test_a_loss_that_is_not_finite_is_skipped():
    calls = []

    def sometimes(outputs, targets):
        calls.append(len(targets))
        loss = outputs["identity"].square().mean()
        return {"identity": loss * (float("nan") if len(calls) == 2 else 1)}

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = trained(objective=sometimes, weighting="none", epochs=1)
    assert run.history["skipped_steps"].tolist() == [1]
    assert all(torch.isfinite(p).all() for p in run.network.parameters())


def square(outputs):
    return outputs["identity"].square()


@pytest.mark.parametrize("make", [network, PlainModule])
@pytest.mark.parametrize(
    ("objective", "error", "message"),
    [
        (lambda o, t: square(o).mean(), TypeError, "must return a dictionary"),
        (lambda o, t: {"who": square(o).mean()}, ValueError, "'who', legal are identity, activity"),
        (lambda o, t: {"identity": square(o)}, ValueError, "floating-point scalar"),
        (lambda o, t: {"identity": square(o).mean().item()}, TypeError, "scalar torch.Tensor"),
        (lambda o, t: {"identity": square(o).mean().detach()}, ValueError, "differentiable"),
        (lambda o, t: {"identity": t.sum()}, ValueError, "floating-point scalar"),
        (lambda o, t: o["nothing"], KeyError, "nothing"),
    ],
)
def test_illegal_losses(make, objective, error, message):
    module = make()
    before = {k: v.clone() for k, v in module.state_dict().items()}
    with pytest.raises(error, match=message):
        trained(module, objective=objective, weighting="none")
    assert same_tensors(before, module.state_dict())


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"objective": "hinge"}, ValueError, "must be one of cross_entropy"),
        ({"objective": 3}, TypeError, "must be a name"),
        ({"objective": CrossEntropy}, TypeError, "must be a name"),
        ({"objective": confusion, "label_smoothing": 0.1}, ValueError, "label_smoothing"),
    ],
)
def test_illegal_objectives(settings, error, message):
    with pytest.raises(error, match=message):
        dt4ecg.Trainer(network(), **settings)


@pytest.mark.parametrize("tasks", ["identity", (), ("a", "a"), (1,), 5])
def test_illegal_task_names(tasks):
    objective = Noisy()
    objective.tasks = tasks
    with pytest.raises(ValueError, match="the names of the losses"):
        trained(objective=objective)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (np.zeros(47), ValueError, "one row per segment"),
        (np.float32(3), ValueError, "one row per segment"),
        (np.array(["a"] * 48), TypeError, "real numbers"),
        ({}, ValueError, "at least one array"),
        ({1: np.zeros(48)}, ValueError, "at least one array"),
        ({"a": np.zeros(48), "b": np.zeros(2)}, ValueError, r"y\['b'\]"),
        (torch.eye(48).to_sparse(), TypeError, r"y must be a dense tensor.*to_dense\(\)"),
    ],
)
def test_illegal_targets(y, error, message):
    with pytest.raises(error, match=message):
        trainer(network(), objective=confusion).fit(segments()[0], y)


def test_sample_weights_belong_to_cross_entropy():
    with pytest.raises(ValueError, match="as a part of y"):
        trained(objective=confusion, fit={"sample_weight": np.ones(48)})


def test_a_task_may_not_have_the_name_of_the_features():
    ours = network(tasks={"features": 3, "activity": 2})
    with pytest.raises(ValueError, match="rename the task"):
        trained(ours, objective=confusion)


def test_no_targets_at_all():
    seen = []

    def compact(outputs, targets):
        seen.append(targets)
        return {"identity": outputs["features"].square().mean()}

    trainer(network(), objective=compact, weighting="none", epochs=1).fit(segments()[0], None)
    assert set(seen) == {None}
