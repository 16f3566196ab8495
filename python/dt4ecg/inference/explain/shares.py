"""How much of a map lies inside marked samples, such as the waves of the heartbeats."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray


def share_inside(maps: Any, inside: Any) -> NDArray[np.float64]:
    """Return the share of each map that lies inside marked samples.

    Parameters
    ----------
    maps : array or tensor (n, T)
        Maps of at least 0, such as those of :func:`grad_cam`.
    inside : bool array (n, T)
        The marked samples, such as those of P, QRS and T waves.

    Returns
    -------
    share : array (n,)
        From 0 to 1. NaN where the map is 0 everywhere. A constant map has the share of the marked
        samples, which is the value to compare with.

    Raises
    ------
    ValueError
        If the shapes differ, the marks are not bool, or maps are negative or not finite.

    See Also
    --------
    peak_inside : Whether the largest value lies inside.
    dt4ecg.beats.wave_windows : Samples where the waves are expected.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.inference.explain import share_inside
    >>> share_inside(np.array([[0.0, 3.0, 1.0, 0.0]]), np.array([[False, True, False, False]]))
    array([0.75])
    """
    values, marked = _checked("share_inside", maps, inside)
    total = values.sum(1)
    found = np.full(len(values), np.nan)
    np.divide((values * marked).sum(1), total, out=found, where=total > 0)
    return found


def peak_inside(maps: Any, inside: Any) -> NDArray[np.float64]:
    """Return for each map whether its largest value lies inside marked samples.

    Parameters
    ----------
    maps, inside
        As in :func:`share_inside`.

    Returns
    -------
    hits : array (n,)
        1 or 0. NaN where the map is 0 everywhere. Of several largest values, their share is taken.

    Raises
    ------
    ValueError
        As in :func:`share_inside`.

    See Also
    --------
    share_inside : The share of the whole map.

    References
    ----------
    J. Zhang et al., "Top-down neural attention by excitation backprop", ECCV, 2016, section 4.1:
    the pointing game.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.inference.explain import peak_inside
    >>> peak_inside(np.array([[0.0, 3.0, 1.0, 0.0]]), np.array([[False, True, False, False]]))
    array([1.])
    """
    values, marked = _checked("peak_inside", maps, inside)
    largest = values.max(axis=1, keepdims=True, initial=0)
    peaks = (values == largest) & (largest > 0)
    found = np.full(len(values), np.nan)
    np.divide((peaks & marked).sum(1), peaks.sum(1), out=found, where=peaks.any(1))
    return found


def _checked(
    operation: str, maps: Any, inside: Any
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    several = [
        np.asarray(one.numpy(force=True) if isinstance(one, torch.Tensor) else one)
        for one in (maps, inside)
    ]
    values, marked = several
    if values.ndim != 2 or values.shape != marked.shape or marked.dtype != bool:
        raise ValueError(
            f"{operation}: needs maps (n, T) and bool marks of the same shape, got "
            f"{values.dtype} {values.shape} and {marked.dtype} {marked.shape}"
        )
    if values.dtype.kind not in "fiub" or not np.isfinite(values).all() or (values < 0).any():
        raise ValueError(
            f"{operation}: maps must be finite numbers of at least 0; take absolute values of "
            "contributions first"
        )
    return values.astype(np.float64), marked
