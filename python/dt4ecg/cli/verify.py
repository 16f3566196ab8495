"""Decide whether a recording is from the person of a name.

The exit status is 0 if the claim is accepted, 3 if it is rejected, 1 after an error, and 2 for
wrong usage.
"""

from __future__ import annotations

import argparse

from dt4ecg.cli.gallery_files import add_decision_arguments, add_file_arguments, decide


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    parser.add_argument("name", help="the claimed name")
    add_file_arguments(parser)
    add_decision_arguments(
        parser, "far", "false accept rate: fraction of impostors that may be accepted"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    return decide(
        "verify",
        arguments,
        lambda gallery, recording: gallery.verify(
            arguments.name, recording, arguments.far, arguments.activity
        ),
    )
