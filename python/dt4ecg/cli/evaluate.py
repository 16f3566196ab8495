"""Score a saved model on the test part of a data set."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from dt4ecg.cli._data import DEFAULT_DATA, MISSING, add_data_arguments, announce, load, named_labels
from dt4ecg.cli._results import summary, write_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model", type=Path, required=True, metavar="PATH", help="a model, or a run folder"
    )
    add_data_arguments(parser)
    parser.add_argument("--test-size", type=float, metavar="SHARE", help="default: 0.3")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the results there too")


def run(arguments: argparse.Namespace) -> int:
    import dt4ecg
    from dt4ecg import metrics, protocols

    started = time.perf_counter()
    model_file = arguments.model
    if model_file.is_dir():
        model_file = model_file / "model.safetensors"
    config = _run_of(model_file)
    classifier = dt4ecg.load(model_file)

    def setting(name, default):
        given = getattr(arguments, name)
        return config.get(name, default) if given is None else given

    name = setting("data", DEFAULT_DATA)
    data = load(name)
    announce(data)
    split = protocols.split(
        data,
        setting("protocol", "random"),
        test_size=setting("test_size", 0.3),
        validation_size=config.get("validation_size", 0.0),
        seed=setting("seed", 0),
    )
    if not config:
        print(
            "The model has no run folder beside it: whether it was trained on these test segments "
            "is not known.",
            file=sys.stderr,
        )
    tasks = tuple(task for task in classifier.tasks if task in data.tasks)
    if not tasks:
        raise ValueError(
            f"evaluate: the model knows {', '.join(classifier.tasks)}, the data "
            f"{', '.join(data.tasks)}"
        )
    labels = named_labels(data, tasks)[split.test]
    predicted = classifier.predict(data.X[split.test]).reshape(len(labels), -1)
    predicted = predicted[:, [classifier.tasks.index(task) for task in tasks]]
    classes = _classes(classifier, data, tasks)
    report = metrics.report(labels, predicted, classes, missing_label=MISSING)
    for task in tasks:
        if task not in split.scored_tasks:
            report.tasks[task] = None
    print(
        f"{data.name}{' (simulated)' if data.simulated else ''}, test part of the {split.protocol} "
        f"split, seed {split.seed}: {len(labels)} segments"
    )
    print(report)
    if arguments.json is not None:
        results = summary(
            name,
            data,
            split,
            report,
            epochs=config.get("epochs", 0),
            seconds=time.perf_counter() - started,
        )
        write_json(arguments.json, results)
    return 0


def _run_of(model_file: Path) -> dict:
    """Configuration of the run folder that a model lies in; empty if there is none."""
    try:
        config = json.loads((model_file.parent / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return config if isinstance(config, dict) else {}


def _classes(classifier, data, tasks) -> dict[str, list[str]]:
    """Names of data and model together: the data's first, in their order."""
    known = [classifier.classes_] if len(classifier.tasks) == 1 else classifier.classes_
    of_model = dict(zip(classifier.tasks, known, strict=True))
    found = {}
    for task in tasks:
        names = list(data.classes[task])
        strangers = [name for name in names if name not in set(of_model[task])]
        if strangers:
            print(
                f"warning: the model never saw {task} {', '.join(strangers)}: those segments count "
                "as wrong",
                file=sys.stderr,
            )
        found[task] = names + [str(name) for name in of_model[task] if name not in names]
    return found
