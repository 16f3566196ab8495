"""Find the R peaks of a complete recording."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import require_finite, to_numpy
from dt4ecg._common.numbers import integer, real
from dt4ecg._common.wording import counted
from dt4ecg.io.recording import Recording
from dt4ecg.signal.inputs import as_leads, gaps_of, known_rate_of, samples_of

LEAST_SECONDS = 2.0


@dataclass(frozen=True, eq=False)
class Beats:
    """R peaks of one lead.

    Attributes
    ----------
    samples : array of int64, shape (n,)
        Index of the sample of each R peak, in ascending order.
    sampling_rate : float
        Sampling rate in Hz.
    gaps : tuple of int
        Indexes of the samples before which time was lost; no interval crosses them.

    Raises
    ------
    ValueError
        If the samples have another shape, the sampling rate is not a finite number above 0, or a
        gap is not an integer of at least 0.
    TypeError
        If the samples are not integers.

    See Also
    --------
    find : Returns this.
    rr_intervals : The intervals between the peaks.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.beats import Beats
    >>> Beats(np.array([120, 370]), sampling_rate=250.0).times
    array([0.48, 1.48])
    """

    samples: NDArray[np.int64]
    sampling_rate: float
    gaps: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        samples = to_numpy("Beats", self.samples, allow_empty=True)
        if samples.ndim != 1:
            raise ValueError(
                f"Beats: samples must be those of one lead, shape (n,), got {samples.shape}; make "
                "one object for each lead"
            )
        if samples.size and samples.dtype.kind not in "iu":
            raise TypeError(
                f"Beats: samples must be integers, the indexes of R peaks, got {samples.dtype}; "
                "pass times in seconds to rr_intervals or rr_features"
            )
        if not 0 < real(self.sampling_rate) < np.inf:
            raise ValueError(
                "Beats: sampling_rate must be a finite number above 0 Hz, got "
                f"{self.sampling_rate!r}; pass that of the recording"
            )
        gaps = tuple(integer("Beats", "each of gaps", gap, 0) for gap in self.gaps)
        object.__setattr__(self, "gaps", gaps)
        object.__setattr__(self, "samples", samples.astype(np.int64, copy=False))

    @property
    def times(self) -> NDArray[np.float64]:
        """Time of each R peak in seconds of recorded samples."""
        return self.samples / self.sampling_rate

    def __len__(self) -> int:
        return len(self.samples)

    def __repr__(self) -> str:
        gaps = f", {counted(len(self.gaps), 'gap')}" if self.gaps else ""
        return f"Beats({counted(len(self), 'R peak')} at {self.sampling_rate:g} Hz{gaps})"


def find(x: Any, sampling_rate: float | None = None, lead: int | str = 0) -> Beats:
    """Find the R peaks of one lead.

    Parameters
    ----------
    x : Recording, or array or tensor of shape (T,) or (leads, T)
        Samples in any unit, with any offset; the QRS complexes may point upwards or downwards. A
        Recording has its own sampling rate and gaps, and its lost samples (NaN) are gaps too.
    sampling_rate : float, optional
        Sampling rate in Hz, 80 to 20,000.
    lead : int or str, default 0
        Index of the lead, or its name in a Recording.

    Returns
    -------
    Beats
        A peak is the first deflection of a QRS complex that has at least three quarters of the
        height of its largest one.

    Raises
    ------
    ValueError
        If the signal is shorter than 2 s, samples are infinite, or NaN in an array, there is no
        such lead, or the sampling rate is unknown or outside its range.
    TypeError
        If the samples are not float32, float64 or integers.

    See Also
    --------
    stream : The same peaks from a signal that arrives in chunks.
    dt4ecg.signal.quality : Whether a signal is an ECG. This function does not check that.

    References
    ----------
    J. Pan, W. J. Tompkins, "A real-time QRS detection algorithm", IEEE Transactions on Biomedical
    Engineering 32(3), 230-236, 1985, for the thresholds and the search for missed beats.

    Examples
    --------
    >>> from dt4ecg import beats
    >>> from dt4ecg.datasets import simulate_cohort
    >>> found = beats.find(simulate_cohort(subjects=1, seconds=10)[0])
    >>> len(found), found.times[:3].round(2)
    (12, array([0.52, 1.32, 2.08]))
    """
    rate = known_rate_of("beats", x, sampling_rate)
    gaps = tuple(gaps_of("beats", x, ()))
    leads = as_leads("beats", samples_of(x))
    row = leads[_index(x, lead, len(leads))]
    lost = np.isnan(row) if isinstance(x, Recording) else np.zeros(len(row), bool)
    require_finite("beats", row[~lost] if not lost.all() else row)
    finder = _core.signal.BeatFinder(rate)
    kept = np.flatnonzero(~lost)
    if len(kept) < LEAST_SECONDS * rate:
        raise ValueError(
            f"beats: needs at least {LEAST_SECONDS:g} s of signal, got {len(kept) / rate:.3g} s "
            f"({len(kept)} samples at {rate:g} Hz)"
        )
    resumed = kept[1:][np.diff(kept) > 1].tolist()  # the first samples after lost ones
    gaps = tuple(sorted({*gaps, *resumed}))
    peaks = []
    for piece in np.split(row[kept], np.unique(np.searchsorted(kept, gaps))):
        peaks += [finder.push(piece), finder.finish()]
    return Beats(kept[np.concatenate(peaks)], rate, gaps)


def _index(x: Any, lead: int | str, count: int) -> int:
    if not isinstance(lead, str):
        return integer("beats", "lead", lead, 0, count - 1)
    names = x.lead_names if isinstance(x, Recording) else ()
    if lead not in names:
        known = ", ".join(names) if names else "none; pass the index of the lead"
        raise ValueError(f"beats: there is no lead {lead!r}; names of leads: {known}")
    return names.index(lead)
