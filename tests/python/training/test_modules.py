"""Modules that return something else than logits are refused."""

import numpy as np
import pytest
import torch
from support.toy import (
    LENGTH,
    PlainModule,
    segments,
    trained,
)

import dt4ecg


@pytest.mark.parametrize(
    "module", [torch.nn.Flatten(), torch.nn.Identity(), torch.nn.LSTM(LENGTH, 3)]
)
def test_modules_without_logits_are_refused(module):
    with pytest.raises(ValueError, match=r"must return \{task: logits"):
        trained(module)


class ChangesItsOutput(PlainModule):
    """Returns legal logits for one segment, and something else for a batch."""

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
def test_an_output_of_another_form_is_described(spoil, found, weighting):
    wanted = r"must return \{task: logits\}.* identity \(16, 3\), activity \(16, 2\); .*"
    with pytest.raises(ValueError, match=wanted + found):
        trained(ChangesItsOutput(spoil), weighting=weighting)


@pytest.mark.parametrize("weighting", ["none", "chen2018"])
def test_detached_logits_are_refused(weighting):
    module = ChangesItsOutput(lambda logits: {t: v.detach() for t, v in logits.items()})
    with pytest.raises(ValueError, match=r"depend on no parameter .* detached"):
        trained(module, weighting=weighting)


def test_tasks_without_a_name_are_refused():
    class Numbered(PlainModule):
        def forward(self, x):
            return dict(enumerate(super().forward(x).values()))

    with pytest.raises(ValueError, match=r"must return \{task: logits"):
        trained(Numbered())


def test_a_module_whose_parameters_grow_is_refused():
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
