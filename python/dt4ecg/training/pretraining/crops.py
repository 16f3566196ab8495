"""Random views of a segment: crops that are resized, silent spans, and noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common import numbers

Segments = NDArray[np.float32]
Range = tuple[float, float]


@dataclass(frozen=True)
class Crops:
    """Settings of the views of a segment: crops, silent spans (TimeOut) and noise.

    Parameters
    ----------
    local : int, default=2
        Number of short crops per segment, in addition to the two long ones. The teacher sees the
        long crops only.
    long_share : tuple of float, default=(0.5, 1.0)
        Smallest and largest length of a long crop, as a fraction of the network's segment length.
    short_share : tuple of float, default=(0.1, 0.5)
        The same for short crops.
    silence : tuple of float, default=(0.2, 0.4)
        Smallest and largest fraction of a view that each lead loses: one span becomes 0.
    noise : tuple of float, default=(0.005, 0.025)
        Smallest and largest standard deviation of white noise, for leads of standard deviation 1.

    Raises
    ------
    ValueError
        If a number is outside its range.

    See Also
    --------
    SelfDistillation : Learns from these views.

    Notes
    -----
    Each crop starts at a random place of the row and is resized to the segment length by linear
    interpolation. The row may be longer than the segment length, so the two long crops of a row
    may show different beats. The shares, silent spans and noise are those of the released code of
    Phan et al. (2022), "Multimodality Multi-Lead ECG Arrhythmia Classification using
    Self-Supervised Learning", arXiv 2210.06297. There, short crops have 100 samples and long ones
    250; here all have the length of the network.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training.pretraining import Crops
    >>> rows = np.random.default_rng(0).normal(size=(4, 1, 900)).astype(np.float32)
    >>> Crops(local=2).views(rows, 300, np.random.default_rng(1)).shape
    (4, 4, 1, 300)
    """

    local: int = 2
    long_share: Range = (0.5, 1.0)
    short_share: Range = (0.1, 0.5)
    silence: Range = (0.2, 0.4)
    noise: Range = (0.005, 0.025)

    def __post_init__(self) -> None:
        numbers.integer("Crops", "local", self.local, 0, 64)
        for name in ("long_share", "short_share", "silence", "noise"):
            _check_range(name, getattr(self, name), 0.0 if name in ("silence", "noise") else 0.01)

    def views(self, rows: Segments, length: int, generator: np.random.Generator) -> Segments:
        """Return the views (views, n, leads, length) of rows (n, leads, T), the long ones first.

        Raises
        ------
        ValueError
            If T is below `length`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.training.pretraining import Crops
        >>> rows = np.ones((2, 1, 60), np.float32)
        >>> plain = Crops(local=0, silence=(0, 0), noise=(0, 0))
        >>> plain.views(rows, 60, np.random.default_rng(0)).max()  # a flat lead becomes 0
        np.float32(0.0)
        """
        if rows.shape[-1] < length:
            raise ValueError(
                f"Crops: rows have {rows.shape[-1]} samples, which is below the segment length "
                f"{length}; pass longer rows, or set segment_length"
            )
        shares = [self.long_share] * 2 + [self.short_share] * self.local
        return np.stack([self._view(rows, length, share, generator) for share in shares])

    def _view(
        self, rows: Segments, length: int, share: Range, generator: np.random.Generator
    ) -> Segments:
        x = _scaled(_resized(rows, length, share, generator))
        n, leads, _ = x.shape
        deviation = generator.uniform(*self.noise, (n, 1, 1))
        x += (deviation * generator.standard_normal(x.shape)).astype(np.float32)
        span = generator.uniform(*self.silence, (n, leads, 1)) * length
        start = generator.uniform(0, 1, (n, leads, 1)) * (length - span)
        time = np.arange(length)
        x[(time >= start) & (time < start + span)] = 0
        return x


def _resized(rows: Segments, length: int, share: Range, generator: np.random.Generator) -> Segments:
    """Cut a crop of a random length from each row, and interpolate it to `length` samples."""
    n, leads, available = rows.shape
    crop = np.maximum(generator.uniform(*share, n) * length, 2)
    start = generator.uniform(0, 1, n) * (available - crop)
    places = start[:, None] + (crop[:, None] - 1) * np.linspace(0, 1, length)
    before = np.minimum(places.astype(np.int64), available - 2)
    part = (places - before).astype(np.float32)[:, None]
    row, lead = np.arange(n)[:, None, None], np.arange(leads)[:, None]
    left, right = rows[row, lead, before[:, None]], rows[row, lead, before[:, None] + 1]
    found: Segments = left + part * (right - left)
    return found


def _scaled(x: Segments) -> Segments:
    """Scale each lead to mean 0 and standard deviation 1; a flat lead becomes 0."""
    centred = x - x.mean(-1, keepdims=True, dtype=np.float64)
    deviation = centred.std(-1, keepdims=True)
    found = centred / np.where(deviation > 1e-9, deviation, np.inf)
    scaled: Segments = found.astype(np.float32)
    return scaled


def _check_range(name: str, values: Range, least: float) -> None:
    legal = isinstance(values, tuple) and len(values) == 2
    if not legal or not least <= numbers.real(values[0]) <= numbers.real(values[1]) <= 1:
        raise ValueError(
            f"Crops: {name} must be a pair of numbers from {least} to 1 in ascending order, such "
            f"as {getattr(Crops, name)}, got {values!r}"
        )
