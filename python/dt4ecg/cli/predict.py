"""Predict identity and activity for every segment of a raw recording."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg.cli.arguments import frequency
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_mains
from dt4ecg.runs import model_file
from dt4ecg.signal.settings import NAN_POLICIES

if TYPE_CHECKING:
    import numpy as np

    from dt4ecg import DT4ECGClassifier


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "recording", type=Path, help=".csv, .txt, .npy, .npz, or a WFDB header (.hea)"
    )
    parser.add_argument(
        "--model", type=Path, required=True, metavar="PATH", help="a model, or a run folder"
    )
    parser.add_argument("--sampling-rate", type=float, metavar="HZ", help="of the recording")
    parser.add_argument("--lead", type=int, metavar="N", help="use one of several leads, from 0")
    parser.add_argument(
        "--nan",
        choices=NAN_POLICIES,
        help="for NaN or infinite samples: refuse the recording, interpolate, or cut there "
        "(default: as the model was trained)",
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
    samples, rate = _read(arguments.recording)
    if arguments.lead is not None:
        samples = _lead(samples, arguments.lead)
    if arguments.sampling_rate is not None:
        rate = arguments.sampling_rate
    _configure(classifier, arguments)
    _check(classifier, arguments, samples, rate)
    try:
        segments, starts = classifier.segments_of(samples, rate)
    except _core.InvalidArgument as error:
        if error.operation != "notch":
            raise
        raise ValueError(f"{error}; here, notch is --mains HZ|none") from None
    print_mains(classifier.preprocessor)
    rows = _rows(classifier, segments, starts)
    print("\t".join(rows[0]))
    for row in rows:
        print("\t".join(f"{v:.3f}" if isinstance(v, float) else v for v in row.values()))
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


def _check(
    classifier: DT4ECGClassifier,
    arguments: argparse.Namespace,
    samples: np.ndarray,
    rate: float | None,
) -> None:
    if rate is None and classifier.preprocessor.sampling_rate is None:
        raise ValueError(
            "predict: the file does not state its sampling rate; add --sampling-rate HZ"
        )
    leads = 1 if samples.ndim == 1 else len(samples)
    expected = classifier.network_.spec["in_channels"]
    if leads != expected:
        raise ValueError(
            f"predict: the model takes {expected} lead(s), {arguments.recording} has {leads}; "
            "pick one with --lead N, or write decimal points where the commas are decimal"
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


def _read(path: Path) -> tuple[np.ndarray, float | None]:
    """Return samples and, if the file states it, the sampling rate in Hz."""
    from dt4ecg.io.read import read_samples

    try:
        return read_samples(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"predict: there is no recording {str(path)!r}") from None
    except ValueError as error:
        raise ValueError(f"predict: {path}: {error}") from None


def _lead(samples: np.ndarray, lead: int) -> np.ndarray:
    leads = 1 if samples.ndim == 1 else len(samples)
    if not 0 <= lead < leads:
        raise ValueError(f"--lead: the recording has leads 0 to {leads - 1}, got {lead}")
    return samples if samples.ndim == 1 else samples[lead]
