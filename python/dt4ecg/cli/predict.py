"""Predict identity and activity for every segment of a raw recording."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg._common.text import printable
from dt4ecg._common.wording import counted
from dt4ecg.cli.arguments import add_reading_arguments, frequency
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_mains, print_message, print_shares
from dt4ecg.cli.reading import read_recording
from dt4ecg.runs import model_file

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier
    from dt4ecg.estimator import RecordingPrediction
    from dt4ecg.io import Recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("recording", type=Path, help="a file that dt4ecg.read can read")
    parser.add_argument(
        "--model", type=Path, required=True, metavar="PATH", help="a model, or a run folder"
    )
    add_reading_arguments(parser)
    parser.add_argument(
        "--mains",
        type=frequency,
        default=argparse.SUPPRESS,
        metavar="HZ|none",
        help="frequency of the model's notch, if it has one, for this recording; none if the "
        "recording has no mains interference (default: as the model was trained)",
    )
    parser.add_argument(
        "--flip",
        type=int,
        action="append",
        default=[],
        metavar="N",
        help="multiply a lead, from 0, by -1: its electrodes were swapped",
    )
    parser.add_argument(
        "--name-all",
        action="store_true",
        help="name also the segments that do not look like an ECG",
    )
    parser.add_argument(
        "--context",
        type=float,
        metavar="SECONDS",
        help="average the predictions of consecutive segments over this time (default: each "
        "segment alone)",
    )
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from dt4ecg import _core
    from dt4ecg.estimator import load
    from dt4ecg.estimator.recording_prediction import UNUSABLE
    from dt4ecg.io.lead_order import in_lead_order

    classifier = load(model_file(arguments.model))
    recording = read_recording("predict", arguments)
    _configure(classifier, arguments)
    assert classifier.preprocessor is not None  # _configure has checked it
    # --flip counts the leads of the model, so they are put into its order first.
    recording = in_lead_order(recording, classifier.preprocessor.lead_names_)
    _check(classifier, recording)
    try:
        found = classifier.predict_recording(
            _flipped(recording, arguments.flip),
            unusable=None if arguments.name_all else UNUSABLE,
            context=arguments.context,
        )
    except _core.InvalidArgument as error:
        if error.operation != "notch":
            raise
        raise ValueError(f"{error}; here, notch is --mains HZ|none") from None
    except ValueError as error:
        raise ValueError(f"{arguments.recording}, {arguments.model}: {error}") from None
    print_message(recording.summary())
    print_mains(classifier.preprocessor)
    rows = _rows(found)
    for cells in (rows[0], *(row.values() for row in rows)):  # the names of the columns first
        print("\t".join(map(_cell, cells)))
    print_shares(found)
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


def _rows(found: RecordingPrediction) -> list[dict[str, Any]]:
    """Return one row per segment: its start, its quality, and each task's label and probability."""
    columns: dict[str, Any] = found.to_columns()
    columns["usable"] = columns["usable"].tolist()
    if found.averaged is not None:
        columns["averaged"] = columns["averaged"].tolist()
    for task in found.tasks:
        columns[task] = [str(label) for label in columns[task]]
    rows = zip(*(map(_plain, values) for values in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _plain(value: Any) -> Any:
    """Return a number as a float, and None for the probability of an unusable segment."""
    if isinstance(value, str | bool | int):
        return value
    return None if value != value else float(value)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else printable(value)


def _flipped(recording: Recording, leads: list[int]) -> Recording:
    """Return the recording with some leads multiplied by -1."""
    if not leads:
        return recording
    samples = recording.samples.astype(float)
    if not all(0 <= lead < len(samples) for lead in leads):
        raise ValueError(f"--flip: the recording has leads 0 to {len(samples) - 1}, got {leads}")
    samples[leads] *= -1
    return replace(recording, samples=samples)
