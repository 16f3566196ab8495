"""Score a saved model on the test part of a data set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.datasets.catalogue import load
from dt4ecg.datasets.segment_set import labelled_tasks
from dt4ecg.runs.config import DEFAULTS, check_types, read_config

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.metrics import Report
    from dt4ecg.protocols import Split

ALL_SEGMENTS = "all"  # every segment is tested; this is not a protocol


@dataclass(frozen=True)
class Evaluation:
    """A model with the segments that it is scored on.

    Attributes
    ----------
    classifier : DT4ECGClassifier
    data_name : str
        The data set as the user or the configuration names it.
    data : SegmentSet
    split : Split
        ``split.test`` are the segments to score.
    tasks : tuple of str
        Tasks that both the model and the data know.
    notes : list of str
        What the user should know about the scores, for example that the model was trained on
        some of these segments.
    """

    classifier: DT4ECGClassifier
    data_name: str
    data: SegmentSet
    split: Split
    tasks: tuple[str, ...]
    notes: list[str]


def prepare(model: Path, data_name: str | None, requested: Mapping[str, Any]) -> Evaluation:
    """Load a model and the segments to score it on.

    Parameters
    ----------
    model : Path
        A model file. The configuration next to it, if any, says how it was trained.
    data_name : str, optional
        A data set or a folder of recordings; default: the data of the run.
    requested : dict
        Values for ``protocol``, ``seed`` and ``test_size`` that differ from those of the run.

    Raises
    ------
    ValueError
        If model and data have no common task, or segments of another shape.
    """
    from dt4ecg import estimator

    notes: list[str] = []
    config = _config_next_to(model)
    classifier = estimator.load(model)
    name = data_name or config.get("data", DEFAULTS["data"])
    data = _load_for(classifier, name, notes)
    split = _choose_segments(requested, config, name, data, notes)
    tasks = tuple(task for task in classifier.tasks if task in data.tasks)
    if not tasks:
        raise ValueError(
            f"evaluate: the model and the data have no task in common; the model has "
            f"{', '.join(classifier.tasks)}, the data have {', '.join(data.tasks)}"
        )
    return Evaluation(classifier, name, data, split, tasks, notes)


def score(evaluation: Evaluation) -> Report:
    """Predict the test segments and compare the predictions with the labels.

    Returns
    -------
    report : Report
        None for a task that the protocol does not score, or of which the model knows no class.
        Its notes say how many segments have a label that the model was not trained on.
    """
    from dt4ecg import metrics

    classifier, data, tasks = evaluation.classifier, evaluation.data, evaluation.tasks
    test, scored = evaluation.split.test, evaluation.split.scored_tasks
    labels = data.labels_of(tasks)[test]
    labels[:, [task not in scored for task in tasks]] = UNKNOWN
    classes = _merged_classes(classifier, data, tasks)
    predicted = classifier.predict(data.X[test]).reshape(len(test), -1)
    predicted = predicted[:, [classifier.tasks.index(task) for task in tasks]]
    return metrics.report(
        labels, predicted, classes, missing_label=UNKNOWN, trained=classifier.classes_by_task
    )


def _config_next_to(model: Path) -> dict[str, Any]:
    """Return the configuration of the run folder that a model lies in; empty if there is none."""
    try:
        config = read_config(model.parent)
    except (OSError, ValueError):
        return {}
    check_types(model.parent, config)
    return config


def _load_for(classifier: DT4ECGClassifier, name: str, notes: list[str]) -> SegmentSet:
    """Load the segments with the model's preprocessor.

    Recordings that state no mains frequency are taken to have that of the model's notch.
    """
    preprocessor = classifier.preprocessor
    if preprocessor is None:
        notes.append("the model was saved without its preprocessor: the data set's default is used")
        data = load(name)
    else:
        data = load(name, preprocessor, unknown_mains=preprocessor.notch or MAINS_FREQUENCY)
    spec = classifier.network_.spec
    expected = (spec["in_channels"], spec["segment_length"])
    if data.X.shape[1:] != expected:
        rate = "" if preprocessor and preprocessor.target_rate else " and its sampling rate"
        raise ValueError(
            f"evaluate: the model takes segments of {expected} (leads, samples), the data give "
            f"{data.X.shape[1:]}; use recordings with its leads{rate}"
        )
    return data


def _choose_segments(
    requested: Mapping[str, Any],
    config: Mapping[str, Any],
    name: str,
    data: SegmentSet,
    notes: list[str],
) -> Split:
    """Choose the segments that the run held out, unless another part or set is requested."""
    from dt4ecg import protocols

    same_data = config.get("data") == name
    of_run = config if same_data else {}
    settings = {**DEFAULTS, "protocol": ALL_SEGMENTS, **of_run, **requested}
    if not config:
        notes.append("the model is not in a run folder: it may have been trained on these segments")
    elif same_data and any(config[key] != value for key, value in requested.items()):
        notes.append("this is not the part that the run held out: it was trained on some of it")
    if settings["protocol"] == ALL_SEGMENTS:
        rows, none = np.arange(len(data)), np.arange(0)
        scored = labelled_tasks(data, rows)
        return protocols.Split(none, none, rows, ALL_SEGMENTS, settings["seed"], scored)
    return protocols.split(
        data,
        settings["protocol"],
        test_size=settings["test_size"],
        validation_size=settings["validation_size"],
        seed=settings["seed"],
    )


def _merged_classes(
    classifier: DT4ECGClassifier,
    data: SegmentSet,
    tasks: tuple[str, ...],
) -> dict[str, list[str]]:
    """Return the class names of the data, followed by those that only the model has."""
    known = classifier.classes_by_task
    merged = {}
    for task in tasks:
        names = list(data.classes[task])
        if known[task].dtype.kind != "U":
            numbers = ", ".join(map(str, known[task][:3]))
            raise ValueError(
                f"evaluate: the model predicts {task} as numbers ({numbers}...), but the data have "
                "names; train it on names (SegmentSet.labels), as dt4ecg train does"
            )
        merged[task] = names + [str(name) for name in known[task] if name not in names]
    return merged
