"""Labels and sample weights: unknown labels, zero weights, and illegal values."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
import torch
from support.toy import (
    LENGTH,
    TASKS,
    assert_same_bits,
    network,
    same_tensors,
    segments,
    trained,
    trainer,
)

from dt4ecg import _core
from dt4ecg.nn.core_model import core_model
from dt4ecg.training.labels import as_sample_weight


def test_unknown_labels_of_one_task():
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


@pytest.mark.parametrize("unknown", [None, np.nan, pd.NA])
def test_class_indices_next_to_unknown_objects_and_nan(unknown):
    X, y = segments()
    marked, objects = y.copy(), y.astype(object)
    marked[::5, 1], objects[::5, 1] = -1, unknown
    expected = trained(data=(X, marked))
    assert_same_bits(trained(data=(X, objects)), expected)
    assert_same_bits(trained(data=(X, np.where(marked < 0, np.nan, marked))), expected)


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


def test_a_segment_of_zero_weight_has_no_effect():
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


def test_sample_weights_have_the_mean_1():
    found = as_sample_weight("fit", [2.0, 6.0, 0.0, 0.0], 4)
    assert found.dtype == torch.float32
    assert found.tolist() == [1, 3, 0, 0]


@pytest.mark.parametrize("weight", [[1.0], -np.ones(48), np.zeros(48), np.full(48, np.nan)])
def test_illegal_sample_weight(weight):
    with pytest.raises(ValueError, match="sample_weight must"):
        trained(fit={"sample_weight": weight})


def test_complex_sample_weights_are_refused():
    with pytest.raises(TypeError, match="sample_weight must hold real numbers"):
        trained(fit={"sample_weight": torch.full((48,), 1j)})


def test_label_names_are_refused():
    X, y = segments()
    with pytest.raises(TypeError, match="class indices from 0"):
        trainer(network()).fit(X, y.astype(str))


def test_labels_beyond_the_classes_are_refused_by_the_core():
    run = _core.train.Trainer(
        core_model(network(), TASKS),
        _core.train.CrossEntropy(list(TASKS.values()), label_smoothing=0.0, class_weights=[]),
        _core.train.EqualWeighting(),
        _core.train.TrainerOptions(
            learning_rate=1e-3,
            weight_decay=0.0,
            schedule=_core.train.Schedule.constant,
            batch_size=4,
            epochs=1,
            norm_scope=_core.train.NormScope.shared,
            seed=0,
            threads=1,
            fused=True,
        ),
    )
    X, y = segments(8)
    y = y.copy()
    y[3, 0] = 99
    data = _core.train.TrainingData(torch.from_numpy(X), [torch.from_numpy(y)])
    with pytest.raises(ValueError, match="labels of task 0 must lie in -1"):
        run.fit(data, None, lambda: None)
