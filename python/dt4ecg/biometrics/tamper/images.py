"""The wavelet images that the detectors read."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dt4ecg._common.arrays import require_finite, to_numpy
from dt4ecg.signal.wavelets import in_units, wavelet_image

FREQUENCIES = tuple(np.geomspace(1, 40, 32).round(3).tolist())  # Hz
ORDER = 3  # of the superlets: a compromise between time and frequency
UNIT = 10.0  # standard deviations of the segment; no wave is larger
DECADES = 6.0


def as_single_lead(operation: str, X: Any) -> NDArray[Any]:
    """Return segments (n, T) or (n, 1, T) as an array (n, T).

    Raises
    ------
    ValueError
        If `X` has another shape, values that are not finite, or a constant segment.
    TypeError
        If `X` does not hold real numbers.

    Examples
    --------
    >>> import numpy as np
    >>> as_single_lead("fit", np.eye(3, 8)[:, None]).shape
    (3, 8)
    """
    x = to_numpy(operation, X)
    if x.ndim == 3 and x.shape[1] == 1:
        x = x[:, 0]
    if x.ndim != 2:
        raise ValueError(
            f"{operation}: X must be segments of one lead, (n, T) or (n, 1, T), got {x.shape}; "
            "choose a lead, for example X[:, 0]"
        )
    require_finite(operation, x)
    constant = np.flatnonzero(np.ptp(x, axis=1) == 0)
    if len(constant):
        raise ValueError(
            f"{operation}: {len(constant)} of {len(x)} segments are constant, the first at index "
            f"{constant[0]}; leave them out, as dt4ecg.signal.quality finds them"
        )
    return x


def images(x: NDArray[Any], sampling_rate: float, width: int) -> torch.Tensor:
    """Return float32 images (n, frequencies, width) of segments (n, T), whatever their gain.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.random.default_rng(0).normal(size=(2, 300))
    >>> images(x, 100.0, 64).shape
    torch.Size([2, 32, 64])
    """
    made: NDArray[np.float32] = wavelet_image(
        in_units(x, None), sampling_rate, FREQUENCIES, width, ORDER, unit=UNIT, decades=DECADES
    )
    return torch.from_numpy(made)
