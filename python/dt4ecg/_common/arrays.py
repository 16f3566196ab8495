"""Convert samples from NumPy or torch to NumPy, and results back to the kind of the input."""

from typing import Any

import numpy as np
import torch
from numpy.typing import DTypeLike, NDArray

from dt4ecg._common.limits import LARGEST_SAMPLE
from dt4ecg._common.nested import as_array

_TORCH_REAL = frozenset(
    {
        torch.float32,
        torch.float64,
        torch.int8,
        torch.int16,
        torch.int32,
        torch.int64,
        torch.uint8,
        torch.uint16,
        torch.uint32,
        torch.uint64,
    }
)


def to_numpy(operation: str, x: Any, allow_empty: bool = False) -> NDArray[Any]:
    """Return samples as a NumPy array of float32, float64 or integers, without a copy if possible.

    Parameters
    ----------
    operation : str
        Start of the error text.
    x : array, tensor or nested sequence of numbers
    allow_empty : bool, default False
        Accept an array without samples.

    Raises
    ------
    TypeError
        If the dtype is another one, the array is masked, or the tensor requires grad.
    ValueError
        If ``x`` is a scalar, or empty and ``allow_empty`` is False, or rows differ in length.
    """
    legal = "expects float32, float64 or integer samples"
    if isinstance(x, torch.Tensor):
        if x.requires_grad:
            raise TypeError(
                f"{operation}: the tensor requires grad, but no gradient flows through here; "
                "pass x.detach()"
            )
        if x.dtype not in _TORCH_REAL:
            raise TypeError(f"{operation}: {legal}, got {x.dtype}; convert them first")
        x = x.cpu().numpy()
    refuse_mask(operation, x, "x.filled(np.nan) and choose a policy for NaN")
    array = as_array(operation, x)
    if array.dtype.kind not in "iu" and not (
        array.dtype.kind == "f" and array.dtype.itemsize in (4, 8)
    ):
        raise TypeError(f"{operation}: {legal}, got {array.dtype}; convert them first")
    if array.ndim == 0:
        raise ValueError(f"{operation}: expects at least one dimension, got a scalar")
    if array.size == 0 and not allow_empty:
        raise ValueError(f"{operation}: no samples, the shape is {array.shape}")
    return array


def refuse_mask(operation: str, values: Any, instead: str) -> None:
    """Raise TypeError for a masked array; ``instead`` says what to pass."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(f"{operation}: a mask would be lost; pass {instead}")


def like(x: Any, result: NDArray[np.float64], integer_as: DTypeLike) -> Any:
    """Return a result as the kind of ``x``: NumPy or torch, its device and its floating dtype.

    The dtype is ``integer_as`` where ``x`` has integers.
    """
    if isinstance(x, torch.Tensor):
        dtype = np.dtype(str(x.dtype).removeprefix("torch."))
    else:
        dtype = np.asarray(x).dtype
    dtype = np.dtype(integer_as) if dtype.kind in "iu" else dtype.newbyteorder("=")
    converted = result.astype(dtype, copy=False)
    return torch.from_numpy(converted).to(x.device) if isinstance(x, torch.Tensor) else converted


def require_finite(operation: str, x: NDArray[Any]) -> None:
    """Raise ValueError with number and first index of NaN, infinite or too large samples."""
    bad = ~(np.abs(x) <= LARGEST_SAMPLE) if x.dtype.kind == "f" else np.zeros(x.shape, bool)
    if not bad.any():
        return
    index = tuple(int(i) for i in np.unravel_index(np.argmax(bad), x.shape))
    first = index[0] if x.ndim == 1 else index
    raise ValueError(
        f"{operation}: {np.count_nonzero(bad)} of {x.size} samples are NaN or infinite or beyond "
        f"{LARGEST_SAMPLE:g}, the first at index {first}; repair them first, or use "
        'Preprocessor(nan="interpolate") or Preprocessor(nan="drop")'
    )
