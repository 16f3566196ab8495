"""The paper's cohort, simulated: 15 people, 3 activities, 3 minutes each. The default data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dt4ecg.datasets.assembly import from_recordings
from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.segment_set import SegmentSet
from dt4ecg.datasets.simulated import ACTIVITIES, SimulatedRecording, simulate_cohort

if TYPE_CHECKING:
    from dt4ecg.signal.preprocessor import Preprocessor


def load_paper_cohort(seed: int = 0, preprocessor: Preprocessor | None = None) -> SegmentSet:
    """Load segments of a simulated cohort with the design of the paper's private recordings.

    The cohort has 15 people at rest, after exercise and during deep breathing, 3 minutes each, at
    1000 Hz with mains interference at 60 Hz. It is computed and needs neither files nor a network.

    Parameters
    ----------
    seed : int, default 0
        Seed of the simulation, 0 to 2**64 - 1.
    preprocessor : Preprocessor, optional
        Default: the chain of the paper (section II-B) with its filters at 1000 Hz. At the paper's
        100 Hz a notch at 60 Hz is impossible.

    Returns
    -------
    SegmentSet
        2,700 segments of 3 s with the default preprocessor.

    See Also
    --------
    paper_cohort_recordings : The raw recordings.
    simulate_cohort : Cohorts of other sizes.

    Examples
    --------
    >>> from dt4ecg.datasets import load_paper_cohort
    >>> load_paper_cohort()
    SegmentSet paper-cohort (simulated): 2700 segments of 1 x 300 samples from 45 recordings;
    15 identity classes, 3 activity classes; 0 s of recording in no segment
    """
    return from_recordings(
        paper_cohort_recordings(seed),
        preprocessor,
        name=PAPER_COHORT.name,
        classes={"activity": ACTIVITIES},
        citation=PAPER_COHORT.citation,
        simulated=True,
    )


def paper_cohort_recordings(seed: int = 0) -> list[SimulatedRecording]:
    """Simulate the cohort's 45 raw recordings with their ground truth.

    Parameters
    ----------
    seed : int, default 0
        Seed of the simulation, 0 to 2**64 - 1.

    Examples
    --------
    >>> from dt4ecg.datasets import paper_cohort_recordings
    >>> recordings = paper_cohort_recordings()
    >>> len(recordings), recordings[1].name, recordings[1].seconds
    (45, 'S01_exercise', 180.0)
    """
    return simulate_cohort(mains_frequency=PAPER_COHORT.mains_frequency, seed=seed)


PAPER_COHORT = DatasetInfo(
    name="paper-cohort",
    title="A simulated cohort of the paper's own design",
    subjects=15,
    activities=ACTIVITIES,
    sampling_rate=1000.0,
    mains_frequency=60.0,
    citation=(
        "simulated by dt4ecg after P. E. McSharry et al., A dynamical model for generating "
        "synthetic electrocardiogram signals, IEEE Trans Biomed Eng 50:289-294, 2003"
    ),
    licence="none needed",
    load=load_paper_cohort,
    recordings=paper_cohort_recordings,
    simulated="all signals",
)
