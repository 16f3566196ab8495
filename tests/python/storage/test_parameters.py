"""Stored parameters are compared with those of a network before they are copied."""

import pytest
import torch

from dt4ecg.storage.parameters import differences, faults, load_into, shortened

EXPECTED = {"weight": torch.zeros(2, 3), "bias": torch.zeros(2)}


@pytest.mark.parametrize(
    ("stored", "reasons"),
    [
        (EXPECTED, []),
        ({"weight": EXPECTED["weight"]}, ["bias is missing"]),
        (EXPECTED | {"more": torch.zeros(1)}, ["more is unknown"]),
        (EXPECTED | {"bias": torch.zeros(3)}, ["bias is float32 (3,), not float32 (2,)"]),
        (
            EXPECTED | {"bias": torch.zeros(2, dtype=torch.float64)},
            ["bias is float64 (2,), not float32 (2,)"],
        ),
    ],
)
def test_differences_name_each_tensor(stored, reasons):
    assert differences(stored, EXPECTED) == reasons


def test_more_than_three_reasons_are_counted():
    assert shortened(["a", "b", "c"]) == "a, b, c"
    assert shortened(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_parameters_are_copied_into_the_network():
    network = torch.nn.Linear(3, 2)
    stored = {"weight": torch.ones(2, 3), "bias": torch.full((2,), 0.5)}
    load_into(network, stored)
    assert torch.equal(network.weight, stored["weight"])
    assert torch.equal(network.bias, stored["bias"])


@pytest.mark.parametrize(
    ("bias", "message"),
    [
        (torch.zeros(3), r"bias is float32 \(3,\), not float32 \(2,\)"),
        (torch.tensor([0.0, torch.inf]), "bias holds values that are NaN or infinite"),
        (torch.tensor([torch.nan, 0.0]), "bias holds values that are NaN or infinite"),
    ],
)
def test_refused_parameters_leave_the_network_unchanged(bias, message):
    network = torch.nn.Linear(3, 2)
    before = network.weight.detach().clone()
    with pytest.raises(ValueError, match=message):
        load_into(network, {"weight": torch.ones(2, 3), "bias": bias})
    assert torch.equal(network.weight, before)


def test_statistics_below_0_are_refused():
    norm = torch.nn.BatchNorm1d(2)
    for name, value in (
        ("running_var", torch.tensor([1.0, -1e-6])),
        ("num_batches_tracked", torch.tensor(-1)),
    ):
        with pytest.raises(ValueError, match=f"{name} holds a value below 0"):
            load_into(norm, norm.state_dict() | {name: value})
    load_into(norm, norm.state_dict() | {"running_mean": torch.tensor([0.0, -1.0])})
    assert norm.running_mean.tolist() == [0, -1]


def test_a_constant_of_the_network_may_be_infinite():
    mask = {"mask": torch.tensor([0.0, -torch.inf])}
    assert faults(mask, mask) == []
    assert faults(mask, {"mask": torch.zeros(2)}) == ["mask holds values that are NaN or infinite"]
