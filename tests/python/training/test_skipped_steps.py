"""Steps whose losses or gradients are not finite are skipped and counted."""

import numpy as np
import pytest
import torch
from support.toy import (
    PlainModule,
    epochs_in,
    same_tensors,
    segments,
    trained,
    trainer,
)


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


def test_five_skipped_steps_in_a_row_are_an_error(tmp_path):
    path = tmp_path / "run.dt4ecg"
    run = trainer(NotFinite(range(5, 10)), epochs=4)
    with pytest.raises(RuntimeError, match="5 steps in a row, the last one step 3 of epoch 3"):
        run.fit(*segments(48), checkpoint=path)
    assert run.history["skipped_steps"].tolist() == [0, 2]
    assert epochs_in(path) == 2


def test_task_weights_of_zero_warn_once():
    with pytest.warns(RuntimeWarning, match="exactly 0 after step") as warned:
        run = trained(weighting="paper", batch_size=4, epochs=15)
    assert len(warned) == 1
    assert run.task_weights.tolist() == [0, 0]
