"""Simulate recordings of a cohort by the model of McSharry et al. (2003), known as ECGSYN."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg._common.numbers import integer
from dt4ecg.io.recording import Recording

ACTIVITIES = ("rest", "exercise", "deep_breathing")


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedRecording(Recording):
    """A simulated recording of lead II in mV, with its ground truth.

    Attributes
    ----------
    samples : array of float64, shape (1, T)
        The signal with its noise, in mV.
    r_times : array of float64, shape (beats,)
        Times of the R peaks in seconds from the first sample.
    noise : array of float64, shape (T,)
        The noise in mV; ``samples[0] - noise`` is the signal of the heart alone.
    respiration : array of float64, shape (T,)
        Volume of the lung in litres above the end of expiration.

    See Also
    --------
    dt4ecg.io.Recording : The other attributes.

    Examples
    --------
    >>> from dt4ecg.datasets import simulate_cohort
    >>> recording = simulate_cohort(subjects=1, activities=["rest"], seconds=10)[0]
    >>> recording
    Recording(name='S01_rest', subject='S01', activity='rest', session='1', 1 lead, 10.0 s at
    1000 Hz)
    >>> recording.noise.shape
    (10000,)
    """

    r_times: NDArray[np.float64] = field(kw_only=True)
    noise: NDArray[np.float64] = field(kw_only=True)
    respiration: NDArray[np.float64] = field(kw_only=True)


def simulate_cohort(
    subjects: int = 15,
    activities: Sequence[str] = ACTIVITIES,
    seconds: float = 180.0,
    sampling_rate: float = 1000.0,
    seed: int = 0,
    mains_frequency: float | None = MAINS_FREQUENCY,
) -> list[SimulatedRecording]:
    """Simulate a recording of every subject in every activity.

    Parameters
    ----------
    subjects : int, default 15
        Number of people, at least 1.
    activities : sequence of str, default all three
        Names from "rest", "exercise" and "deep_breathing", each at most once.
    seconds : float, default 180.0
        Duration of each recording in seconds, 1 to 3600.
    sampling_rate : float, default 1000.0
        Sampling rate in Hz, 100 to 10000.
    seed : int, default 0
        Seed of the simulation, 0 to 2**64 - 1.
    mains_frequency : float or None, default 60.0
        Frequency of the mains interference in Hz, below half the sampling rate; None simulates
        recordings without it.

    Returns
    -------
    list of SimulatedRecording
        Ordered by subject ("S01", "S02", ...), then in the order of ``activities``.

    Raises
    ------
    TypeError
        If ``activities`` is a single name.
    ValueError
        If a value is outside its range, or there would be more than 3e8 samples in all.

    Notes
    -----
    The waveform is the closed form of the dynamical model of McSharry et al.: a sum of Gaussians
    (P, Q, R, S, T, U) over the phase of each cycle. Their heights are projections of the person's
    electrical vectors onto the lead; electrodes are placed again for each recording. Breathing
    drives the sinus arrhythmia, the axis of the heart and the baseline, and QT follows the heart
    rate. As in the paper, "exercise" is recorded after exercise: recovery that starts one minute
    after a run of three minutes. "deep_breathing" is paced, 5 s in and 5 s out.

    The tasks are neither trivial nor hopeless. After the paper's preprocessing, a ridge classifier
    on simple features of 3-second segments, split into blocks of time, reaches 85 to 93 % for
    identity and 65 to 72 % for activity (seeds 0 to 4).

    A recording depends on its seed, subject and activity alone. Its bits do not depend on the
    number of subjects and threads or on the other activities.

    References
    ----------
    P. E. McSharry et al., A dynamical model for generating synthetic electrocardiogram signals,
    IEEE Trans Biomed Eng 50:289-294, 2003.

    Examples
    --------
    >>> from dt4ecg.datasets import simulate_cohort
    >>> recordings = simulate_cohort(subjects=2, activities=["rest", "exercise"], seconds=10)
    >>> [recording.name for recording in recordings]
    ['S01_rest', 'S01_exercise', 'S02_rest', 'S02_exercise']
    >>> recordings[0].samples.shape
    (1, 10000)
    """
    from dt4ecg import _core  # loads torch, which the table of data sets does not need

    if isinstance(activities, str):
        raise TypeError(
            f"simulate_cohort: activities must be a sequence of names, got {activities!r}; "
            f"pass ({activities!r},)"
        )
    activities = tuple(activities)
    arrays = _core.simulate.cohort(
        subjects=integer("simulate_cohort", "subjects", subjects, 1),
        activities=activities,
        seconds=seconds,
        sampling_rate=sampling_rate,
        seed=integer("simulate_cohort", "seed", seed, 0, 2**64 - 1),
        mains_frequency=mains_frequency,
    )
    labels = [(f"S{subject + 1:02d}", name) for subject in range(subjects) for name in activities]
    return [
        SimulatedRecording(
            samples=samples,
            sampling_rate=float(sampling_rate),
            subject=subject,
            activity=activity,
            session="1",
            name=f"{subject}_{activity}",
            mains_frequency=mains_frequency,
            r_times=r_times,
            noise=noise,
            respiration=respiration,
        )
        for (subject, activity), (samples, noise, respiration, r_times) in zip(
            labels, arrays, strict=True
        )
    ]
