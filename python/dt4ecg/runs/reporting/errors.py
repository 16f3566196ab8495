"""The wrong predictions in which a model was most confident."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.runs.reporting.predictions import ScoredTask


@dataclass(frozen=True)
class ConfidentError:
    """A wrong prediction.

    Attributes
    ----------
    segment : int
        Index of the segment in the set.
    recording : str
        Name of its recording, or its number if it has no name.
    start : float
        Seconds from the start of the recording; NaN where unknown.
    true, predicted : str
        Names of the labels.
    confidence : float
        Probability of the predicted label.
    """

    segment: int
    recording: str
    start: float
    true: str
    predicted: str
    confidence: float


def confident_errors(data: SegmentSet, found: ScoredTask, most: int) -> list[ConfidentError]:
    """Return at most ``most`` wrong predictions, those of the largest confidence first."""
    wrong = np.flatnonzero(~found.right)
    order = wrong[np.argsort(-found.confidence[wrong], kind="stable")][:most]
    return [
        ConfidentError(
            segment=int(found.rows[i]),
            recording=str(
                data.meta["recording"][found.rows[i]] or f"no. {data.groups[found.rows[i]]}"
            ),
            start=float(data.meta["start"][found.rows[i]]),
            true=str(found.true[i]),
            predicted=str(found.predicted[i]),
            confidence=float(found.confidence[i]),
        )
        for i in order
    ]
