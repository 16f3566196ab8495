"""Tensors of whatever array a caller passes."""

import numpy as np
import torch

from dt4ecg._common.arrays import refuse_mask


def as_real_tensor(
    operation: str, name: str, values, unmasked: str, legal: str = "real numbers"
) -> torch.Tensor:
    """A tensor of anything array-like that holds real numbers."""
    if isinstance(values, torch.Tensor):
        real = not values.is_complex()
    else:
        refuse_mask(operation, values, unmasked)
        values = np.ascontiguousarray(values)  # torch knows no negative strides
        real = values.dtype.kind in "biuf"
    if not real:
        raise TypeError(
            f"{operation}: {name} must hold {legal}, got {values.dtype}; convert them first"
        )
    if isinstance(values, torch.Tensor):
        return values
    return torch.from_numpy(values if values.flags.writeable else values.copy())
