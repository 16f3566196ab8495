"""Heart rates that no heart has, which show a wrong sampling rate."""

from __future__ import annotations

import numpy as np

from dt4ecg.signal.quality_indices import Quality

HEART_RATES = (30.0, 220.0)  # per minute
_SHORTEST = 2.5  # seconds; a shorter segment may lie between two beats
_FEWEST = 3  # segments; in fewer, most of the beats may be hidden by noise
_LONGEST = 4.0  # seconds; Quality counts at most 16 beats, 240 per minute in this time


def doubtful_rate(quality: Quality, segment_seconds: float) -> str:
    """Return why the sampling rate is in doubt, as the end of a sentence; empty if it is not.

    The heart rate is that of the median number of beats in the usable segments. It says nothing
    unless at least half of the segments are usable and they are 2.5 to 4 s long. A slow heart takes
    at least three usable segments.

    Parameters
    ----------
    quality : Quality
        Of the segments of one recording.
    segment_seconds : float

    Examples
    --------
    >>> from dt4ecg.datasets import simulate_cohort
    >>> from dt4ecg.signal import quality
    >>> from dt4ecg.signal.heart_rate import doubtful_rate
    >>> recording = simulate_cohort(subjects=1, seconds=60)[0]
    >>> doubtful_rate(quality(recording), 3.0)
    ''
    >>> slow = quality(recording.samples, recording.sampling_rate / 4)  # in error
    >>> doubtful_rate(slow, 3.0)
    'its beats give a heart rate of 20 per minute; check sampling_rate'
    """
    usable = quality.usable
    if not _SHORTEST <= segment_seconds <= _LONGEST:
        return ""
    if 2 * usable.sum() < max(len(usable), 1):
        return ""
    rate = 60 / segment_seconds * float(np.median(quality.beats[usable]))
    if HEART_RATES[0] <= rate <= HEART_RATES[1]:
        return ""
    if rate < HEART_RATES[0] and usable.sum() < _FEWEST:
        return ""
    return f"its beats give a heart rate of {rate:.0f} per minute; check sampling_rate"
