"""Find the enrolled person whom a recording is from, or reject it.

The exit status is 0 if there is a name, 3 if the recording is rejected, 1 after an error, and 2
for wrong usage.
"""

from __future__ import annotations

import argparse

from dt4ecg.cli.gallery_files import add_decision_arguments, add_file_arguments, decide


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_file_arguments(parser)
    add_decision_arguments(parser, "reject", "fraction of strangers that may get a name")


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    return decide(
        "identify",
        arguments,
        lambda gallery, recording: gallery.identify(
            recording, arguments.reject, arguments.activity
        ),
    )
