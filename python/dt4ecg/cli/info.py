"""Print versions, optional packages and data sets for a bug report."""

from __future__ import annotations

import argparse
import importlib.metadata

from dt4ecg.cli.datasets import where
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_result
from dt4ecg.datasets.catalogue import DATASETS

OPTIONAL = ("pooch", "wfdb", "ipywidgets", "distributed", "EMD-signal")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    import dt4ecg

    facts = dt4ecg.build_info() | {name: _version(name) for name in OPTIONAL}
    facts |= {name: where(entry) for name, entry in DATASETS.items()}
    for key, value in facts.items():
        print_result(f"{key:20}  {value}")
    if arguments.json is not None:
        write_json(arguments.json, facts)
    return 0


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
