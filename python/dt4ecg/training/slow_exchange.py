"""Random exchange of the slow parts of segments, which hold much of the motion of electrodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common import numbers
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.training.augmentation import scaled

Segments = NDArray[np.float32]


@dataclass(frozen=True)
class SlowExchange:
    """Give segments the slow part of another segment of the same class.

    This makes it harder for a network to know a person by the slow waves of their recordings. It
    sees the motion of an activity together with the QRS complexes of several people.

    Parameters
    ----------
    sampling_rate : float, default=100.0
        In Hz.
    share : float, default=0.5
        Fraction of the segments that are changed, from 0 to 1.
    lowest, highest : float, default=1.0, 4.0
        Range of the cutoff in Hz, drawn for each segment. The slow part has the gain
        ``1 / (1 + (f / cutoff)**4)`` and no shift of phase; the rest of the segment stays.

    Raises
    ------
    ValueError
        If a number is outside its range, or `highest` is not below half the sampling rate.

    Notes
    -----
    Each lead is scaled to mean 0 and standard deviation 1 first. All leads of a segment get those
    of the same other segment. A segment without a known class keeps its own.

    See Also
    --------
    AugmentedSegments : Applies it to all segments of each epoch.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training import SlowExchange
    >>> segments = np.random.default_rng(0).normal(size=(8, 1, 300)).astype(np.float32)
    >>> classes = np.arange(8) % 2
    >>> SlowExchange()(segments, classes, np.random.default_rng(1)).shape
    (8, 1, 300)
    """

    sampling_rate: float = 100.0
    share: float = 0.5
    lowest: float = 1.0
    highest: float = 4.0

    def __post_init__(self) -> None:
        rate, low, high = (
            numbers.real(getattr(self, name)) for name in ("sampling_rate", "lowest", "highest")
        )
        if not 0 < rate < np.inf:
            raise ValueError(
                f"SlowExchange: sampling_rate must be a finite number above 0 Hz, got {rate!r}"
            )
        if not 0 <= numbers.real(self.share) <= 1:
            raise ValueError(f"SlowExchange: share must be from 0 to 1, got {self.share!r}")
        if not 0 < low <= high < rate / 2:
            raise ValueError(
                "SlowExchange: needs 0 < lowest <= highest < half the sampling rate, "
                f"{rate / 2:g} Hz, got {low:g} and {high:g}; choose lower cutoffs"
            )

    def __call__(
        self, segments: Segments, classes: NDArray[np.int64], generator: np.random.Generator
    ) -> Segments:
        """Return changed segments (n, leads, T) of segments and their classes (n,)."""
        x = scaled(np.asarray(segments, np.float64))
        n, _, length = x.shape
        other = np.arange(n)
        for one in np.unique(classes[classes != UNKNOWN]):
            rows = np.flatnonzero(classes == one)
            other[rows] = generator.permutation(rows)
        cutoff = generator.uniform(self.lowest, self.highest, (n, 1, 1))
        changed = generator.random((n, 1, 1)) < self.share
        frequency = np.fft.rfftfreq(length, 1 / self.sampling_rate)
        gain = changed / (1 + (frequency / cutoff) ** 4)
        spectrum = np.fft.rfft(x)
        spectrum = spectrum + gain * (spectrum[other] - spectrum)
        return np.fft.irfft(spectrum, length).astype(np.float32)
