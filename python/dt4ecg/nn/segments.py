"""Segments as the core takes them: a checked float32 tensor."""

import math
from typing import Any

import torch

from dt4ecg._common.tensors import as_real_tensor
from dt4ecg._common.wording import counted


def as_segments(operation: str, X: Any) -> torch.Tensor:
    """Return segments as a contiguous float32 tensor (n, leads, segment_length) on their device.

    Raises
    ------
    TypeError
        If ``X`` holds anything but real numbers, or is a masked array.
    ValueError
        If ``X`` has another number of dimensions, an empty one, or samples that are not finite.
    """
    x = as_real_tensor(operation, "X", X, unmasked="X without the segments that the mask touches")
    if x.dim() != 3 or 0 in x.shape:
        raise ValueError(
            f"{operation}: X must be segments (n, leads, segment_length), none of them 0, got "
            f"{tuple(x.shape)}"
        )
    x = x.detach().to(torch.float32).contiguous()
    # A finite sum has finite terms, and costs a tenth of a check of each sample. An infinite sum
    # may be an overflow, so then every sample is checked, in parts to save memory.
    if math.isfinite(x.sum().item()):
        return x
    parts: tuple[torch.Tensor, ...] = x.split(1024)  # type: ignore[no-untyped-call]
    bad = torch.cat([(~torch.isfinite(part)).flatten(1).sum(1) for part in parts])
    if bad.any():
        raise ValueError(
            f"{operation}: X is NaN or infinite as float32 in {counted(int(bad.sum()), 'sample')}, "
            f"the first in segment {int(bad.nonzero()[0])}; drop or repair them "
            "(Preprocessor(nan='drop'))"
        )
    return x
