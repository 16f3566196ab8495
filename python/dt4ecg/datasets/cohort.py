"""The paper's cohort, simulated: 15 people x 3 activities x 3 minutes. The embedded default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.segment_set import SegmentSet, from_recordings
from dt4ecg.datasets.simulated import ACTIVITIES, SimulatedRecording, simulate_cohort

if TYPE_CHECKING:
    from dt4ecg.signal.preprocessor import Preprocessor


def load_paper_cohort(seed: int = 0, preprocessor: Preprocessor | None = None) -> SegmentSet:
    """Segments of a simulated cohort of the paper's own design (its recordings are private).

    15 people at rest, after exercise and in deep breathing, 3 minutes each, at 1000 Hz with mains
    hum at 60 Hz; preprocessed as in the paper, section II-B. No file and no network is needed.

    Parameters
    ----------
    seed : int
        Another seed is another cohort.
    preprocessor : Preprocessor, optional
        Default: the paper's chain, filtered at 1000 Hz: at the paper's 100 Hz a notch at 60 Hz is
        impossible.
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
    """The cohort's 45 simulated recordings with their ground truth."""
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
