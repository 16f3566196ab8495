"""Arrays of real numbers become tensors, and other values are refused."""

import numpy as np
import pytest
import torch

from dt4ecg._common.tensors import as_real_tensor


def as_tensor(values):
    return as_real_tensor("fit", "y", values, unmasked="y.filled(-1)", legal="integers")


@pytest.mark.parametrize("values", [np.arange(3), np.array([True]), np.ones(2, np.float32), [1, 2]])
def test_values_are_kept(values):
    assert as_tensor(values).tolist() == np.asarray(values).tolist()


def test_memory_is_shared_where_torch_supports_it():
    x = np.arange(6.0)
    assert np.shares_memory(as_tensor(x).numpy(), x)
    assert as_tensor(x[::-1]).tolist() == x[::-1].tolist()
    tensor = torch.arange(3)
    assert as_tensor(tensor) is tensor
    x.flags.writeable = False  # torch would warn of a tensor that must not be written
    assert not np.shares_memory(as_tensor(x).numpy(), x)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["rest", "run"], "^fit: y must hold integers, got <U4; convert them first"),
        (np.array([None]), "^fit: y must hold integers, got object"),
        (np.ones(2, complex), "got complex128"),
        (torch.ones(2, dtype=torch.complex64), "got torch.complex64"),
        (np.ma.ones(2), r"^fit: a mask would be lost; pass y\.filled\(-1\)"),
    ],
)
def test_other_values_are_refused(values, text):
    with pytest.raises(TypeError, match=text):
        as_tensor(values)


def test_the_legal_values_are_real_numbers_by_default():
    with pytest.raises(TypeError, match="w must hold real numbers, got <U1"):
        as_real_tensor("fit", "w", ["a"], unmasked="w")
