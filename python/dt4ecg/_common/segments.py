"""Segments of shape (n, T) or (n, leads, T) as the rows that scikit-learn checks."""

from typing import Any

import numpy as np
import torch

from dt4ecg._common.arrays import refuse_mask
from dt4ecg._common.nested import as_array


def as_rows(operation: str, X: Any) -> tuple[Any, tuple[int, ...], tuple[int, int]]:
    """Flatten the leads of each segment.

    Parameters
    ----------
    operation : str
        Start of the error messages.
    X : array-like (n, T) or (n, leads, T)
        NumPy, torch, a data frame or nested lists.

    Returns
    -------
    rows : array (n, leads * T)
        X itself if it has two axes already.
    shape : tuple of int
        Shape of X.
    segment : tuple of int
        Leads and samples per segment.

    Raises
    ------
    ValueError
        If X has another number of axes, or three axes of which one is empty, or rows differ in
        length.
    TypeError
        If X is a masked array, or holds text or times.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg._common.segments import as_rows
    >>> rows, shape, segment = as_rows("fit", np.zeros((5, 2, 300)))
    >>> rows.shape, segment
    ((5, 600), (2, 300))
    """
    refuse_mask(operation, X, "X without the segments that the mask touches")
    if isinstance(X, torch.Tensor):
        X = X.numpy(force=True)  # no gradient flows through here
    _refuse_text_and_times(operation, X)
    shape = tuple(getattr(X, "shape", None) or np.asarray(X).shape)
    if len(shape) not in (2, 3):
        raise ValueError(
            f"{operation}: X must be segments (n, T) or (n, leads, T), got {shape}. "
            "Reshape your data: a segment x (T,) alone is x[None]"
        )
    if len(shape) == 2:
        return X, shape, (1, shape[1])
    if 0 in shape:
        raise ValueError(
            f"{operation}: X is empty, got the shape {shape}; pass at least one segment of at "
            "least one lead and sample"
        )
    return np.asarray(X).reshape(shape[0], -1), shape, (shape[1], shape[2])


def _refuse_text_and_times(operation: str, X: Any) -> None:
    """Refuse what NumPy would convert to numbers: samples are never written as text or dates."""
    values = X if hasattr(X, "dtype") else as_array(operation, X)
    kind = values.dtype.kind
    if kind in "USMm" or (kind == "O" and any(isinstance(v, str | bytes) for v in values.flat)):
        raise TypeError(
            f"{operation}: X must hold real numbers, got {values.dtype} with text or times; "
            "convert it, for example with X.astype(float)"
        )
