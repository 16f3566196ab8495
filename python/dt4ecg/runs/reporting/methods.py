"""The methods paragraph of a report, with citations for preprocessing, recipe and statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.wording import counted
from dt4ecg.metrics.bootstrap import RESAMPLES
from dt4ecg.protocols import PROTOCOLS
from dt4ecg.runs.reporting import references
from dt4ecg.runs.reporting.references import cite
from dt4ecg.runs.reporting.training_methods import training

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier, Preprocessor
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.protocols import LeakReport, Split
    from dt4ecg.runs.reporting.scores import TaskScores

_NORMALISATIONS = {
    "zscore": "each lead of a segment was scaled to mean 0 and standard deviation 1",
    "segment": "each lead of a segment was scaled to minimum 0 and maximum 1",
    "record": "each lead of a recording was scaled to minimum 0 and maximum 1",
    "training": "each lead was scaled by minimum and maximum of the training recordings",
    None: "the amplitude was kept",
}
_SMALLEST_OVERLAP = 0.01  # that is stated; starts are rounded to samples


@dataclass(frozen=True)
class Methods:
    """A paragraph and the works that it cites.

    Attributes
    ----------
    marked : str
        The paragraph with a mark ``{cite:KEY}`` for each citation.
    works : dict of str to str
        The cited works by their keys, in the order of the citations.
    """

    marked: str
    works: Mapping[str, str]

    @property
    def text(self) -> str:
        """The paragraph with numbers for citations."""
        return references.numbered(self.marked)


def methods(
    classifier: DT4ECGClassifier,
    data: SegmentSet,
    split: Split,
    leaks: LeakReport,
    scores: Mapping[str, TaskScores],
) -> Methods:
    """Describe preprocessing, split, network, training and statistics of a run."""
    works = dict(references.WORKS)
    sentences = [
        *_preprocessing(data.preprocessor, data),
        *_training_overlap(data, split),
        *_split(split, leaks),
        _network(classifier, data),
        *training(classifier, works),
        *_statistics(scores),
    ]
    marked = " ".join(sentences)
    return Methods(marked, {key: works[key] for key in references.cited(marked)})


def _preprocessing(preprocessor: Preprocessor | None, data: SegmentSet) -> list[str]:
    if not hasattr(preprocessor, "target_rate"):
        return [f"{counted(len(data), 'segment')} of {data.X.shape[2]} samples were given."]
    assert preprocessor is not None
    way = "forward and backward" if preprocessor.zero_phase else "causally"
    filters = []
    if preprocessor.notch:
        filters.append(f"a notch at {preprocessor.notch:g} Hz")
    if preprocessor.highpass:
        filters.append(
            f"a Butterworth high-pass of order {preprocessor.highpass_order} at "
            f"{preprocessor.highpass:g} Hz {cite(references.BUTTERWORTH)}"
        )
    steps = [f"filtered {way} by {' and '.join(filters)}"] if filters else []
    if preprocessor.target_rate:
        steps.append(f"resampled to {preprocessor.target_rate:g} Hz")
    overlap = (
        f"with an overlap of {preprocessor.overlap:.0%}"
        if preprocessor.overlap
        else ("without overlap")
    )
    steps.append(f"cut into segments of {preprocessor.segment_seconds:g} s {overlap}")
    listed = ", ".join(steps[:-1]) + (" and " if steps[:-1] else "") + steps[-1]
    kind = "Simulated recordings" if data.simulated else "Recordings"
    scaled = _NORMALISATIONS.get(preprocessor.normalize, f"normalised ({preprocessor.normalize})")
    return [f"{kind} were {listed}; {scaled}."]


def _training_overlap(data: SegmentSet, split: Split) -> list[str]:
    """State the overlap of the training segments if the preprocessor of the model has another."""
    start, stop, groups = data.meta["start"], data.meta["stop"], np.asarray(data.groups)
    rows = split.train[np.lexsort((start[split.train], groups[split.train]))]
    step, length = np.diff(start[rows]), (stop - start)[rows[:-1]]
    same = (groups[rows[1:]] == groups[rows[:-1]]) & (step > 0)
    overlapping = same & (step < length * (1 - _SMALLEST_OVERLAP))
    if not overlapping.any():
        return []
    overlap = float(np.median(1 - step[overlapping] / length[overlapping]))
    if abs(overlap - getattr(data.preprocessor, "overlap", 0.0)) < _SMALLEST_OVERLAP:
        return []
    return [f"Training segments overlap by {overlap:.0%}."]


def _split(split: Split, leaks: LeakReport) -> list[str]:
    held_out = PROTOCOLS[split.protocol].holds_out if split.protocol in PROTOCOLS else ""
    validation = (
        f", {counted(len(split.validation), 'validation segment')}" if len(split.validation) else ""
    )
    sentences = [
        f"The protocol {split.protocol}{f', which holds out {held_out},' if held_out else ''} gave "
        f"{counted(len(split.train), 'training segment')}{validation} and "
        f"{counted(len(split.test), 'test segment')} (seed {split.seed})."
    ]
    shared, people = leaks.subjects
    if people:
        sentences.append(
            f"{shared} of {counted(people, 'tested person', 'tested people')} and "
            f"{leaks.recordings[0]} of {counted(leaks.recordings[1], 'tested recording')} had "
            "training segments too."
        )
    if leaks.neighbours:
        sentences.append(
            f"{leaks.neighbours} of {len(split.test)} test segments lay less than a segment from a "
            "training segment of the same recording."
        )
    return sentences


def _network(classifier: DT4ECGClassifier, data: SegmentSet) -> str:
    parameters = sum(p.numel() for p in classifier.network_.parameters())
    tasks = " and ".join(
        f"{task} ({counted(len(labels), 'class', 'classes')})"
        for task, labels in classifier.classes_by_task.items()
    )
    return (
        f"A network with the backbone {classifier.backbone} and the attention "
        f"{classifier.attention} {cite(references.DT4ECG)}, with {parameters:,} parameters, "
        f"predicts {tasks} from {counted(data.X.shape[1], 'lead')}."
    )


def _statistics(scores: Mapping[str, TaskScores]) -> list[str]:
    sentences = [
        "Accuracies are given as k of N segments, with the 95 % interval of Wilson "
        f"{cite(references.WILSON)}, which takes segments as independent."
    ]
    units = sorted({f"{s.unit} ({s.n_units})" for s in scores.values() if s.interval is not None})
    if units:
        sentences.append(
            f"The second 95 % interval is the percentile interval of a bootstrap that draws whole "
            f"{' or '.join(units)} {cite(references.BOOTSTRAP)}, with {RESAMPLES:,} resamples. "
            "Where no sample differs, it is Wilson's interval of the number of these."
        )
    return sentences
