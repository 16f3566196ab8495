"""Places where the waves of a heartbeat are expected around its R peak."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.numbers import integer
from dt4ecg.beats.finding import Beats

# Seconds from the R peak. A P wave begins 0.16 s before the QRS complex and lasts 0.1 s, and a QRS
# complex lasts 0.1 s. These are the middles of the normal ranges.
P_WAVE = (-0.21, -0.11)
QRS = (-0.05, 0.05)
QT = 0.40  # s at a heart rate of 60/min; Bazett's formula gives the QT interval at other rates
T_SECONDS = 0.18
USUAL_RR = 0.8  # s, for a beat without a neighbour
SHORTEST_RR, LONGEST_RR = 0.3, 1.5


@dataclass(frozen=True, eq=False)
class WaveWindows:
    """Samples where P wave, QRS complex and T wave are expected.

    Attributes
    ----------
    p, qrs, t : array of bool, shape (n_samples,)
        True inside the windows of each wave.

    See Also
    --------
    wave_windows : Returns this.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.beats import Beats, wave_windows
    >>> windows = wave_windows(Beats(np.array([50]), sampling_rate=100.0), n_samples=100)
    >>> np.flatnonzero(windows.qrs)
    array([45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55])
    """

    p: NDArray[np.bool_]
    qrs: NDArray[np.bool_]
    t: NDArray[np.bool_]

    @property
    def union(self) -> NDArray[np.bool_]:
        """Samples inside any of the windows, shape (n_samples,)."""
        return self.p | self.qrs | self.t


def wave_windows(beats: Beats, n_samples: int) -> WaveWindows:
    """Return where the waves around R peaks are expected.

    The windows are those of a normal beat. The T wave moves with the interval between beats. The
    signal itself is not looked at, so a wave that is absent, as the P wave in atrial fibrillation,
    has a window too.

    Parameters
    ----------
    beats : Beats
        R peaks, such as those of :func:`find`.
    n_samples : int
        Samples of the signal.

    Returns
    -------
    WaveWindows

    Raises
    ------
    ValueError
        If `n_samples` is not an integer of at least 1, or an R peak lies outside the signal.
    TypeError
        If `beats` is something else.

    See Also
    --------
    find : R peaks of a recording.

    Notes
    -----
    The P wave is expected from 0.21 to 0.11 s before the R peak, the QRS complex within 0.05 s of
    it. The T wave ends ``0.40 sqrt(RR)`` s after the begin of the QRS complex (Bazett's formula)
    and lasts ``0.18 sqrt(RR)`` s. RR is the shorter one of the intervals to the next and from
    the last beat, limited to 0.3 to 1.5 s.

    Examples
    --------
    >>> from dt4ecg import beats, datasets
    >>> recording = datasets.simulate_cohort(subjects=1, seconds=10)[0]
    >>> windows = beats.wave_windows(beats.find(recording), recording.samples.shape[1])
    >>> windows.union.shape, 0.3 < float(windows.union.mean()) < 0.6
    ((10000,), True)
    """
    if not isinstance(beats, Beats):
        raise TypeError(
            f"wave_windows: beats must be those of dt4ecg.beats.find, got {type(beats).__name__}"
        )
    n = integer("wave_windows", "n_samples", n_samples, 1)
    peaks = beats.samples
    if len(peaks) and not 0 <= peaks.min() <= peaks.max() < n:
        raise ValueError(
            f"wave_windows: R peaks must lie in the signal of {n} samples, got samples "
            f"{peaks.min()} to {peaks.max()}; pass the n_samples of the signal they come from"
        )
    times = beats.times
    root = np.sqrt(np.clip(_shorter_intervals(times), SHORTEST_RR, LONGEST_RR))
    t_end = QRS[0] + QT * root
    places = np.arange(n) / beats.sampling_rate

    def inside(start: NDArray[np.float64], stop: NDArray[np.float64]) -> NDArray[np.bool_]:
        found = np.zeros(n, bool)
        half = 0.5 / beats.sampling_rate  # so that rounding does not decide about a sample
        firsts = np.searchsorted(places, start - half)
        for first, last in zip(firsts, np.searchsorted(places, stop + half), strict=True):
            found[first:last] = True
        return found

    return WaveWindows(
        p=inside(times + P_WAVE[0], times + P_WAVE[1]),
        qrs=inside(times + QRS[0], times + QRS[1]),
        t=inside(times + t_end - T_SECONDS * root, times + t_end),
    )


def _shorter_intervals(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each beat the shorter one of the intervals to its neighbours."""
    if len(times) < 2:
        return np.full(len(times), USUAL_RR)
    intervals = np.diff(times)
    shorter: NDArray[np.float64] = np.minimum(
        np.append(intervals, np.inf), np.insert(intervals, 0, np.inf)
    )
    return shorter
