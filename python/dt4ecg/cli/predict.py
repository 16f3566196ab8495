"""Say who and what for every segment of a raw recording."""

from __future__ import annotations

import argparse
from pathlib import Path

from dt4ecg.cli._data import announce_mains, frequency, model_file
from dt4ecg.runs.summary import add_json_argument, write_json
from dt4ecg.signal.preprocessor import NAN_POLICIES


def add_arguments(parser: argparse.ArgumentParser) -> None:
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
        help="NaN or infinite samples: refuse the recording, bridge them by lines, or cut there "
        "(default: as the model was trained)",
    )
    parser.add_argument(
        "--mains",
        type=frequency,
        default=argparse.SUPPRESS,
        metavar="HZ|none",
        help="where the model's notch, if it has one, is to lie in this recording; none: it is "
        "free of mains (default: as the model was trained)",
    )
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    import numpy as np

    import dt4ecg

    classifier = dt4ecg.load(model_file(arguments.model))
    samples, rate = _read(arguments.recording)
    if arguments.lead is not None:
        samples = _lead(samples, arguments.lead)
    preprocessor = classifier.preprocessor
    if preprocessor is None:
        raise ValueError(f"predict: {arguments.model} was saved without its preprocessor")
    if arguments.nan is not None:
        preprocessor.set_params(nan=arguments.nan)
    if "mains" in arguments:
        classifier.preprocessor = preprocessor.at_mains(arguments.mains)
    if arguments.sampling_rate is not None:
        rate = arguments.sampling_rate
    if rate is None and preprocessor.sampling_rate is None:
        raise ValueError(
            "predict: the file does not tell its sampling rate; add --sampling-rate HZ"
        )
    leads, wanted = np.atleast_2d(samples).shape[0], classifier.network_.spec["in_channels"]
    if leads != wanted:
        raise ValueError(
            f"predict: the model takes {wanted} lead(s), {arguments.recording} has {leads}; "
            "pick one with --lead N, or write decimal points where the commas are decimal"
        )
    try:
        segments, starts = classifier.segments_of(samples, rate)
    except ValueError as error:
        if not str(error).startswith("notch:"):
            raise
        raise ValueError(f"{error}; here, notch is --mains HZ|none") from None
    announce_mains(classifier.preprocessor)
    probabilities = classifier.predict_proba(segments)
    if len(classifier.tasks) == 1:
        probabilities = [probabilities]
    shares_of = dict(zip(classifier.tasks, probabilities, strict=True))
    rows = []
    for segment, start in enumerate(starts):
        row: dict[str, float | str] = {"start": float(start)}
        for task, names in classifier.classes_by_task.items():
            shares = shares_of[task][segment]
            best = shares.argmax()
            row[task] = str(names[best])
            row[f"{task}_probability"] = float(shares[best])
        rows.append(row)
    print("\t".join(rows[0]))
    for row in rows:
        print("\t".join(f"{v:.3f}" if isinstance(v, float) else v for v in row.values()))
    if arguments.json is not None:
        write_json(arguments.json, rows)
    return 0


def _read(path: Path):
    """Samples and, where the file tells it, the sampling rate."""
    if path.suffix.lower() == ".hea":
        from dt4ecg.io.wfdb import read_wfdb

        samples, rate, _ = read_wfdb(path.with_suffix(""), channels=None)
        return samples, rate
    from dt4ecg.io.samples import read_samples

    try:
        return read_samples(path), None
    except FileNotFoundError:
        raise FileNotFoundError(f"predict: there is no recording {str(path)!r}") from None
    except ValueError as error:
        raise ValueError(f"predict: {path}: {error}") from None


def _lead(samples, lead: int):
    leads = 1 if samples.ndim == 1 else len(samples)
    if not 0 <= lead < leads:
        raise ValueError(f"--lead: the recording has leads 0 to {leads - 1}, got {lead}")
    return samples if samples.ndim == 1 else samples[lead]
