"""The trainer learns, records its history, and trains once at a time."""

import threading
from copy import deepcopy

import numpy as np
import pytest
import torch
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


@pytest.mark.parametrize("weighting", ["none", "paper_reset", "chen2018"])
def test_a_toy_problem_is_learned(weighting):
    run = trained(weighting=weighting, epochs=12)
    accuracy = run.history["train"]["accuracy"]
    assert accuracy.shape == (12, 2)
    assert (accuracy[-1] > 0.9).all()
    assert (run.history["train"]["loss"][-1] < run.history["train"]["loss"][0]).all()


def test_a_module_of_pytorch_is_learned():
    run = trained(PlainModule(dropout=0.0), epochs=40, learning_rate=1e-2)
    assert (run.history["train"]["accuracy"][-1] > 0.85).all()


def test_a_wider_norm_scope_has_larger_gradient_norms():
    """In one step from the same weights, which is all of this epoch."""
    last, shared, every = (
        trained(norm_scope=scope, epochs=1, batch_size=48).history["gradient_norm"]
        for scope in ("last", "shared", "all")
    )
    assert (last < shared).all()
    assert (shared < every).all()


def test_zero_epochs_leave_the_network_unchanged():
    module = network()
    before = deepcopy(module.state_dict())
    run = trained(module, epochs=0)
    assert same_tensors(before, module.state_dict())
    assert run.history["train"]["loss"].shape == (0, 2)
    assert run.history["validation"] is None


def test_frozen_parameters_do_not_change():
    module = network()
    module.backbone.requires_grad_(False)
    before = {name: value.clone() for name, value in module.backbone.named_parameters()}
    trained(module)
    assert same_tensors(before, dict(module.backbone.named_parameters()))
    assert not torch.equal(module.heads.identity.weight, network().heads.identity.weight)


def test_other_precision_and_frozen_networks_are_refused():
    with pytest.raises(ValueError, match=r"call network.float\(\) first"):
        trained(network().double())
    with pytest.raises(ValueError, match="no parameter of the network requires a gradient"):
        trained(network().requires_grad_(False))
    with pytest.raises(TypeError, match=r"must be a torch\.nn\.Module"):
        dt4ecg.Trainer("resnet")


def test_a_single_segment_at_the_end_joins_the_last_batch():
    run = trained(data=segments(33), epochs=2)
    assert run._run.core.state()["adam.steps.heads.identity.bias"] == 2 * 2
    assert all(torch.isfinite(value).all() for value in run.network.state_dict().values())


def test_a_record_stays_valid_while_the_history_grows():
    first = []
    run = trainer(network(), epochs=30)
    run.fit(*segments(), callbacks=[lambda t: first or first.append(t._run.core.history[0])])
    assert first[0].epoch == 1
    assert first[0].train_loss == run._run.core.history[0].train_loss


def test_validation_data_are_evaluated_but_not_learned():
    held = segments(30, seed=1)
    with_validation = trained(fit={"validation_data": held}, epochs=2)
    assert_same_bits(with_validation, trained(epochs=2))
    logits = with_validation.network.eval()(torch.from_numpy(held[0]))
    for i, task in enumerate(TASKS):
        right = logits[task].argmax(1).numpy() == held[1][:, i]
        assert with_validation.history["validation"]["accuracy"][-1, i] == right.mean()


@pytest.mark.parametrize("settings", [{"learning_rate": 1e37, "epochs": 1}, {"epochs": 0}])
def test_the_history_has_validation_data_without_finite_losses(settings):
    run = trained(fit={"validation_data": segments(30, seed=1)}, **settings)
    loss = run.history["validation"]["loss"]
    assert loss.shape == (settings["epochs"], 2)
    assert not np.isfinite(loss).any()


def test_a_callback_may_stop_the_training(tmp_path):
    path = tmp_path / "run.dt4ecg"
    run = trained(fit={"callbacks": [lambda run: run.stop()], "checkpoint": path})
    assert list(run.history["epoch"]) == [1]
    assert_same_bits(trained(network(9), fit={"resume": path}), trained())


def test_another_thread_may_stop_the_training():
    run = trainer(network(), epochs=100_000)
    finished_an_epoch = threading.Event()
    callbacks = [lambda _: finished_an_epoch.set()]
    thread = threading.Thread(
        target=run.fit, args=segments(), kwargs={"callbacks": callbacks}, daemon=True
    )
    thread.start()
    assert finished_an_epoch.wait(timeout=60)
    run.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()
    assert len(run.history["epoch"]) < 100_000


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


def test_a_cosine_schedule_allows_more_epochs_than_steps_can_be_counted():
    net = network()
    X, y = segments()
    run = trainer(net, schedule="cosine", epochs=2**62)
    run.fit(X, y, callbacks=[lambda run: run.stop()])
    assert run.history["skipped_steps"].tolist() == [0]


def test_the_html_holds_settings_and_history():
    run = trainer(network(), learning_rate=1e-5, epochs=1)
    assert "No epoch is finished" in run._repr_html_()
    html = run.fit(*segments())._repr_html_()
    assert all(f">{text}<" in html for text in ("Network", "1e-05", "constant", "float32"))
    assert "chen2018" in html
    assert "The last of 1 finished epochs" in html
