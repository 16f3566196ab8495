"""Arrays and tensors are converted without a copy where possible, and back to their kind."""

import numpy as np
import pytest
import torch

from dt4ecg._common.arrays import like, refuse_mask, require_finite, to_numpy
from dt4ecg._common.names import known_names
from dt4ecg._common.segments import as_rows


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.uint8])
def test_arrays_and_tensors_share_their_memory(dtype):
    x = np.arange(6).astype(dtype)
    assert to_numpy("read", x) is x
    assert np.shares_memory(to_numpy("read", torch.from_numpy(x)), x)


def test_empty_arrays_are_refused_unless_allowed():
    with pytest.raises(ValueError, match=r"^read: no samples, the shape is \(2, 0\)"):
        to_numpy("read", np.zeros((2, 0)))
    assert to_numpy("read", np.zeros((2, 0)), allow_empty=True).shape == (2, 0)
    with pytest.raises(ValueError, match=r"^read: expects at least one dimension, got a scalar"):
        to_numpy("read", np.float64(1), allow_empty=True)


def test_rows_of_different_lengths_are_refused():
    for x, text in (
        ([[1, 2, 3], [4]], ", got rows of 1 to 3 entries; cut or pad"),
        ([[[1, 2]], [[3]]], "; cut or pad"),
    ):
        with pytest.raises(ValueError, match=f"^read: all rows must have the same length{text}"):
            to_numpy("read", x)
        with pytest.raises(ValueError, match=f"^embed: all rows must have .*{text}"):
            as_rows("embed", x)
        with pytest.raises(ValueError, match=f"^curve: subject: all rows .*{text}"):
            known_names("curve", "subject", x)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (
            torch.zeros(3, requires_grad=True),
            r"^read: the tensor requires grad.*x\.detach\(\)",
        ),
        (torch.zeros(3, dtype=torch.float16), "^read: expects .* got torch.float16; convert"),
        (np.zeros(3, np.float16), "^read: expects .* got float16; convert"),
        (np.zeros(3, np.longdouble), "^read: expects .*; convert"),
        (np.ma.zeros(3), "^read: a mask would be lost; pass x.filled"),
    ],
)
def test_other_kinds_are_refused(x, text):
    with pytest.raises(TypeError, match=text):
        to_numpy("read", x)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.zeros(3, np.float32), np.float32),
        (np.zeros(3, ">f8"), np.dtype("=f8")),
        (np.zeros(3, np.int8), np.float64),
        ([1, 2], np.float64),
        (torch.zeros(3, dtype=torch.float32), torch.float32),
        (torch.zeros(3, dtype=torch.uint16), torch.float64),
    ],
)
def test_results_take_the_kind_of_the_samples(x, expected):
    found = like(x, np.ones(2), np.float64)
    assert isinstance(found, torch.Tensor if isinstance(x, torch.Tensor) else np.ndarray)
    assert found.dtype == expected
    assert found.tolist() == [1.0, 1.0]


def test_values_that_are_not_finite_are_counted_and_located():
    x = np.zeros((2, 5))
    require_finite("read", x)
    x[1, 2:4] = np.nan, np.inf
    with pytest.raises(ValueError, match=r"^read: 2 of 10 .*, the first at index \(1, 2\);"):
        require_finite("read", x)
    with pytest.raises(ValueError, match=r"^read: 2 of 5 samples .*, the first at index 2;"):
        require_finite("read", x[1])


def test_masked_arrays_are_refused_with_advice():
    refuse_mask("read", np.zeros(3), "nothing")
    with pytest.raises(TypeError, match=r"^read: a mask would be lost; pass x\.data"):
        refuse_mask("read", np.ma.zeros(3), "x.data")
