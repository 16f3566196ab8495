"""Search a recording for segments into which another ECG was spliced.

Each line has the start of a segment in seconds, whether it looks like an ECG, the probability of
tampering, and whether it is above the threshold. The probabilities are those for equal shares of
clean and tampered segments. A detector also fires where a segment of the same person was inserted.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dt4ecg._common.wording import counted
from dt4ecg.cli.arguments import add_reading_arguments, probability
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_mains, print_message
from dt4ecg.cli.reading import read_recording


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("recording", type=Path, help="a file that dt4ecg.read can read")
    parser.add_argument(
        "--detector",
        type=Path,
        required=True,
        metavar="FILE",
        help="a file of dt4ecg.biometrics.tamper.TamperDetector.save",
    )
    parser.add_argument(
        "--threshold",
        type=probability,
        default=0.5,
        metavar="P",
        help="probability above which a segment raises an alarm (default: 0.5)",
    )
    add_reading_arguments(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from dt4ecg.biometrics.tamper import TamperDetector

    detector = TamperDetector.load(arguments.detector)
    if detector.preprocessor is None:
        raise ValueError(
            f"tamper: {arguments.detector} was saved without its preprocessor; train with "
            "preprocessor=..., or preprocess in Python and call predict_proba"
        )
    recording = read_recording("tamper", arguments)
    if recording.n_leads != 1:
        raise ValueError(
            f"tamper: the detector takes 1 lead, {recording.name} has {recording.n_leads}: "
            f"{', '.join(recording.lead_names) or 'without names'}; choose with --lead NAME or "
            "--lead NUMBER"
        )
    if arguments.nan is not None:
        detector.preprocessor.set_params(nan=arguments.nan)
    try:
        found = detector.scan(recording)
    except ValueError as error:
        raise ValueError(f"{arguments.recording}, {arguments.detector}: {error}") from None
    print_message(recording.summary())
    print_mains(detector.preprocessor)
    alarms = found.alarms(arguments.threshold)
    rows: list[dict[str, Any]] = [
        {
            "start": float(start),
            "usable": bool(usable),
            "probability": float(value) if usable else None,
            "alarm": bool(alarm),
        }
        for start, usable, value, alarm in zip(
            found.starts, found.usable, found.probabilities, alarms, strict=True
        )
    ]
    print("start\tusable\tprobability\talarm")
    for row in rows:
        value = "-" if row["probability"] is None else f"{row['probability']:.3f}"
        usable, alarm = ("yes" if row[name] else "no" for name in ("usable", "alarm"))
        print(f"{row['start']:.3f}\t{usable}\t{value}\t{alarm}")
    print_message(
        f"{int(found.usable.sum())} of {counted(len(rows), 'segment')} usable; "
        f"{counted(int(alarms.sum()), 'alarm')} above {arguments.threshold:g}"
    )
    if arguments.json is not None:
        write_json(arguments.json, rows)
    return 0
