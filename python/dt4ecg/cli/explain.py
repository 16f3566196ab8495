"""Show which samples of each segment of a recording the predictions of a task rest on.

Each line has the start of a segment in seconds, whether it is usable, the label with its
probability, the time of the largest value of the map, and the share of the map inside the windows
of P, QRS and T waves around the R peaks; the last column is the share of the segment that these
windows cover. The map describes the network. It is not a diagnosis.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg._common.text import printable
from dt4ecg.cli.arguments import add_reading_arguments, bounded_int
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_message
from dt4ecg.cli.reading import read_recording
from dt4ecg.runs import model_file

if TYPE_CHECKING:
    from dt4ecg.inference.explain import Attribution

COLUMNS = ("start", "usable", "label", "probability", "peak", "share", "windows")
METHODS = ("grad_cam", "integrated_gradients", "occlusion", "attention")
MOST_DRAWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("recording", type=Path, help="a file that dt4ecg.read can read")
    parser.add_argument(
        "--model", type=Path, required=True, metavar="PATH", help="a model, or a run folder"
    )
    parser.add_argument("--task", help="the task to explain; needed if the model has several")
    parser.add_argument(
        "--method", choices=METHODS, default=METHODS[0], help="default: %(default)s"
    )
    parser.add_argument(
        "--figure", type=Path, metavar="PATH", help="draw segments with their maps into this file"
    )
    parser.add_argument(
        "--drawn",
        type=bounded_int(1, MOST_DRAWN),
        default=6,
        metavar="N",
        help=f"number of segments in the figure, at most {MOST_DRAWN}, the first usable ones "
        "(default: %(default)s)",
    )
    add_reading_arguments(parser)
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from dt4ecg.estimator import load

    classifier = load(model_file(arguments.model))
    recording = read_recording("explain", arguments)
    if classifier.preprocessor is None:
        raise ValueError(
            f"explain: {arguments.model} was saved without its preprocessor; train with "
            "preprocessor=..., or make segments in Python and call explain"
        )
    if arguments.nan is not None:
        classifier.preprocessor.set_params(nan=arguments.nan)
    try:
        predicted = classifier.predict_recording(recording)
        segments, starts = classifier.segments_of(recording)
        found = classifier.explain(segments, arguments.task, method=arguments.method)
    except ValueError as error:
        raise ValueError(f"{arguments.recording}, {arguments.model}: {error}") from None
    rate = segments.shape[2] / classifier.preprocessor.segment_seconds
    rows = _rows(segments, starts, predicted.usable, found, rate)
    print_message(recording.summary())
    print("\t".join(COLUMNS))
    for row in rows:
        print("\t".join(_cell(row[name]) for name in COLUMNS))
    if arguments.figure is not None:
        drawn = np.flatnonzero(predicted.usable)[: arguments.drawn]
        _draw(arguments.figure, segments, starts, found, rate, drawn)
    if arguments.json is not None:
        write_json(
            arguments.json,
            {"task": found.task, "method": found.method, "sampling_rate": rate, "segments": rows},
        )
    return 0


def _rows(
    segments: np.ndarray,
    starts: np.ndarray,
    usable: np.ndarray,
    found: Attribution,
    rate: float,
) -> list[dict[str, Any]]:
    from dt4ecg.inference.explain import share_inside

    rows = []
    for i, start in enumerate(starts.tolist()):
        inside = _windows(segments[i, 0], rate) if usable[i] else None
        share = None
        if inside is not None and found.maps[i].any():
            share = float(share_inside(found.maps[i : i + 1], inside[None])[0])
        peak = start + int(found.maps[i].argmax()) / rate if found.maps[i].any() else None
        rows.append(
            {
                "start": float(start),
                "usable": bool(usable[i]),
                "label": str(found.target[i]) if usable[i] else "unusable",
                "probability": float(found.probability[i]) if usable[i] else None,
                "peak": peak if usable[i] else None,
                "share": share,
                "windows": None if inside is None else float(inside.mean()),
                "map": [round(value, 4) for value in found.maps[i].tolist()],
            }
        )
    return rows


def _windows(segment: np.ndarray, rate: float) -> np.ndarray | None:
    """Return the samples where waves are expected; None if the segment has no R peak."""
    from dt4ecg import beats

    try:
        peaks = beats.find(segment, rate)
    except ValueError:  # the segment is too short, or its sampling rate too low
        return None
    return beats.wave_windows(peaks, len(segment)).union if len(peaks) else None


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.3f}" if isinstance(value, float) else printable(value)


def _draw(
    path: Path,
    segments: np.ndarray,
    starts: np.ndarray,
    found: Attribution,
    rate: float,
    drawn: np.ndarray,
) -> None:
    """Write the picture of some segments; the format is that of the file's ending."""
    from matplotlib.figure import Figure

    from dt4ecg import plots

    if not len(drawn):
        print_message("explain: no segment is usable, so no figure was drawn")
        return
    height = (0.9 + 0.7 * segments.shape[1]) * len(drawn)
    figure = Figure(figsize=(7.2, height), layout="constrained")
    rows = figure.subplots(len(drawn), 1, squeeze=False)[:, 0]
    for ax, index in zip(rows, drawn.tolist(), strict=True):
        plots.attribution(segments, found, index, rate, ax=ax)
        ax.set_xlabel(f"time (s) from {starts[index]:g} s" if ax is rows[-1] else "")
    figure.savefig(path)
