"""Predict identity and activity for every segment of a raw recording."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg._common.text import printable
from dt4ecg._common.wording import counted
from dt4ecg.cli.arguments import add_reading_arguments, frequency
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_mains
from dt4ecg.runs import model_file
from dt4ecg.signal.settings import NAN_POLICIES

if TYPE_CHECKING:
    import numpy as np

    from dt4ecg import DT4ECGClassifier
    from dt4ecg.io import Recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("recording", type=Path, help="a file that dt4ecg.read can read")
    parser.add_argument(
        "--model", type=Path, required=True, metavar="PATH", help="a model, or a run folder"
    )
    add_reading_arguments(parser)
    parser.add_argument(
        "--nan",
        choices=NAN_POLICIES,
        help="for lost samples: bridge short holes and cut at longer ones, cut at all, or refuse "
        "the recording (default: as the model was trained)",
    )
    parser.add_argument(
        "--mains",
        type=frequency,
        default=argparse.SUPPRESS,
        metavar="HZ|none",
        help="frequency of the model's notch, if it has one, for this recording; none if the "
        "recording has no mains interference (default: as the model was trained)",
    )
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    import dt4ecg
    from dt4ecg import _core

    classifier = dt4ecg.load(model_file(arguments.model))
    recording = _read(arguments, classifier)
    _configure(classifier, arguments)
    _check(classifier, recording)
    try:
        segments, starts = classifier.segments_of(recording.samples, recording.sampling_rate)
    except _core.InvalidArgument as error:
        if error.operation != "notch":
            raise
        raise ValueError(f"{error}; here, notch is --mains HZ|none") from None
    print(recording.summary(), file=sys.stderr)
    print_mains(classifier.preprocessor)
    try:
        rows = _rows(classifier, segments, starts)
    except ValueError as error:
        raise ValueError(f"{arguments.model}: {error}") from None
    for cells in (rows[0], *(row.values() for row in rows)):  # the names of the columns first
        print("\t".join(f"{v:.3f}" if isinstance(v, float) else printable(v) for v in cells))
    if arguments.json is not None:
        write_json(arguments.json, rows)
    return 0


def _configure(classifier: DT4ECGClassifier, arguments: argparse.Namespace) -> None:
    """Apply ``--nan`` and ``--mains`` to a copy of the model's preprocessor."""
    preprocessor = classifier.preprocessor
    if preprocessor is None:
        raise ValueError(
            f"predict: {arguments.model} was saved without its preprocessor; train with "
            "preprocessor=..., or preprocess in Python and call predict"
        )
    preprocessor = preprocessor.at_mains(getattr(arguments, "mains", preprocessor.notch))
    if arguments.nan is not None:
        preprocessor.set_params(nan=arguments.nan)
    classifier.preprocessor = preprocessor


def _check(classifier: DT4ECGClassifier, recording: Recording) -> None:
    expected = classifier.network_.spec["in_channels"]
    if recording.n_leads != expected:
        raise ValueError(
            f"predict: the model takes {counted(expected, 'lead')}, {recording.name} "
            f"has {recording.n_leads}: {', '.join(recording.lead_names) or 'without names'}; "
            "choose with --lead NAME or --lead NUMBER"
        )


def _rows(
    classifier: DT4ECGClassifier, segments: np.ndarray, starts: np.ndarray
) -> list[dict[str, Any]]:
    """Return one row per segment: its start in seconds, and each task's label and probability."""
    probabilities = classifier.predict_proba(segments)
    if len(classifier.tasks) == 1:
        probabilities = [probabilities]
    rows: list[dict[str, Any]] = [{"start": float(start)} for start in starts]
    for (task, names), of_task in zip(
        classifier.classes_by_task.items(), probabilities, strict=True
    ):
        for row, of_segment in zip(rows, of_task, strict=True):
            best = of_segment.argmax()
            row[task] = str(names[best])
            row[f"{task}_probability"] = float(of_segment[best])
    return rows


def _read(arguments: argparse.Namespace, classifier: DT4ECGClassifier) -> Recording:
    from dt4ecg.io import read

    rate = arguments.sampling_rate
    try:
        return read(arguments.recording, rate, leads=arguments.lead)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"predict: there is no recording {str(arguments.recording)!r}"
        ) from None
    except ValueError as error:
        raise ValueError(f"predict: {error}") from None
