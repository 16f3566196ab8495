"""Segments as the core takes them."""

import math

import torch

from dt4ecg._common.tensors import as_real_tensor


def as_segments(operation: str, X) -> torch.Tensor:
    x = as_real_tensor(operation, "X", X, unmasked="X without the segments that the mask touches")
    if x.dim() != 3 or 0 in x.shape:
        raise ValueError(
            f"{operation}: X must be segments (n, leads, segment_length), none of them 0, got "
            f"{tuple(x.shape)}"
        )
    x = x.detach().to(torch.float32).contiguous()
    # A finite sum has finite terms; it costs a tenth of looking at each. A sum that is not may have
    # overflowed: then in parts, since at once would take more memory than the segments themselves.
    if math.isfinite(x.sum().item()):
        return x
    bad = torch.cat([(~torch.isfinite(part)).flatten(1).sum(1) for part in x.split(1024)])
    if bad.any():
        raise ValueError(
            f"{operation}: {int(bad.sum())} samples of X are NaN or infinite as float32, the first "
            f"in segment {int(bad.nonzero()[0])}; drop or repair them (Preprocessor(nan='drop'))"
        )
    return x
