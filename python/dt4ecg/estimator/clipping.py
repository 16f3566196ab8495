"""Warn of recordings that the recorder clipped."""

from __future__ import annotations

import warnings

import numpy as np

from dt4ecg.signal.quality_indices import Quality


def warn_of_clipping(quality: Quality, stacklevel: int) -> None:
    """Warn of each lead whose waves are cut off in some segments of a recording."""
    for lead, (parts, rails) in enumerate(zip(quality.cut_off.T, quality.rail.T, strict=True)):
        clipped = parts > 0
        if clipped.any():
            values = ", ".join(f"{value:.6g}" for value in np.unique(rails[clipped])[:3])
            warnings.warn(
                f"recording: lead {lead} is clipped at {values} in {clipped.sum()} of {len(parts)} "
                "segments, which may change its names; record with a larger range, or a lower gain",
                stacklevel=stacklevel + 1,
            )
