"""List the data sets, or download one into the user cache."""

from __future__ import annotations

import argparse

from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_result
from dt4ecg.datasets.catalogue import DATASETS, dataset
from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.locate import locate


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    actions = parser.add_subparsers(dest="action", metavar="list|show|fetch")
    listed = actions.add_parser("list", help="every data set and its folder on this machine")
    show = actions.add_parser("show", help="one data set: people, activities, licence, citation")
    show.add_argument("name", choices=tuple(DATASETS))
    fetch = actions.add_parser("fetch", help="download a data set and check it by SHA-256")
    fetch.add_argument("name", choices=tuple(name for name, i in DATASETS.items() if i.source))
    add_json_argument(parser)
    for action in (listed, show, fetch):
        add_json_argument(action, default=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    if arguments.action == "fetch":
        from dt4ecg.datasets import fetch

        print_result(fetch(arguments.name))
        if arguments.json is not None:
            write_json(arguments.json, [_row(arguments.name)])
        return 0
    names = [arguments.name] if arguments.action == "show" else list(DATASETS)
    rows = [_row(name) for name in names]
    for row in rows:
        if arguments.action == "show":
            for key, value in row.items():
                print_result(f"{key:12}  {value}")
        else:
            print_result(f"{row['name']:14}{row['title']}\n{'':14}{row['where']}")
    if arguments.json is not None:
        write_json(arguments.json, rows)
    return 0


def where(info: DatasetInfo) -> str:
    """Return the folder of a data set on this machine, or how to get it."""
    if info.simulated:
        return "simulated when it is loaded"
    try:
        return str(locate(info))
    except FileNotFoundError:
        remedy = f"dt4ecg datasets fetch {info.name}" if info.source else "set DT4ECG_DATA"
        return f"not found: {remedy}"


def _row(name: str) -> dict[str, str]:
    info = dataset(name)
    return {
        "name": info.name,
        "title": info.title,
        "subjects": str(info.subjects),
        "activities": ", ".join(info.activities),
        "rate": f"{info.sampling_rate:g} Hz, mains {info.mains_frequency:g} Hz",
        "simulated": info.simulated or "no",
        "licence": info.licence,
        "citation": info.citation,
        "where": where(info),
    }
