"""Modules that return anything but logits by task are refused by name."""

import numpy as np
import pytest
import torch
from dt4ecg.explain import grad_cam

from dt4ecg.inference import predict_logits

X = np.ones((4, 1, 60), np.float32)


class Returns(torch.nn.Module):
    def __init__(self, make) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(60, 2)
        self.make = make

    def forward(self, x):
        return self.make(self.layer(x)[:, 0])


@pytest.mark.parametrize(
    "make",
    [
        lambda z: z,
        lambda z: {"a": z[:, 0]},
        lambda z: {"a": z[:, :0]},
        lambda z: {"a": z[..., None]},
        lambda z: {"a": z[:1]},
        lambda z: None,
    ],
)
def test_other_outputs_are_refused(make):
    for call in (predict_logits, lambda network, X: grad_cam(network, X, "a")):
        with pytest.raises(ValueError, match=r"must return \{task: logits \(n, classes\)\}"):
            call(Returns(make), X)
