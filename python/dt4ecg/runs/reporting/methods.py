"""The methods paragraph of a report, with citations for preprocessing, recipe and statistics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dt4ecg import weighting as weightings
from dt4ecg._common.wording import counted
from dt4ecg.metrics.bootstrap import RESAMPLES
from dt4ecg.protocols import PROTOCOLS
from dt4ecg.runs.reporting import references
from dt4ecg.runs.reporting.references import cite
from dt4ecg.training import recipes

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
        *_split(split, leaks),
        _network(classifier, data),
        *_training(classifier, works),
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


def _training(classifier: DT4ECGClassifier, works: dict[str, str]) -> list[str]:
    settings, recipe = classifier.settings, recipes.recipe(classifier.recipe)
    decay = settings.weight_decay if settings is not None else 0.0
    optimiser = (
        f"AdamW {cite(references.ADAMW)} with a weight decay of {decay:g}"
        if decay
        else f"Adam {cite(references.ADAM)}"
    )
    history = getattr(classifier, "history_", None)  # absent from older files
    epochs = classifier.epochs if history is None else len(history["epoch"])
    rate = f"{classifier.learning_rate:g}"
    rate = (
        f"a learning rate that falls from {rate} along a cosine {cite(references.COSINE)}"
        if recipe.schedule == "cosine"
        else f"a {recipe.schedule} learning rate of {rate}"
    )
    sentences = [
        f"It was trained for {counted(epochs, 'epoch')} with {optimiser}, {rate} and batches of "
        f"{counted(classifier.batch_size, 'segment')} (seed {classifier.random_state})."
    ]
    if recipe.standardize:
        sentences.append("The network standardises each segment.")
    if recipe.label_smoothing:
        sentences.append(
            f"Labels were smoothed by {recipe.label_smoothing:g} {cite(references.SMOOTHING)}."
        )
    if settings is not None and settings.class_weight is not None:
        sentences.append("Classes were weighted in the losses.")
    if settings is not None and settings.early_stopping is not None:
        best = getattr(classifier, "best_epoch_", None)
        kept = "" if best is None else f", which was epoch {best}"
        sentences.append(
            f"Training stopped early {cite(references.STOPPING)} on the validation "
            f"{settings.early_stopping.monitor}, and the best epoch{kept} was kept."
        )
    if len(classifier.tasks) > 1:
        sentences.append(_weighting(classifier, works))
    return sentences


def _weighting(classifier: DT4ECGClassifier, works: dict[str, str]) -> str:
    if classifier.weighting is None:
        return "The losses of the tasks were weighted by a rule that the model file does not name."
    weighting = weightings.get(classifier.weighting)
    name = weightings.describe(weighting)["name"]
    if name == "none":
        return "The loss was the sum of the tasks' cross-entropies."
    if name.startswith("paper"):  # Algorithm 1 of the paper and its readings
        return f"The losses of the tasks were weighted by {name} {cite(references.DT4ECG)}."
    source = references.of_object(type(weighting))
    if source is None:
        return f"The losses of the tasks were weighted by {name}."
    works[name] = source
    return f"The losses of the tasks were weighted by {name} {cite(name)}."


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
