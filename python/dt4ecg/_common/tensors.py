"""Convert arrays of any kind to tensors."""

from typing import Any

import numpy as np
import torch

from dt4ecg._common.arrays import refuse_mask


def as_real_tensor(
    operation: str, name: str, values: Any, unmasked: str, legal: str = "real numbers"
) -> torch.Tensor:
    """Return a tensor of array-like values that are real numbers.

    Raises
    ------
    TypeError
        If the values are of another kind, a sparse tensor, or a masked array. ``unmasked`` says
        what to pass instead of the masked array, and ``legal`` names the legal values.
    """
    if isinstance(values, torch.Tensor):
        real = not values.is_complex()
    else:
        refuse_mask(operation, values, unmasked)
        values = np.ascontiguousarray(values)  # torch does not support negative strides
        real = values.dtype.kind in "biuf"
    if not real:
        raise TypeError(
            f"{operation}: {name} must hold {legal}, got {values.dtype}; convert them first"
        )
    if isinstance(values, torch.Tensor):
        if values.layout != torch.strided:
            raise TypeError(
                f"{operation}: {name} must be a dense tensor, got the layout "
                f"{str(values.layout).removeprefix('torch.')}; call to_dense()"
            )
        return values
    return torch.from_numpy(values if values.flags.writeable else values.copy())
