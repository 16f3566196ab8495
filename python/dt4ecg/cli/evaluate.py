"""Score a saved model on the test part of a data set.

The recordings are preprocessed as those that the model was trained on, whatever their own rate:
with its filters, sampling rate, segment length and fitted limits. Only its notch, if it has one,
moves to the mains frequency of the data set; rows of a folder that give none have the model's.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from dt4ecg._common.defaults import PAPERS_MAINS
from dt4ecg.cli._data import add_data_arguments, announce, model_file, source
from dt4ecg.datasets.named import NO_NAME, labelled_tasks, load, named_labels
from dt4ecg.runs.config import DEFAULTS, read_config, require_kinds
from dt4ecg.runs.summary import add_json_argument, summary, write_json

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.protocols import Split

EVERYTHING = "all"  # of the segments; no protocol


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", type=Path, required=True, metavar="PATH", help="a model, or a run folder"
    )
    add_data_arguments(parser, EVERYTHING)
    parser.add_argument(
        "--test-size", type=float, metavar="SHARE", help=f"default: {DEFAULTS['test_size']}"
    )
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    import dt4ecg
    from dt4ecg import metrics

    started = time.perf_counter()
    file = model_file(arguments.model)
    config = _run_of(file)
    classifier = dt4ecg.load(file)
    name = source(arguments.data or config.get("data", DEFAULTS["data"]))
    data = _segments(classifier, name)
    announce(data)
    split = _tested(arguments, config, name, data)
    tasks = tuple(task for task in classifier.tasks if task in data.tasks)
    if not tasks:
        raise ValueError(
            f"evaluate: the model knows {', '.join(classifier.tasks)}, the data "
            f"{', '.join(data.tasks)}"
        )
    labels = named_labels(data, tasks)[split.test]
    predicted = classifier.predict(data.X[split.test]).reshape(len(labels), -1)
    predicted = predicted[:, [classifier.tasks.index(task) for task in tasks]]
    classes = _classes(classifier, data, tasks, split.scored_tasks)
    report = metrics.report(labels, predicted, classes, missing_label=NO_NAME)
    known = classifier.classes_by_task
    for i, task in enumerate(tasks):
        if task not in split.scored_tasks:
            report.tasks[task] = None
        elif not set(labels[:, i]) & set(known[task]):
            _warn(f"the model never saw any {task} of these segments: it is not scored")
            report.tasks[task] = None
    part = (
        "all of it"
        if split.protocol == EVERYTHING
        else f"test part of the {split.protocol} split, seed {split.seed}"
    )
    print(
        f"{data.name or name}{' (simulated)' if data.simulated else ''}, {part}: "
        f"{len(labels)} segments"
    )
    print(report)
    if arguments.json is not None:
        history = getattr(classifier, "history_", None)  # older files tell none
        results = summary(
            name,
            data,
            split,
            report,
            epochs=len(history["epoch"]) if history else None,
            seconds=time.perf_counter() - started,
        )
        write_json(arguments.json, results)
    return 0


def _segments(classifier: DT4ECGClassifier, name: str) -> SegmentSet:
    """The set as the model wants it; its notch also where a folder does not say its mains."""
    preprocessor = classifier.preprocessor
    if preprocessor is None:
        _warn("the model was saved without its preprocessor: the data set's default is used")
        data = load(name)
    else:
        data = load(name, preprocessor, unknown_mains=preprocessor.notch or PAPERS_MAINS)
    spec = classifier.network_.spec
    wanted = (spec["in_channels"], spec["segment_length"])
    if data.X.shape[1:] != wanted:
        raise ValueError(
            f"evaluate: the model takes segments of {wanted} (leads, samples), the data give "
            f"{data.X.shape[1:]}; use recordings with its leads"
            + ("" if preprocessor and preprocessor.target_rate else " and its sampling rate")
        )
    return data


def _warn(note: str) -> None:
    print(f"dt4ecg: warning: {note}", file=sys.stderr)


def _tested(arguments, config, name, data) -> Split:
    """Segments to score: those the run held out, unless another part or set is asked for."""
    import numpy as np

    from dt4ecg import protocols

    same_data = config.get("data") == name
    held_out = config if same_data else {}
    asked = {
        key: value
        for key in ("protocol", "seed", "test_size")
        if (value := getattr(arguments, key)) is not None
    }
    settings = DEFAULTS | {"protocol": EVERYTHING} | held_out | asked
    if not config:
        note = "no run folder lies beside the model: it may have been trained on these segments"
    elif same_data and any(config.get(key) != settings[key] for key in asked):
        note = "this is not the part that the run held out: it was trained on some of it"
    else:
        note = ""
    if note:
        _warn(note)
    if settings["protocol"] == EVERYTHING:
        rows, none = np.arange(len(data)), np.arange(0)
        scored = labelled_tasks(data, rows)
        return protocols.Split(none, none, rows, EVERYTHING, settings["seed"], scored)
    return protocols.split(
        data,
        settings["protocol"],
        test_size=settings["test_size"],
        validation_size=settings["validation_size"],
        seed=settings["seed"],
    )


def _run_of(model_file: Path) -> dict:
    """Configuration of the run folder that a model lies in; empty if there is none."""
    try:
        config = read_config(model_file.parent)
    except (OSError, ValueError):
        return {}
    require_kinds(model_file.parent, config)
    return config


def _classes(classifier, data, tasks, scored) -> dict[str, list[str]]:
    """Names of data and model together: the data's first, in their order."""
    of_model = classifier.classes_by_task
    found = {}
    for task in tasks:
        names = list(data.classes[task])
        if of_model[task].dtype.kind != "U":
            raise ValueError(
                f"the model answers {task} with numbers ({', '.join(map(str, of_model[task][:3]))}"
                "...), and the data have names: train it on names (SegmentSet.labels), as dt4ecg "
                "train does"
            )
        strangers = [name for name in names if name not in set(of_model[task])]
        if strangers and len(strangers) < len(names) and task in scored:
            _warn(
                f"the model never saw {task} {', '.join(strangers)}: those segments count as wrong"
            )
        found[task] = names + [str(name) for name in of_model[task] if name not in names]
    return found
