"""Protocols: which segments train, which test, and what the two parts share.

The paper's protocol divides the segments at random. Most test segments then have a training segment
as their neighbour in time, so the accuracy says little about another day or another person. The
other protocols hold out later times, sessions or subjects. :func:`leak_report` measures what a
split lets through. :func:`enrolment_trials` makes the trials of verification and identification.
"""

from dt4ecg.protocols.base import Protocol, Split
from dt4ecg.protocols.enrolment import EnrolmentLeaks, EnrolmentTrials, enrolment_trials
from dt4ecg.protocols.leakage import LeakReport, leak_report
from dt4ecg.protocols.overlapping import non_overlapping, overlapping_training
from dt4ecg.protocols.scikit_learn import BlockedKFold, RandomKFold, SessionKFold, SubjectKFold
from dt4ecg.protocols.splits import PROTOCOLS, folds, split

__all__ = [
    "PROTOCOLS",
    "BlockedKFold",
    "EnrolmentLeaks",
    "EnrolmentTrials",
    "LeakReport",
    "Protocol",
    "RandomKFold",
    "SessionKFold",
    "Split",
    "SubjectKFold",
    "enrolment_trials",
    "folds",
    "leak_report",
    "non_overlapping",
    "overlapping_training",
    "split",
]


def __dir__() -> list[str]:
    return sorted(__all__)
