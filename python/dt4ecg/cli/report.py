"""Write the report of a finished run: HTML, Markdown and LaTeX.

The report has a data card, leaks, scores with intervals, curves, the most confident errors, a
methods paragraph with citations, and the environment. The data are read again from their source. It
contains names of recordings and people.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from dt4ecg.cli.arguments import bounded_int
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_message, print_result


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("folder", type=Path, metavar="RUN", help="folder of a finished run")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="folder for the report, made if it is missing (default: that of the run)",
    )
    parser.add_argument(
        "--errors",
        type=bounded_int(0),
        default=10,
        metavar="N",
        help="most wrong predictions of each task to list (default: 10)",
    )
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    from dt4ecg import runs

    loaded = runs.load(arguments.folder)
    report = loaded.report(arguments.errors)
    out = arguments.folder if arguments.out is None else arguments.out
    out.mkdir(parents=True, exist_ok=True)
    files = report.save(out)
    if arguments.json is not None:
        write_json(arguments.json, report.to_dict())
    print_result(loaded.scores)
    print_message(f"{files[0]}: report")
    return 0
