"""Versions and optional packages: what a bug report needs."""

from __future__ import annotations

import argparse
import importlib.metadata

OPTIONAL = ("pooch", "wfdb", "ipywidgets")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="PATH", help="write what is printed there too")


def run(arguments: argparse.Namespace) -> int:
    import dt4ecg

    facts = dt4ecg.build_info() | {name: _version(name) for name in OPTIONAL}
    for key, value in facts.items():
        print(f"{key:20}  {value}")
    if arguments.json is not None:
        from dt4ecg.cli._results import write_json

        write_json(arguments.json, facts)
    return 0


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
