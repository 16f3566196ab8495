"""One template of several embeddings."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.nested import as_array

Embeddings = NDArray[np.float32]


def normalised(embeddings: ArrayLike | torch.Tensor) -> Embeddings:
    """Return embeddings (n, d) of length 1.

    Raises
    ------
    ValueError
        If they are not a matrix of finite numbers, or one of them is zero.
    TypeError
        If they are a tensor that requires grad.

    Examples
    --------
    >>> from dt4ecg.biometrics.fusion import normalised
    >>> normalised([[3.0, 4.0]])
    array([[0.6, 0.8]], dtype=float32)
    """
    if isinstance(embeddings, torch.Tensor) and embeddings.requires_grad:
        raise TypeError(
            "embeddings: an encoder must return numbers without a gradient, got a tensor that "
            "requires grad; compute it under torch.no_grad(), or return it with detach()"
        )
    values = as_array("embeddings", embeddings)
    if values.ndim != 2 or not values.shape[1] or values.dtype.kind not in "fiu":
        raise ValueError(
            "embeddings: an encoder must return real numbers of shape (n, d), got "
            f"{values.dtype} of shape {values.shape}"
        )
    wide = values.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    bad = ~(np.isfinite(lengths) & (lengths > 0))[:, 0]
    if bad.any():
        raise ValueError(
            f"embeddings: {bad.sum()} of {len(bad)} embeddings are zero, NaN or infinite, so they "
            "have no direction; check the encoder, and the scale of the segments"
        )
    found: Embeddings = (wide / lengths).astype(np.float32)
    return found


def fused(embeddings: Embeddings) -> Embeddings:
    """Return the mean of embeddings (n, d) of length 1 as one vector (d,) of length 1.

    Raises
    ------
    ValueError
        If there are none, or they cancel each other.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.fusion import fused
    >>> fused(np.eye(2, dtype=np.float32)).round(3)
    array([0.707, 0.707], dtype=float32)
    """
    if not len(embeddings):
        raise ValueError("embeddings: there are none to fuse; pass at least one segment")
    found: Embeddings = normalised(embeddings.mean(axis=0, dtype=np.float64)[None])[0]
    return found
