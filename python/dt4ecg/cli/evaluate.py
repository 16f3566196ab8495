"""Score a saved model on the test part of a data set.

The recordings are preprocessed in the same way as those that the model was trained on, whatever
their own rate: with its filters, sampling rate, segment length and fitted limits. Only its notch,
if it has one, moves to the mains frequency of the data set. Rows of a folder without a mains
frequency have the model's.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from dt4ecg._common.text import printable
from dt4ecg._common.wording import counted
from dt4ecg.cli.arguments import add_data_arguments, data_source
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_data, print_result, print_warning
from dt4ecg.runs import DEFAULTS, evaluation, model_file
from dt4ecg.runs.results import summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "--model", type=Path, required=True, metavar="PATH", help="a model, or a run folder"
    )
    add_data_arguments(parser, evaluation.ALL_SEGMENTS)
    parser.add_argument(
        "--test-size", type=float, metavar="FRACTION", help=f"default: {DEFAULTS['test_size']}"
    )
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    started = time.perf_counter()
    requested = {
        key: value
        for key in ("protocol", "seed", "test_size")
        if (value := getattr(arguments, key)) is not None
    }
    name = None if arguments.data is None else data_source(arguments.data)
    prepared = evaluation.prepare(model_file(arguments.model), name, requested)
    data, split = prepared.data, prepared.split
    print_data(data)
    for note in prepared.notes:
        print_warning(note)
    report = evaluation.score(prepared)
    part = (
        "all segments"
        if split.protocol == evaluation.ALL_SEGMENTS
        else f"test part of the {split.protocol} split, seed {split.seed}"
    )
    print_result(
        f"{printable(data.name or prepared.data_name)}{' (simulated)' if data.simulated else ''}, "
        f"{part}: {counted(len(split.test), 'segment')}"
    )
    print_result(report)
    if arguments.json is not None:
        history = getattr(prepared.classifier, "history_", None)  # absent from older files
        results = summary(
            prepared.data_name,
            data,
            split,
            report,
            epochs=len(history["epoch"]) if history else None,
            seconds=time.perf_counter() - started,
        )
        write_json(arguments.json, results)
    return 0
