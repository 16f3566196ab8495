"""Predictions of heads refuse outputs of another width and outputs that are not finite."""

import numpy as np
import pytest
import torch

import dt4ecg
from dt4ecg.training.head_losses import ClassLoss, OrdinalLoss, PerTask, RegressionLoss

HEADS = [ClassLoss(3), OrdinalLoss(4), RegressionLoss()]


@pytest.mark.parametrize("head", HEADS)
def test_outputs_of_another_width_are_refused(head):
    with pytest.raises(ValueError, match="the head must have"):
        head.predict(torch.zeros(2, 5))


@pytest.mark.parametrize("head", HEADS)
def test_outputs_that_are_not_finite_are_refused(head):
    with pytest.raises(ValueError, match="outputs must be finite"):
        head.predict(torch.full((2, head.outputs), float("nan")))


@pytest.mark.parametrize("wrong", [np.inf, -np.inf, 1e300])
def test_endless_numbers_are_no_targets(wrong):
    heads = PerTask({"v": RegressionLoss()})
    network = dt4ecg.nn.Network("mlp", "none", tasks=heads.outputs, segment_length=60, seed=0)
    trainer = dt4ecg.Trainer(network, objective=heads, epochs=1, n_threads=1)
    with pytest.raises(ValueError, match="targets must lie within"):
        trainer.fit(np.ones((8, 1, 60)), {"v": np.full(8, wrong)})
