"""A continued training has the bits of an uninterrupted one, or is refused."""

import os
import signal
import threading
from copy import deepcopy

import numpy as np
import pytest
import torch
from support.toy import (
    Interrupting,
    PlainModule,
    assert_same_bits,
    epochs_in,
    network,
    same_tensors,
    segments,
    trained,
    trainer,
)

import dt4ecg
from dt4ecg.storage import container


@pytest.mark.parametrize("make", [network, PlainModule])
@pytest.mark.parametrize("weighting", ["chen2018", "paper"])
def test_a_checkpoint_of_an_epoch_continues(make, weighting, tmp_path):
    path = tmp_path / "run.dt4ecg"
    trained(make(), weighting=weighting, epochs=2, fit={"checkpoint": path})
    continued = trained(make(seed=9), weighting=weighting, epochs=4, fit={"resume": path})
    assert_same_bits(continued, trained(make(), weighting=weighting, epochs=4))


def test_a_state_saved_after_fit_continues(tmp_path):
    path = tmp_path / "run.dt4ecg"
    run = trained(PlainModule(), epochs=2)
    torch.rand(3)  # the caller's generator moves on
    run.save(path)
    continued = trained(PlainModule(), epochs=4, fit={"resume": path})
    assert_same_bits(continued, trained(PlainModule(), epochs=4))


def test_ctrl_c_between_steps_leaves_a_checkpoint(tmp_path):
    path = tmp_path / "run.dt4ecg"

    def press_ctrl_c(run):
        # Python drops an exception that is raised in a finalizer or in a callback of its garbage
        # collector. If the first Ctrl-C is lost in this way, another one follows.
        if len(run.history["epoch"]) % 200 == 2:
            threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT)).start()

    interrupted = trainer(network(), epochs=100_000)
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(*segments(), callbacks=[press_ctrl_c], checkpoint=path)
    epochs = len(interrupted.history["epoch"]) + 2
    continued = trained(network(seed=9), epochs=epochs, fit={"resume": path})
    assert_same_bits(continued, trained(network(), epochs=epochs))


def test_ctrl_c_within_a_step_leaves_the_step_before(tmp_path):
    path = tmp_path / "run.dt4ecg"
    with pytest.raises(KeyboardInterrupt):
        trained(Interrupting(5), fit={"checkpoint": path})
    assert_same_bits(trained(PlainModule(seed=9), fit={"resume": path}), trained(PlainModule()))


class CountingWeighting:
    """The weighting chen2018 in Python. It counts its calls in the state and raises at one."""

    def __init__(self, raise_at: int = -1):
        self.chen2018, self.raise_at = dt4ecg.weighting.Chen2018(), raise_at

    def __call__(self, losses, gram, state):
        calls = state["calls"] + 1 if "calls" in state else np.ones(1)
        state["calls"] = calls
        if calls[0] == self.raise_at:
            raise LookupError("a weighting's own mistake")
        own = dt4ecg.weighting.State(state.classes)
        own.weights = state.weights
        self.chen2018(losses, gram, own)
        return own.weights


@pytest.mark.parametrize("step", [1, 3, 4])
def test_a_weighting_that_raises_leaves_the_step_before(step, tmp_path):
    path = tmp_path / "run.dt4ecg"
    with pytest.raises(LookupError, match="own mistake"):
        trained(weighting=CountingWeighting(raise_at=step), fit={"checkpoint": path})
    continued = trained(network(9), weighting=CountingWeighting(), fit={"resume": path})
    assert_same_bits(continued, trained(weighting=CountingWeighting()))


def test_a_callback_that_raises_leaves_the_finished_epoch(tmp_path):
    path = tmp_path / "run.dt4ecg"

    def fail(run):
        raise LookupError("a callback's own mistake")

    with pytest.raises(LookupError, match="own mistake"):
        trained(fit={"callbacks": [fail], "checkpoint": path})
    assert_same_bits(trained(network(9), fit={"resume": path}), trained())


def test_a_failed_save_does_not_hide_the_error_of_a_callback(tmp_path):
    def fail(run):
        run.header = {"x": object()}
        raise LookupError("a callback's own mistake")

    with (
        pytest.warns(RuntimeWarning, match="could not be saved: .*not JSON serializable"),
        pytest.raises(LookupError, match="own mistake"),
    ):
        trained(fit={"callbacks": [fail], "checkpoint": tmp_path / "run.dt4ecg"})


@pytest.mark.parametrize("before", [True, False])
def test_a_run_continues_with_or_without_validation(tmp_path, before):
    path = tmp_path / "run.dt4ecg"
    held = {"validation_data": segments(30, seed=1)}
    trained(epochs=1, fit={"checkpoint": path} | (held if before else {}))
    run = trained(epochs=3, fit={"checkpoint": path, "resume": path} | ({} if before else held))
    accuracy = run.history["validation"]["accuracy"]
    assert np.isfinite(accuracy).all(axis=1).tolist() == [before] + 2 * [not before]


class StopsWhenVanished(PlainModule):
    def forward(self, x):
        if not self.run.task_weights.any():
            self.run.stop()
        return super().forward(x)


def test_a_warning_of_an_interrupted_epoch_appears_once_after_resume(tmp_path):
    path = tmp_path / "run.dt4ecg"
    data, settings = segments(480), {"weighting": "paper", "batch_size": 2, "epochs": 2}
    module = StopsWhenVanished()
    module.run = trainer(module, **settings)
    module.run.fit(*data, checkpoint=path)
    assert epochs_in(path) == 0
    with pytest.warns(RuntimeWarning, match="exactly 0 after step") as warned:
        trained(PlainModule(9), data=data, fit={"resume": path, "checkpoint": path}, **settings)
    assert len(warned) == 1
    trained(PlainModule(9), data=data, fit={"resume": path}, **(settings | {"epochs": 3}))


def test_other_settings_data_or_networks_are_refused(tmp_path):
    path = tmp_path / "run.dt4ecg"
    X, y = segments()
    trained(data=(X, y), epochs=1, fit={"checkpoint": path})
    with pytest.raises(ValueError, match=r"learning_rate 0\.001 -> 0\.01"):
        trained(learning_rate=0.01, fit={"resume": path})
    with pytest.raises(ValueError, match=r"other settings or data .*data"):
        trained(data=(X + 1, y), fit={"resume": path})
    with pytest.raises(ValueError, match="weighting"):
        trained(weighting="none", fit={"resume": path})
    with pytest.raises(ValueError, match="another network"):
        trained(network(attention="none"), fit={"resume": path})
    with pytest.raises(FileNotFoundError, match="no model file"):
        trained(fit={"resume": tmp_path / "absent"})


def test_a_model_without_training_state_is_refused(tmp_path):
    path = tmp_path / "model.dt4ecg"
    X, y = segments()
    dt4ecg.DT4ECGClassifier(epochs=0, n_threads=1).fit(X, y).save(path)
    with pytest.raises(ValueError, match="without its training state"):
        trained(fit={"resume": path})


def rewritten(path, change) -> None:
    tensors, header = container.read(path)
    change(tensors)
    container.write(path, tensors, header)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.update({"training.torch_rng": torch.zeros(3)}), r"torch_rng is .*float32"),
        (
            lambda t: t.update({"training.torch_rng": torch.zeros(3, dtype=torch.uint8)}),
            "random state in",
        ),
        (lambda t: t.pop("training.epoch.weights"), r"lacks 'epoch\.weights'"),
        (lambda t: t.pop("network.heads.identity.bias"), r"heads\.identity\.bias is missing"),
        (lambda t: t.update({"network.more": torch.zeros(1)}), "more is unknown"),
        (lambda t: t["network.heads.identity.bias"].fill_(torch.nan), "bias holds values that are"),
        (
            lambda t: t.update({"network.heads.identity.bias": torch.zeros(4)}),
            r"heads\.identity\.bias is float32 \(4,\), not float32 \(3,\)",
        ),
    ],
)
@pytest.mark.parametrize("make", [network, PlainModule])
def test_a_refused_resume_changes_nothing(make, change, message, tmp_path):
    path = tmp_path / "run.dt4ecg"
    trained(make(), epochs=1, fit={"checkpoint": path})
    rewritten(path, change)
    module = make(seed=9)
    before, generator = deepcopy(module.state_dict()), torch.get_rng_state()
    run = trainer(module)
    with pytest.raises(ValueError, match=message):
        run.fit(*segments(), resume=path)
    assert same_tensors(before, module.state_dict())
    assert torch.equal(generator, torch.get_rng_state())
    assert not run.started


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("progress", torch.tensor([2**62, 3, 0, 0])),
        ("weighting.weights", torch.tensor([float("nan"), 1.0])),
        ("adam.steps.heads.identity.bias", torch.tensor(-1.0)),
        ("adam.mean.heads.identity.bias", torch.full((3,), float("inf"))),
    ],
)
def test_an_impossible_state_is_refused(name, value, tmp_path):
    path = tmp_path / "state.safetensors"
    trained(epochs=1).save(path)
    tensors, header = container.read(path)
    assert f"training.{name}" in tensors
    container.write(path, tensors | {f"training.{name}": value}, header)
    with pytest.raises(ValueError, match="resume"):
        trained(fit={"resume": path})
