"""Labels and probabilities of each task, and their average over consecutive segments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dt4ecg._common.label_columns import side_by_side
from dt4ecg.inference import average_over_context
from dt4ecg.io.recording import Recording
from dt4ecg.signal.preprocessor import Preprocessor

# The labels (n,) and the probabilities (n, classes) of each task.
TaskPredictions = dict[str, tuple[np.ndarray, np.ndarray]]


def labels_of(found: TaskPredictions) -> np.ndarray:
    """Return labels (n, tasks), or (n,) with a single task."""
    columns = [labels for labels, _ in found.values()]
    return columns[0] if len(columns) == 1 else side_by_side(columns)


def probabilities_of(found: TaskPredictions) -> list[np.ndarray] | np.ndarray:
    """Return a list with the probabilities of each task, or those of a single task."""
    several = [probabilities for _, probabilities in found.values()]
    return several[0] if len(several) == 1 else several


def in_context(
    found: TaskPredictions,
    classes: Mapping[str, np.ndarray],
    starts: np.ndarray,
    usable: np.ndarray,
    context: float | None,
    preprocessor: Preprocessor,
    recording: Any,
) -> tuple[TaskPredictions, np.ndarray | None]:
    """Return the predictions averaged over consecutive segments, and the numbers of segments.

    Parameters
    ----------
    found : dict
    classes : dict of str to array (classes,)
        Labels of each task.
    starts, usable, context
        As in :func:`dt4ecg.inference.average_over_context`, whose errors this function raises.
        Without a context, the predictions stay as they are, and the numbers are None.
    preprocessor : Preprocessor
        It states the length of a segment.
    recording : Recording or array
        A Recording states its gaps.
    """
    if context is None:
        return found, None
    gaps = np.zeros(0)
    if isinstance(recording, Recording):
        gaps = np.array(recording.gaps, float) / recording.sampling_rate
    averaged, counts = {}, np.ones(len(starts), np.int64)
    for task, (_, probabilities) in found.items():
        p, counts = average_over_context(
            probabilities, starts, preprocessor.segment_seconds, context, gaps, usable
        )
        averaged[task] = classes[task][p.argmax(1)], p
    return averaged, counts
