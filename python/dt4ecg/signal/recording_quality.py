"""The quality of a recording, segment by segment."""

from __future__ import annotations

from typing import Any

from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.signal.quality_indices import Quality


def quality(
    x: Any, sampling_rate: float | None = None, preprocessor: Preprocessor | None = None
) -> Quality:
    """Assess the segments of a recording.

    Parameters
    ----------
    x : Recording, or array or tensor of shape (T,) or (leads, T)
        Samples in any unit. A Recording has its own sampling rate and gaps.
    sampling_rate : float, optional
        Sampling rate of the recorder in Hz; default: that of the preprocessor, if it has one.
    preprocessor : Preprocessor, optional
        It cuts and filters the segments. Default: ``Preprocessor(notch=None)``. Where there is
        strong hum, pass one with a notch at the mains frequency.

    Returns
    -------
    Quality
        One row for each segment of :meth:`dt4ecg.Preprocessor.segment`.

    Raises
    ------
    ValueError, TypeError
        As :meth:`dt4ecg.Preprocessor.transform`.

    See Also
    --------
    segment_quality : Assess segments that are cut already.

    Examples
    --------
    >>> from dt4ecg.datasets import simulate_cohort
    >>> from dt4ecg.signal import quality
    >>> recording = simulate_cohort(subjects=1, seconds=9)[0]
    >>> quality(recording).usable
    array([ True,  True,  True])
    """
    if preprocessor is None:
        preprocessor = Preprocessor(notch=None)
    return preprocessor.segment(x, sampling_rate).quality
