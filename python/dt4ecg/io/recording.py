"""A recording: samples with what is known about them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Recording:
    """One stretch of ECG from one person, as it left the recorder.

    Parameters
    ----------
    samples : (T,) or (leads, T) array of numbers
        Any unit: the network sees normalised amplitudes.
    sampling_rate : float
        In Hz, as measured; it need not be a whole number.
    subject : str
        Who.
    activity : str, optional
        What the person was doing; None where nobody noted it.
    session : str, optional
        What recordings made with the same placing of the electrodes share: a day, an electrode.
    gaps : tuple of int
        Samples before which time was lost, 0 < gap < T; no segment crosses one.
    name : str
        Names the recording in messages and in ``SegmentSet.meta``.
    mains_frequency : float, optional
        In Hz, at the place of recording.

    Raises
    ------
    ValueError
        A shape, rate or gap outside these ranges.
    """

    samples: np.ndarray
    sampling_rate: float
    subject: str
    activity: str | None = None
    session: str | None = None
    gaps: tuple[int, ...] = ()
    name: str = ""
    mains_frequency: float | None = None

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples)
        if samples.ndim not in (1, 2) or samples.shape[-1] == 0:
            raise ValueError(
                f"recording: samples must have shape (T,) or (leads, T), got {samples.shape}"
            )
        if samples.ndim == 2 and not 0 < samples.shape[0] <= samples.shape[1]:
            raise ValueError(
                f"recording: shape {samples.shape} has more leads than samples; "
                "leads come first, so transpose it"
            )
        if samples.dtype.kind not in "iuf":
            raise ValueError(f"recording: samples must be real numbers, got {samples.dtype}")
        rate = float(self.sampling_rate)
        if not (math.isfinite(rate) and rate > 0):
            raise ValueError(f"recording: sampling rate must be above 0 Hz, got {rate}")
        gaps = tuple(sorted(int(gap) for gap in self.gaps))
        if gaps and not 0 < gaps[0] <= gaps[-1] < samples.shape[-1]:
            raise ValueError(
                f"recording: gaps must lie inside the {samples.shape[-1]} samples, got {gaps}"
            )
        object.__setattr__(self, "samples", samples)
        object.__setattr__(self, "sampling_rate", rate)
        object.__setattr__(self, "gaps", gaps)

    @property
    def n_leads(self) -> int:
        return 1 if self.samples.ndim == 1 else self.samples.shape[0]

    @property
    def seconds(self) -> float:
        """Recorded time, without what the gaps lost."""
        return self.samples.shape[-1] / self.sampling_rate

    def __repr__(self) -> str:
        what = ", ".join(
            f"{key}={value!r}"
            for key in ("name", "subject", "activity", "session")
            if (value := getattr(self, key))
        )
        return (
            f"Recording({what}, {self.n_leads} lead{'s' * (self.n_leads > 1)}, "
            f"{self.seconds:.1f} s at {self.sampling_rate:g} Hz)"
        )
