"""A recording: samples together with the facts that are known about them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Recording:
    """A continuous stretch of ECG from one person, as the recorder stored it.

    Parameters
    ----------
    samples : array of numbers, shape (T,) or (leads, T)
        Samples in any unit: preprocessing normalises the amplitude.
    sampling_rate : float
        Measured sampling rate in Hz; it need not be a whole number.
    subject : str
        Name of the person.
    activity : str, optional
        Activity of the person; None if it is unknown.
    session : str, optional
        Name shared by recordings with the same electrode placement, such as a day or an electrode.
    gaps : tuple of int, default ()
        Indexes of the samples before which time was lost, 0 < gap < T. No segment crosses a gap.
    name : str, default ""
        Name of the recording in messages and in ``SegmentSet.meta``.
    mains_frequency : float, optional
        Mains frequency in Hz at the place of recording; None if it is unknown.

    Raises
    ------
    ValueError
        If the shape, the sampling rate or a gap is outside these ranges.

    See Also
    --------
    dt4ecg.datasets.from_recordings : Cut recordings into labelled segments.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.io import Recording
    >>> recording = Recording(np.zeros((2, 5000)), 500.0, subject="Anna", activity="rest")
    >>> recording
    Recording(subject='Anna', activity='rest', 2 leads, 10.0 s at 500 Hz)
    >>> recording.n_leads, recording.seconds
    (2, 10.0)
    """

    samples: NDArray[Any]
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
        """Number of leads."""
        return 1 if self.samples.ndim == 1 else self.samples.shape[0]

    @property
    def seconds(self) -> float:
        """Duration of the stored samples in seconds, without the time lost in gaps."""
        n_samples: int = self.samples.shape[-1]
        return n_samples / self.sampling_rate

    def __repr__(self) -> str:
        facts = ", ".join(
            f"{key}={value!r}"
            for key in ("name", "subject", "activity", "session")
            if (value := getattr(self, key))
        )
        return (
            f"Recording({facts}, {self.n_leads} lead{'s' * (self.n_leads > 1)}, "
            f"{self.seconds:.1f} s at {self.sampling_rate:g} Hz)"
        )
