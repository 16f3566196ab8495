"""The trainer: against plain loops, to the bit, and interrupted in every way."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import warnings
from copy import deepcopy
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from benchmarks.plain_torch import GradNormStep, plain_copy
from support.toy import (
    LENGTH,
    TASKS,
    Interrupting,
    PlainModule,
    assert_same_bits,
    bits,
    network,
    same_tensors,
    segments,
    trained,
    trainer,
)

import dt4ecg
from dt4ecg import _core
from dt4ecg.inference import predict_logits
from dt4ecg.nn.core_model import core_model
from dt4ecg.storage import container

HERE = Path(__file__).parent


# Against plain PyTorch


def test_none_equals_a_plain_loop():
    X, y = segments()
    ours = network()
    plain = plain_copy(ours)
    trainer(ours, weighting="none", epochs=5, batch_size=len(X)).fit(X, y)
    optimizer = torch.optim.Adam(plain.parameters(), 1e-3)
    for _ in range(5):
        optimizer.zero_grad()
        logits = plain(torch.from_numpy(X))
        sum(
            torch.nn.functional.cross_entropy(logits[task], torch.from_numpy(y[:, i]))
            for i, task in enumerate(TASKS)
        ).backward()
        optimizer.step()
    assert_same_predictions(ours, plain, X)


def test_chen2018_equals_a_plain_loop():
    # With seed 0 a ReLU's input lies within rounding of 0 and may go either way.
    X, y = segments(seed=1)
    ours = network()
    plain = plain_copy(ours)
    run = trainer(ours, weighting="chen2018", epochs=5, batch_size=len(X)).fit(X, y)
    step = GradNormStep(plain)
    losses = [step(torch.from_numpy(X), torch.from_numpy(y)) for _ in range(5)]
    np.testing.assert_allclose(run.history["train"]["loss"], losses, rtol=1e-4)
    np.testing.assert_allclose(run.task_weights, step.weights, rtol=1e-4)
    assert_same_predictions(ours, plain, X)


def assert_same_predictions(ours, plain, X):
    ours.eval()
    plain.eval()
    with torch.no_grad():
        found, expected = ours(torch.from_numpy(X)), plain(torch.from_numpy(X))
    for task in TASKS:
        torch.testing.assert_close(found[task], expected[task], rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("weighting", ["none", "paper_reset", "chen2018"])
def test_a_toy_problem_is_learned(weighting):
    run = trained(weighting=weighting, epochs=12)
    accuracy = run.history["train"]["accuracy"]
    assert accuracy.shape == (12, 2)
    assert (accuracy[-1] > 0.9).all()
    assert (run.history["train"]["loss"][-1] < run.history["train"]["loss"][0]).all()


def test_plain_module_is_learned():
    run = trained(PlainModule(dropout=0.0), epochs=40, learning_rate=1e-2)
    assert (run.history["train"]["accuracy"][-1] > 0.85).all()


def test_norm_scopes_differ_and_cover_one_another():
    """In one step from the same weights, which is all of this epoch."""
    last, shared, every = (
        trained(norm_scope=scope, epochs=1, batch_size=48).history["gradient_norm"]
        for scope in ("last", "shared", "all")
    )
    assert (last < shared).all()
    assert (shared < every).all()


# Equal bits


@pytest.mark.parametrize("make", [network, PlainModule])
def test_same_seed_same_bits(make):
    assert_same_bits(trained(make(), seed=3), trained(make(), seed=3))
    other = trained(make(), seed=4)
    assert not np.array_equal(
        other.history["train"]["loss"], trained(make(), seed=3).history["train"]["loss"]
    )


def test_same_bits_beside_busy_and_training_threads():
    alone = trained(seed=1, epochs=4)
    done = threading.Event()

    def busy():
        while not done.is_set():
            sum(range(1000))

    other = threading.Thread(target=lambda: trained(seed=2, epochs=4))
    spinning = threading.Thread(target=busy)
    spinning.start()
    other.start()
    try:
        beside = trained(seed=1, epochs=4)
    finally:
        done.set()
        other.join()
        spinning.join()
    assert_same_bits(alone, beside)


def test_a_module_that_draws_leaves_the_callers_generator_alone():
    before = torch.get_rng_state()
    trained(PlainModule())
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("make", [network, PlainModule])
def test_callers_grad_mode_does_not_matter(mode, make):
    expected = trained(make())
    module = make()
    with mode():
        found = trained(module)
    assert_same_bits(expected, found)


# Continued trainings


@pytest.mark.parametrize("make", [network, PlainModule])
@pytest.mark.parametrize("weighting", ["chen2018", "paper"])
def test_resume_at_an_epoch(make, weighting, tmp_path):
    path = tmp_path / "run.dt4ecg"
    trained(make(), weighting=weighting, epochs=2, fit={"checkpoint": path})
    continued = trained(make(seed=9), weighting=weighting, epochs=4, fit={"resume": path})
    assert_same_bits(continued, trained(make(), weighting=weighting, epochs=4))


def test_resume_from_a_state_saved_after_fit(tmp_path):
    path = tmp_path / "run.dt4ecg"
    run = trained(PlainModule(), epochs=2)
    torch.rand(3)  # the caller's generator moves on
    run.save(path)
    continued = trained(PlainModule(), epochs=4, fit={"resume": path})
    assert_same_bits(continued, trained(PlainModule(), epochs=4))


def test_sigint_between_steps_then_resume(tmp_path):
    path = tmp_path / "run.dt4ecg"

    def press_ctrl_c(run):
        if len(run.history["epoch"]) == 2:
            threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT)).start()

    interrupted = trainer(network(), epochs=100_000)
    with pytest.raises(KeyboardInterrupt):
        interrupted.fit(*segments(), callbacks=[press_ctrl_c], checkpoint=path)
    epochs = len(interrupted.history["epoch"]) + 2
    continued = trained(network(seed=9), epochs=epochs, fit={"resume": path})
    assert_same_bits(continued, trained(network(), epochs=epochs))


def test_sigint_within_a_step_then_resume(tmp_path):
    path = tmp_path / "run.dt4ecg"
    with pytest.raises(KeyboardInterrupt):
        trained(Interrupting(5), fit={"checkpoint": path})
    assert_same_bits(trained(PlainModule(seed=9), fit={"resume": path}), trained(PlainModule()))


class Remembering:
    """chen2018 from Python, which raises at one call; what it remembers is saved."""

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
def test_weighting_that_raises_leaves_the_last_step(step, tmp_path):
    path = tmp_path / "run.dt4ecg"
    with pytest.raises(LookupError, match="own mistake"):
        trained(weighting=Remembering(raise_at=step), fit={"checkpoint": path})
    continued = trained(network(9), weighting=Remembering(), fit={"resume": path})
    assert_same_bits(continued, trained(weighting=Remembering()))


def test_callback_that_raises_leaves_the_epoch(tmp_path):
    path = tmp_path / "run.dt4ecg"

    def fail(run):
        raise LookupError("a callback's own mistake")

    with pytest.raises(LookupError, match="own mistake"):
        trained(fit={"callbacks": [fail], "checkpoint": path})
    assert_same_bits(trained(network(9), fit={"resume": path}), trained())


def test_a_state_that_cannot_be_saved_does_not_hide_the_callbacks_error(tmp_path):
    def fail(run):
        run.header = {"x": object()}
        raise LookupError("a callback's own mistake")

    with (
        pytest.warns(RuntimeWarning, match="could not be saved: .*not JSON serializable"),
        pytest.raises(LookupError, match="own mistake"),
    ):
        trained(fit={"callbacks": [fail], "checkpoint": tmp_path / "run.dt4ecg"})


def test_callback_that_stops(tmp_path):
    path = tmp_path / "run.dt4ecg"
    run = trained(fit={"callbacks": [lambda run: run.stop()], "checkpoint": path})
    assert list(run.history["epoch"]) == [1]
    assert_same_bits(trained(network(9), fit={"resume": path}), trained())


def test_other_thread_stops():
    run = trainer(network(), epochs=100_000)
    thread = threading.Thread(target=run.fit, args=segments())
    thread.start()
    while not len(run.history["epoch"]):
        time.sleep(0.005)
    run.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert len(run.history["epoch"]) >= 1


def test_resume_refuses_other_settings(tmp_path):
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


def test_resume_refuses_a_model_without_its_training(tmp_path):
    path = tmp_path / "model.dt4ecg"
    X, y = segments()
    dt4ecg.DT4ECGClassifier(epochs=0, n_threads=1).fit(X, y).save(path)
    with pytest.raises(ValueError, match="without its training state"):
        trained(fit={"resume": path})


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (lambda run, path: run.header.update(x={1}), TypeError, "fit: trainer.header must hold"),
        (lambda run, path: path.mkdir(), OSError, "not a regular file"),
        (lambda run, path: path.parent.rmdir(), FileNotFoundError, "no such folder"),
    ],
)
def test_what_cannot_be_saved_is_said_before_the_first_epoch(spoil, error, message, tmp_path):
    path = tmp_path / "runs" / "run.dt4ecg"
    path.parent.mkdir()
    run = trainer(network())
    spoil(run, path)
    with pytest.raises(error, match=message):
        run.fit(*segments(), checkpoint=path)
    assert not run.started
    assert not path.is_file()


@pytest.mark.parametrize("key", ["format_version", "dt4ecg", "network", "tasks", "training"])
def test_a_header_may_not_hide_what_resume_needs(key, tmp_path):
    run = trainer(network(), epochs=1)
    run.header = {"place": "ward 3", key: {}}
    with pytest.raises(ValueError, match=f"fit: trainer.header has {key}"):
        run.fit(*segments())
    assert not run.started
    del run.header[key]
    run.fit(*segments()).save(tmp_path / "run.dt4ecg")
    assert container.read(tmp_path / "run.dt4ecg")[1]["place"] == "ward 3"
    run.header[key] = {}
    with pytest.raises(ValueError, match=f"save: trainer.header has {key}"):
        run.save(tmp_path / "run.dt4ecg")


# In another process


def start(script: str, *arguments) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), *filter(None, sys.path)])},
        stderr=subprocess.PIPE,
        text=True,
    )


ENDLESS = """
    import sys
    from pathlib import Path
    from dt4ecg import DT4ECGClassifier
    from support.toy import segments
    path = Path(sys.argv[1])
    DT4ECGClassifier(epochs=10**6, n_threads=1).fit(
        *segments(), checkpoint=path, resume=path if path.exists() else None)
"""


def changed(path: Path, before: float, process: subprocess.Popen) -> None:
    """Waits until the process has written the file anew."""
    deadline = time.monotonic() + 120
    while not path.exists() or path.stat().st_mtime_ns == before:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.01)


def epochs_in(path: Path) -> int:
    tensors, _ = dt4ecg.storage.container.read(path)
    return len(tensors["training.history.skipped_steps"])


def test_sigkill_at_any_moment_leaves_a_checkpoint_to_resume(tmp_path):
    path = tmp_path / "run.dt4ecg"
    random = np.random.default_rng(0)
    epochs = 0
    for _ in range(3):
        before = path.stat().st_mtime_ns if path.exists() else 0
        process = start(ENDLESS, path)
        changed(path, before, process)
        time.sleep(random.uniform(0, 0.3))
        process.kill()
        process.communicate()
        assert epochs_in(path) > epochs
        epochs = epochs_in(path)
    X, _ = segments()
    dt4ecg.load(path).predict(X)
    continued = dt4ecg.DT4ECGClassifier(epochs=epochs + 1, n_threads=1)
    continued.fit(*segments(), resume=path)
    assert len(continued.history_["epoch"]) == epochs + 1


def test_sigint_stops_a_process_and_leaves_a_checkpoint(tmp_path):
    path = tmp_path / "run.dt4ecg"
    process = start(ENDLESS, path)
    changed(path, 0, process)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode in (1, -signal.SIGINT, 128 + signal.SIGINT)
    assert error.rstrip().endswith("KeyboardInterrupt")
    assert epochs_in(path) >= 1
    dt4ecg.load(path)


# Steps that go wrong


class NotFinite(PlainModule):
    """Puts NaN out in the chosen calls."""

    def __init__(self, calls=()):
        super().__init__(dropout=0.0)
        self.bad, self.calls = set(calls), 0

    def forward(self, x):
        logits = super().forward(x)
        if not self.training:
            return logits
        self.calls += 1
        factor = float("nan") if self.calls in self.bad else 1.0
        return {task: values * factor for task, values in logits.items()}


def test_a_step_that_is_not_finite_is_skipped_and_counted():
    untouched = NotFinite()
    run = trainer(NotFinite({1, 2, 3}), epochs=1).fit(*segments(48))
    assert run.history["skipped_steps"].tolist() == [3]
    assert same_tensors(run.network.state_dict(), untouched.state_dict())
    assert np.array_equal(run.task_weights, [1, 1])
    assert np.isnan(run.history["train"]["loss"]).all()
    run = trainer(NotFinite({2, 7}), epochs=3).fit(*segments(48))
    assert run.history["skipped_steps"].tolist() == [1, 1, 2]
    assert all(torch.isfinite(value).all() for value in run.network.state_dict().values())


def test_five_in_a_row_are_an_error_that_says_where(tmp_path):
    path = tmp_path / "run.dt4ecg"
    run = trainer(NotFinite(range(5, 10)), epochs=4)
    with pytest.raises(RuntimeError, match="5 steps in a row, the last one step 3 of epoch 3"):
        run.fit(*segments(48), checkpoint=path)
    assert run.history["skipped_steps"].tolist() == [0, 2]
    assert epochs_in(path) == 2


def test_vanished_weights_warn_once():
    with pytest.warns(RuntimeWarning, match="exactly 0 after step") as warned:
        run = trained(weighting="paper", batch_size=4, epochs=15)
    assert len(warned) == 1
    assert run.task_weights.tolist() == [0, 0]


# Labels and weights of samples


def test_missing_labels_of_one_task():
    X, y = segments()
    y = y.copy()
    y[::2, 1] = -1
    history = trained(data=(X, y), epochs=10).history
    assert history["train"]["loss"][-1, 1] < history["train"]["loss"][0, 1]


def test_a_task_without_any_label_keeps_its_head_and_weight():
    X, y = segments()
    y = y.copy()
    y[:, 1] = -1
    module = network()
    before = deepcopy(module.heads.activity.state_dict())
    run = trained(module, data=(X, y))
    assert same_tensors(before, module.heads.activity.state_dict())
    assert run.task_weights[1] == 1
    assert run.task_weights[0] == pytest.approx(1)
    assert np.isnan(run.history["train"]["loss"][:, 1]).all()
    assert np.isfinite(run.history["train"]["loss"][:, 0]).all()


class Linear(torch.nn.Module):
    """No statistics over the batch, so that samples do not touch one another."""

    def __init__(self):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.heads = torch.nn.ModuleDict(
                {t: torch.nn.Linear(LENGTH, n) for t, n in TASKS.items()}
            )

    def forward(self, x):
        return {task: head(x[:, 0]) for task, head in self.heads.items()}


def test_a_sample_of_zero_weight_is_as_if_absent():
    X, y = segments(40)
    weight = (np.arange(40) % 4 > 0).astype(float)
    kept = weight > 0
    whole = trainer(Linear(), weighting="none", epochs=5, batch_size=40)
    part = trainer(Linear(), weighting="none", epochs=5, batch_size=40)
    whole.fit(X, y, sample_weight=weight)
    part.fit(X[kept], y[kept])
    for name, value in whole.network.state_dict().items():
        torch.testing.assert_close(value, part.network.state_dict()[name], rtol=1e-4, atol=1e-5)
    for quantity in ("loss", "accuracy"):
        ours, theirs = (run.history["train"][quantity] for run in (whole, part))
        np.testing.assert_allclose(ours, theirs, rtol=1e-4)


def test_validation_data_is_measured_not_learned():
    held = segments(30, seed=1)
    with_validation = trained(fit={"validation_data": held}, epochs=2)
    assert_same_bits(with_validation, trained(epochs=2))
    logits = with_validation.network.eval()(torch.from_numpy(held[0]))
    for i, task in enumerate(TASKS):
        right = logits[task].argmax(1).numpy() == held[1][:, i]
        assert with_validation.history["validation"]["accuracy"][-1, i] == right.mean()


@pytest.mark.parametrize("settings", [{"learning_rate": 1e37, "epochs": 1}, {"epochs": 0}])
def test_validation_data_is_in_the_history_whatever_its_losses(settings):
    run = trained(fit={"validation_data": segments(30, seed=1)}, **settings)
    loss = run.history["validation"]["loss"]
    assert loss.shape == (settings["epochs"], 2)
    assert not np.isfinite(loss).any()


# What is refused


def test_zero_epochs():
    module = network()
    before = deepcopy(module.state_dict())
    run = trained(module, epochs=0)
    assert same_tensors(before, module.state_dict())
    assert run.history["train"]["loss"].shape == (0, 2)
    assert run.history["validation"] is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": -1}, "epochs must be an integer of at least 0"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1"),
        ({"learning_rate": float("nan")}, "learning_rate must be a finite number above 0"),
        ({"learning_rate": 10**400}, "learning_rate must be a finite number above 0"),
        ({"learning_rate": np.complex64(1)}, "learning_rate must be a finite number above 0"),
        ({"learning_rate": True}, "learning_rate must be a finite number above 0"),
        ({"label_smoothing": np.complex64(0)}, "label_smoothing must be at least 0 and below 1"),
        ({"norm_scope": "some"}, "norm_scope must be one of shared, last, all"),
        ({"optimizer": "sgd"}, "optimizer must be one of adam"),
        ({"precision": "int8"}, "precision must be one of float32, bf16"),
        ({"n_threads": 0}, "n_threads must be an integer of at least 1"),
        ({"n_threads": 10**6}, "n_threads must .* at most 1024"),
        ({"seed": 2**63}, "seed must be an integer of at least 0 and at most 9223372036854775807"),
        ({"weighting": "gradnorm"}, "no weighting is called 'gradnorm'"),
        ({"device": "abacus"}, "torch does not know the device"),
        ({"device": "meta"}, "device 'meta' keeps no values"),
    ],
)
def test_illegal_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        trainer(network(), **settings)


@pytest.mark.parametrize("rate", [np.float32(0.5), np.int64(1), Fraction(1, 2)])
def test_any_real_number_is_a_learning_rate(rate):
    assert trainer(network(), learning_rate=rate).learning_rate == float(rate)


@pytest.mark.parametrize(
    ("spoil", "error", "message"),
    [
        (lambda X, y: (X[:, 0], y), ValueError, "X must be segments"),
        (lambda X, y: (X[:0], y[:0]), ValueError, "X must be segments"),
        (lambda X, y: (X[..., :40], y), ValueError, r"takes segments \(n, 1, 48\)"),
        (lambda X, y: (X / 0, y), ValueError, "NaN or infinite"),
        (lambda X, y: (X + 1j, y), TypeError, "fit: X must hold real numbers.*got complex"),
        (lambda X, y: (torch.tensor(X + 1j), y), TypeError, "fit: X must hold real numbers"),
        (lambda X, y: (X, y[:, :1]), ValueError, r"y must have the shape \(48, 2\)"),
        (lambda X, y: (X, y + 0.5), TypeError, "y must hold integers"),
        (lambda X, y: (X, y + 1j), TypeError, "y must hold integers"),
        (lambda X, y: (X, y + 2), ValueError, "labels of identity must lie in 0 to 2"),
        (lambda X, y: (X, y - 2), ValueError, "labels of identity must lie in 0 to 2"),
        (lambda X, y: (X, y * 0 - 1), ValueError, "no segment has a label"),
    ],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_illegal_data(spoil, error, message):
    with pytest.raises(error, match=message):
        trained(data=spoil(*segments()))


@pytest.mark.parametrize("weight", [[1.0], -np.ones(48), np.zeros(48), np.full(48, np.nan)])
def test_illegal_sample_weight(weight):
    with pytest.raises(ValueError, match="sample_weight must"):
        trained(fit={"sample_weight": weight})


def test_complex_sample_weight():
    with pytest.raises(TypeError, match="sample_weight must hold real numbers"):
        trained(fit={"sample_weight": torch.full((48,), 1j)})


def test_any_layout_of_the_same_numbers_gives_the_same_bits():
    X, y = segments()
    expected = trained(epochs=1)
    read_only = X.copy()
    read_only.flags.writeable = False
    for same in (read_only, X[:, :, ::-1].copy()[:, :, ::-1], np.asfortranarray(X), X.tolist()):
        assert_same_bits(expected, trained(data=(same, y), epochs=1))


def test_other_precision_and_frozen_networks_are_refused():
    with pytest.raises(ValueError, match=r"call network.float\(\) first"):
        trained(network().double())
    with pytest.raises(ValueError, match="no parameter of the network requires a gradient"):
        trained(network().requires_grad_(False))
    with pytest.raises(TypeError, match=r"must be a torch\.nn\.Module"):
        dt4ecg.Trainer("resnet")


def test_frozen_parameters_stay():
    module = network()
    module.backbone.requires_grad_(False)
    before = {name: value.clone() for name, value in module.backbone.named_parameters()}
    trained(module)
    assert same_tensors(before, dict(module.backbone.named_parameters()))
    assert not torch.equal(module.heads.identity.weight, network().heads.identity.weight)


@pytest.mark.parametrize(
    "module", [torch.nn.Flatten(), torch.nn.Identity(), torch.nn.LSTM(LENGTH, 3)]
)
def test_modules_that_answer_otherwise_are_refused(module):
    with pytest.raises(ValueError, match=r"must return \{task: logits"):
        trained(module)


def test_cuda():
    if torch.cuda.is_available():
        run = trained(device="cuda", epochs=12)
        assert (run.history["train"]["accuracy"][-1] > 0.9).all()
        return
    with pytest.raises(ValueError, match="this torch finds no CUDA device; use device='cpu'"):
        trainer(network(), device="cuda")
    pytest.skip("no CUDA device: only the refusal is tested")


# What a review found


def test_records_outlive_the_history_they_came_from():
    first = []
    run = trainer(network(), epochs=30)
    run.fit(*segments(), callbacks=[lambda t: first or first.append(t._run.core.history[0])])
    assert first[0].epoch == 1
    assert first[0].train_loss == run._run.core.history[0].train_loss


@pytest.mark.parametrize("before", [True, False])
def test_a_run_continues_with_or_without_validation(tmp_path, before):
    path = tmp_path / "run.dt4ecg"
    held = {"validation_data": segments(30, seed=1)}
    trained(epochs=1, fit={"checkpoint": path} | (held if before else {}))
    run = trained(epochs=3, fit={"checkpoint": path, "resume": path} | ({} if before else held))
    accuracy = run.history["validation"]["accuracy"]
    assert np.isfinite(accuracy).all(axis=1).tolist() == [before] + 2 * [not before]


def test_a_sample_left_over_joins_the_batch_before_it():
    run = trained(data=segments(33), epochs=2)
    assert run._run.core.state()["adam.steps.heads.identity.bias"] == 2 * 2
    assert all(torch.isfinite(value).all() for value in run.network.state_dict().values())


# From other threads


class Slow(PlainModule):
    """Gives other threads every chance within its steps."""

    def forward(self, x):
        logits = super().forward(x)
        time.sleep(0.001)
        return logits


@pytest.mark.parametrize("make", [network, Slow])
def test_saved_from_another_thread_it_continues_to_the_same_bits(make, tmp_path):
    path = tmp_path / "run.dt4ecg"
    run = trainer(make(), epochs=100_000)
    thread = threading.Thread(target=run.fit, args=segments())
    thread.start()
    try:
        while not len(run.history["epoch"]):
            time.sleep(0.001)
        for _ in range(20):
            run.save(path)
            assert np.isfinite(run.history["weight"]).all()
            assert run.task_weights.sum() == pytest.approx(2, rel=1e-5)
    finally:
        run.stop()
        thread.join()
    epochs = epochs_in(path) + 2
    continued = trained(make(seed=9), epochs=epochs, fit={"resume": path})
    assert_same_bits(continued, trained(make(), epochs=epochs))


class Nosy(PlainModule):
    """Looks at its own trainer from within a step."""

    def forward(self, x):
        if self.training:
            self.seen = self.run.history, self.run.task_weights
            self.run.save(self.path)
        return super().forward(x)


def test_within_a_step_there_is_history_but_no_state(tmp_path):
    module = Nosy()
    module.run, module.path = trainer(module), tmp_path / "run.dt4ecg"
    with pytest.raises(RuntimeError, match="within a step there is no state to save"):
        module.run.fit(*segments())
    assert module.seen[1].tolist() == [1, 1]


class StopsWhenRead:
    """Segments whose reading takes so long that somebody stops the fit meanwhile."""

    def __init__(self, X):
        self.X = X

    def __array__(self, dtype=None, copy=None):
        self.run.stop()
        return self.X


def test_stop_during_the_checks_is_not_lost():
    X, y = segments()
    run, slow = trainer(network()), StopsWhenRead(X)
    slow.run = run
    assert len(run.fit(slow, y).history["epoch"]) == 0
    assert len(run.fit(X, y).history["epoch"]) == 3


# Resumed in vain


def rewritten(path, change) -> None:
    tensors, header = dt4ecg.storage.container.read(path)
    change(tensors)
    dt4ecg.storage.container.write(path, tensors, header)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.update({"training.torch_rng": torch.zeros(3)}), "random state in"),
        (lambda t: t.pop("training.epoch.weights"), r"lacks 'epoch\.weights'"),
        (lambda t: t.pop("network.heads.identity.bias"), r"heads\.identity\.bias is missing"),
        (lambda t: t.update({"network.more": torch.zeros(1)}), "network: more is unknown"),
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


class StopsWhenVanished(PlainModule):
    def forward(self, x):
        if not self.run.task_weights.any():
            self.run.stop()
        return super().forward(x)


def test_a_warning_of_an_interrupted_epoch_is_given_once_by_the_run(tmp_path):
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


# Modes


def freeze_stage(module):
    module.backbone.stem.eval()
    return module.backbone.stem


def freeze_norm(module):
    module.trunk[1].eval()
    return module.trunk[1]


@pytest.mark.parametrize(("make", "freeze"), [(network, freeze_stage), (PlainModule, freeze_norm)])
@pytest.mark.parametrize("weighting", ["none", "chen2018"])
def test_a_part_in_eval_mode_stays_frozen(make, freeze, weighting):
    module = make()
    part = freeze(module)
    modes = [m.training for m in module.modules()]
    statistics = [buffer.clone() for buffer in part.buffers()]
    run = trainer(module, weighting=weighting)
    run.fit(*segments(), validation_data=segments(30, seed=1))
    assert all(torch.equal(a, b) for a, b in zip(statistics, part.buffers(), strict=True))
    assert [m.training for m in module.modules()] == modes
    predict_logits(module, segments()[0])
    assert [m.training for m in module.modules()] == modes


@pytest.mark.parametrize("make", [network, PlainModule])
def test_a_network_wholly_in_eval_mode_is_trained_and_left_so(make):
    module = make().eval()
    assert_same_bits(trained(module), trained(make()))
    assert not any(part.training for part in module.modules())


def test_a_callback_may_evaluate():
    def evaluate(run):
        run.network.eval()

    assert_same_bits(trained(PlainModule(), fit={"callbacks": [evaluate]}), trained(PlainModule()))


def test_a_mode_within_a_stage_is_refused():
    module = network()
    module.backbone.stem.norm.eval()
    module.register_forward_hook(lambda *_: None)  # called through Python, too
    with pytest.raises(ValueError, match=r"backbone\.stem\.norm is in eval mode, but its stage"):
        trained(module)


# Modules that answer well once, and otherwise later


class Turncoat(PlainModule):
    """Answers the trainer's question for its tasks well, and its steps otherwise."""

    def __init__(self, spoil):
        super().__init__()
        self.spoil = spoil

    def forward(self, x):
        logits = super().forward(x)
        return logits if len(x) == 1 else self.spoil(logits)


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda logits: None, "got NoneType"),
        (lambda logits: logits["identity"], r"got float32 \(16, 3\)"),
        (lambda logits: list(logits.values()), "got list"),
        (lambda logits: {"identity": logits["identity"]}, r"got \{'identity': float32 \(16, 3\)\}"),
        (lambda logits: logits | {"activity": float("nan")}, "'activity': float"),
        (lambda logits: logits | {"activity": None}, "'activity': NoneType"),
        (lambda logits: {t: v[:1] for t, v in logits.items()}, r"'identity': float32 \(1, 3\)"),
        (lambda logits: {t: v[:, :1] for t, v in logits.items()}, r"'identity': float32 \(16, 1\)"),
        (lambda logits: {t: v.argmax(1) for t, v in logits.items()}, r"'identity': int64 \(16,\)"),
        (lambda logits: {t: v.round().int() for t, v in logits.items()}, r"int32 \(16, 3\)"),
    ],
)
@pytest.mark.parametrize("weighting", ["none", "chen2018"])
def test_answers_of_another_form_are_told_beside_what_is_wanted(spoil, found, weighting):
    wanted = r"must return \{task: logits\}.* identity \(16, 3\), activity \(16, 2\); .*"
    with pytest.raises(ValueError, match=wanted + found):
        trained(Turncoat(spoil), weighting=weighting)


@pytest.mark.parametrize("weighting", ["none", "chen2018"])
def test_detached_answers_are_refused(weighting):
    module = Turncoat(lambda logits: {t: v.detach() for t, v in logits.items()})
    with pytest.raises(ValueError, match=r"depend on no parameter .* detached"):
        trained(module, weighting=weighting)


def test_tasks_without_a_name_are_refused():
    class Numbered(PlainModule):
        def forward(self, x):
            return dict(enumerate(super().forward(x).values()))

    with pytest.raises(ValueError, match=r"must return \{task: logits"):
        trained(Numbered())


# Against misuse


def test_a_trainer_trains_once_at_a_time():
    X, y = segments()
    run = trainer(network(), epochs=3)
    refusals = []

    def again(inner):
        with pytest.raises(RuntimeError, match="training already"):
            inner.fit(X, y)
        refusals.append(len(inner.history["epoch"]))

    run.fit(X, y, callbacks=[again])
    assert refusals == [1, 2, 3]
    assert_same_bits(run, trained(epochs=3))
    run.fit(X, y)  # and again when it has ended


@pytest.mark.parametrize("module", [network, PlainModule])
def test_autocast_does_not_reach_the_training(module):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = trained(module())
    assert_same_bits(inside, trained(module()))


@pytest.mark.filterwarnings("ignore:fit. this processor has no bfloat16")
@pytest.mark.parametrize("module", [network, PlainModule, lambda: network(backbone="lstm")])
def test_bf16_trains_nearly_as_float32_and_keeps_float32_weights(module):
    exact = trained(module(), epochs=3)
    rounded = trained(module(), epochs=3, precision="bf16")
    assert not rounded.fused
    assert_same_bits(rounded, trained(module(), epochs=3, precision="bf16"))
    loss, wanted = (np.array(run.history["train"]["loss"]) for run in (rounded, exact))
    assert not np.array_equal(loss, wanted)
    np.testing.assert_allclose(loss, wanted, rtol=0.1)
    assert all(p.dtype == torch.float32 for p in rounded.network.parameters())


@pytest.mark.parametrize(("units", "warned"), [({"avx2": True}, 1), ({"amx_bf16": True}, 0)])
def test_bf16_without_units_warns(monkeypatch, units, warned):
    capabilities = {"avx512_bf16": False, "l2_cache_size": 1048576} | units
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        trained(precision="bf16")
        trained(precision="float32")
    assert ["bfloat16 units" in str(w.message) for w in found] == [True] * warned


def test_more_threads_than_can_be_started_are_refused():
    with pytest.raises(ValueError, match="n_threads"):
        trainer(network(), n_threads=100_000)


# The fused walk


@pytest.mark.parametrize("norm_scope", ["shared", "last", "all"])
@pytest.mark.parametrize("weighting", ["none", "chen2018"])
def test_the_walk_equals_autograd(weighting, norm_scope):
    X, y = segments(35)
    y = y.copy()
    y[:12, 1] = -1  # a batch with one task's labels missing
    sample_weight = np.linspace(0.5, 2, len(X))
    settings = {"weighting": weighting, "norm_scope": norm_scope, "epochs": 2, "batch_size": 12}
    walked = trained(data=(X, y), fit={"sample_weight": sample_weight}, **settings)
    assert walked.fused
    hooked = network()
    hooked.attention.register_forward_hook(lambda *_: None)  # so that the module is called
    called = trained(hooked, data=(X, y), fit={"sample_weight": sample_weight}, **settings)
    assert not called.fused
    for (name, a), (_, b) in zip(bits(walked).items(), bits(called).items(), strict=True):
        # Adam may take a whole step of 1e-3 where a gradient's sign is in its last bits.
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=2e-3, atol=1e-3, err_msg=name)


def test_threads_do_not_change_a_bit():
    assert_same_bits(trained(n_threads=1), trained(n_threads=2))


def test_a_parameter_moved_by_a_callback_is_trained_where_it_is():
    def move(run):
        for parameter in run.network.parameters():
            parameter.data = parameter.data.clone()

    assert_same_bits(trained(fit={"callbacks": [move]}), trained())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("progress", torch.tensor([2**62, 3, 0, 0])),
        ("weighting.weights", torch.tensor([float("nan"), 1.0])),
        ("adam.steps.heads.identity.bias", torch.tensor(-1.0)),
        ("adam.mean.heads.identity.bias", torch.full((3,), float("inf"))),
    ],
)
def test_a_state_that_cannot_be_is_refused(name, value, tmp_path):
    path = tmp_path / "state.safetensors"
    trained(epochs=1).save(path)
    tensors, header = container.read(path)
    assert f"training.{name}" in tensors
    container.write(path, tensors | {f"training.{name}": value}, header)
    with pytest.raises(ValueError, match="resume"):
        trained(fit={"resume": path})


def test_names_are_for_the_classifier():
    X, y = segments()
    with pytest.raises(TypeError, match="class indices from 0"):
        trainer(network()).fit(X, y.astype(str))


@pytest.mark.filterwarnings("ignore:fit. this processor has no bfloat16")
@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_a_parameter_frozen_by_a_callback_is_refused(precision):
    def freeze(run):
        next(run.network.parameters()).requires_grad_(False)

    with pytest.raises(RuntimeError, match="frozen or thawed during the training"):
        trained(fit={"callbacks": [freeze]}, precision=precision)


def test_a_parameter_thawed_by_a_callback_is_refused():
    net = network()
    next(net.parameters()).requires_grad_(False)

    def thaw(run):
        next(run.network.parameters()).requires_grad_(True)

    X, y = segments()
    with pytest.raises(RuntimeError, match="frozen or thawed during the training"):
        trainer(net, epochs=2).fit(X, y, callbacks=[thaw])


def test_a_module_that_grows_is_refused():
    class Growing(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.hidden = torch.nn.Linear(64, 8)
            self.identity, self.activity = torch.nn.Linear(8, 4), torch.nn.Linear(8, 3)

        def forward(self, x):
            hidden = self.hidden(x.flatten(1)).relu()
            return {"identity": self.identity(hidden), "activity": self.activity(hidden)}

    net = Growing()

    def grow(run):
        for part, shape in (
            ("hidden", (20000, 64)),
            ("identity", (4, 20000)),
            ("activity", (3, 20000)),
        ):
            getattr(net, part).weight.data = torch.randn(shape)
        net.hidden.bias.data = torch.randn(20000)

    X, y = np.random.default_rng(0).standard_normal((32, 1, 64)).astype("f4"), segments(32)[1]
    with pytest.raises(ValueError, match="during the training; change its values in place"):
        dt4ecg.Trainer(net, epochs=3).fit(X, y, callbacks=[grow])


def test_cosine_of_more_epochs_than_steps_can_be_counted():
    net = network()
    X, y = segments()
    run = trainer(net, schedule="cosine", epochs=2**62)
    run.fit(X, y, callbacks=[lambda run: run.stop()])
    assert run.history["skipped_steps"].tolist() == [0]


def test_labels_beyond_the_classes_are_refused_by_the_core():
    run = _core.train.Trainer(
        model=core_model(network(), TASKS),
        weighting=_core.train.EqualWeighting(),
        classes=list(TASKS.values()),
        learning_rate=1e-3,
        batch_size=4,
        epochs=1,
        norm_scope=_core.train.NormScope.shared,
        seed=0,
        threads=1,
    )
    X, y = segments(8)
    y = y.copy()
    y[3, 0] = 99
    data = _core.train.LabelledSegments(torch.from_numpy(X), torch.from_numpy(y))
    with pytest.raises(ValueError, match="labels of task 0 must lie in -1"):
        run.fit(data, None, lambda: None)
