"""Assess whether recordings look like an ECG, segment by segment.

Each line has the file, the start of a segment in seconds, whether it is usable, and its score. A
summary of each file follows on standard error. With --json, the file holds all indices.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.text import printable
from dt4ecg._common.wording import counted
from dt4ecg.cli.arguments import add_reading_arguments, frequency
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_message
from dt4ecg.cli.reading import read_recording

if TYPE_CHECKING:
    from dt4ecg import Preprocessor
    from dt4ecg.io import Recording
    from dt4ecg.signal import Segmented

WINDOW = 10.0  # s, of the classical indices


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument(
        "recordings", type=Path, nargs="+", metavar="FILE", help="files that dt4ecg.read can read"
    )
    add_reading_arguments(parser)
    parser.add_argument(
        "--mains",
        type=frequency,
        default=None,
        metavar="HZ|none",
        help="remove hum of this frequency before the assessment (default: none)",
    )
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from dt4ecg import Preprocessor

    preprocessor = Preprocessor(notch=arguments.mains, normalize=None)
    if arguments.nan is not None:
        preprocessor.set_params(nan=arguments.nan)
    files = []
    print("file\tstart\tusable\tscore")
    for path in arguments.recordings:
        arguments.recording = path
        try:
            files.append(_assess(path, arguments, preprocessor))
        except (ValueError, OSError) as error:
            if len(arguments.recordings) == 1 or os.environ.get("DT4ECG_DEBUG") == "1":
                raise
            print_message(f"dt4ecg: {printable(str(error))}")
            continue
        for row in files[-1]["segments"]:
            answer = "yes" if row["usable"] else "no"
            print(f"{printable(path)}\t{row['start']:.3f}\t{answer}\t{row['score']:.3f}")
        sys.stdout.flush()
        print_message(_summary(files[-1]))
    if arguments.json is not None:
        write_json(arguments.json, files)
    return 0 if len(files) == len(arguments.recordings) else 1


def _assess(
    path: Path, arguments: argparse.Namespace, preprocessor: Preprocessor
) -> dict[str, Any]:
    recording = read_recording("quality", arguments)
    try:
        found = preprocessor.segment(recording)
    except ValueError as error:
        raise ValueError(f"quality: {path}: {error}") from None
    return _facts(path, recording, found)


def _facts(path: Path, recording: Recording, found: Segmented) -> dict[str, Any]:
    """Return the summary of a recording and the indices of its segments."""
    quality, leads = found.quality, _names(recording)
    lead_usable = quality.lead_scores >= 0.5
    segments = []
    for i, start in enumerate(found.starts.tolist()):
        indices = {
            lead: {one.name: float(getattr(quality, one.name)[i, j]) for one in fields(quality)}
            for j, lead in enumerate(leads)
        }
        usable, score = bool(quality.usable[i]), float(quality.score[i])
        segments.append({"start": start, "usable": usable, "score": score, "leads": indices})
    classical = _classical(recording)
    return {
        "file": str(path),
        "seconds": recording.samples.shape[1] / recording.sampling_rate,
        "n_segments": len(segments),
        "n_usable": int(quality.usable.sum()),
        "leads": {
            lead: {"n_usable": int(lead_usable[:, j].sum()), **classical[j]}
            for j, lead in enumerate(leads)
        },
        "segments": segments,
    }


def _names(recording: Recording) -> list[str]:
    names = list(recording.lead_names)
    distinct = len(set(names)) == recording.n_leads
    return names if distinct else [str(lead) for lead in range(recording.n_leads)]


def _classical(recording: Recording) -> list[dict[str, float | None]]:
    """Return the median of each classical index over the windows of 10 s, for each lead.

    Windows do not cross gaps. Those with lost samples are left out; without any window, or at a
    sampling rate that the indices do not have, a median is None.
    """
    from dt4ecg.signal import ClassicalQuality, classical_quality

    names = [one.name for one in fields(ClassicalQuality)]
    rate = recording.sampling_rate
    medians: list[dict[str, float | None]] = []
    for lead in recording.samples.astype(float):
        pieces = np.split(lead, recording.gaps)
        windows = np.concatenate([_windows(piece, rate) for piece in pieces])
        windows = windows[np.isfinite(windows).all(axis=1)]
        if len(windows) == 0 or not 80 <= rate <= 20_000:
            medians.append(dict.fromkeys(names))
            continue
        values = np.median(classical_quality(windows, rate).to_array(), axis=0)
        medians.append(dict(zip(names, values.tolist(), strict=True)))
    return medians


def _windows(piece: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    length = round(WINDOW * rate)
    count = len(piece) // length
    return piece[: count * length].reshape(count, length)


def _summary(facts: dict[str, Any]) -> str:
    total, usable = facts["n_segments"], facts["n_usable"]
    text = f"{printable(facts['file'])}: {usable} of {counted(total, 'segment')} usable"
    leads = [
        f"{printable(lead)} {found['n_usable']}/{total}" for lead, found in facts["leads"].items()
    ]
    return f"{text}; by lead: {', '.join(leads)}" if len(leads) > 1 else text
