"""Compute the paper's tables and figures again, and write a report with a verdict on each claim.

Finished cells stay in the folder: an interrupted run goes on where it was, and a finished one only
writes its report again.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dt4ecg._common.defaults import DEFAULT_DATA, MAINS_FREQUENCY
from dt4ecg.cli.arguments import bounded_int, data_source
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.protocols import PROTOCOLS

if TYPE_CHECKING:
    from dt4ecg.paper import Reproduction

NAMES = {"table": ("I", "II", "III", "IV", "recipes"), "figure": ("6", "7")}
PRESETS = ("paper", "quick")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for kind, names in NAMES.items():
        parser.add_argument(
            f"--{kind}",
            nargs="+",
            action="extend",
            default=[],
            choices=names,
            metavar="NAME",
            help=", ".join(names),
        )
    parser.add_argument("--all", action="store_true", help="every table and figure")
    parser.add_argument(
        "--data",
        default=DEFAULT_DATA,
        metavar="NAME|FOLDER",
        help=f"as of train (default: {DEFAULT_DATA}, simulated)",
    )
    parser.add_argument(
        "--mains",
        type=float,
        default=MAINS_FREQUENCY,
        metavar="HZ",
        help="mains frequency of a folder's recordings whose manifest gives none; default: 60",
    )
    parser.add_argument(
        "--protocol",
        choices=tuple(PROTOCOLS),
        default="random",
        help="what is held out for testing (default: random, the paper's, which leaks)",
    )
    parser.add_argument(
        "--preset",
        choices=PRESETS,
        default="paper",
        help="paper: 50 epochs (Table IV and Fig. 7: 20), 3 seeds, hours; quick: a minute or two "
        "on a part of the data, to see that all works",
    )
    parser.add_argument(
        "--seeds", type=bounded_int(1, 10_000), metavar="N", help="seeds 0 to N - 1"
    )
    parser.add_argument("--epochs", type=bounded_int(1), metavar="N", help="of every training")
    parser.add_argument(
        "--subjects",
        type=bounded_int(2),
        metavar="N",
        help="only the N people with the most recordings (of equal ones, those who come first)",
    )
    parser.add_argument(
        "--networks",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="only these rows of Tables I and III: a backbone's name, dt4ecg, or dt4ecg with a "
        "weighting, such as dt4ecg-chen2018",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        type=bounded_int(1, 4096),
        default=1,
        metavar="N",
        help="processes of this machine",
    )
    where.add_argument("--dask", metavar="ADDRESS", help="a Dask scheduler, tcp://HOST:PORT")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FOLDER",
        help="default: runs/reproduce-DATA[-N-people]-PROTOCOL-PRESET",
    )
    parser.add_argument(
        "--index",
        type=Path,
        metavar="FOLDER",
        help="compute nothing, but write FOLDER/README.md over the finished runs in it",
    )
    parser.add_argument(
        "--report-only",
        action="store_true",
        help="compute nothing, but write the report over the cells that are finished",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    tables, figures = (
        NAMES[kind] if arguments.all else tuple(getattr(arguments, kind)) for kind in NAMES
    )
    if bool(tables or figures) == (arguments.index is not None):
        raise ValueError(
            "reproduce: ask for one thing: --table I, --figure 6 (several names may follow) or "
            "--all; or, of finished runs, --index FOLDER"
        )
    if arguments.index is not None and (arguments.json is not None or arguments.report_only):
        raise ValueError(
            "--index: writes one page over finished runs; leave --json and --report-only out"
        )
    if arguments.networks and not {"I", "III"} & set(tables):
        raise ValueError("--networks: chooses rows of Tables I and III; ask for one of them too")
    from dt4ecg import paper as reproduce

    if arguments.index is not None:
        print(reproduce.index(arguments.index))
        return 0
    name = data_source(arguments.data)
    plan = reproduce.plan(
        data=name,
        protocol=arguments.protocol,
        preset=arguments.preset,
        seeds=arguments.seeds,
        epochs=arguments.epochs,
        subjects=arguments.subjects,
        networks=arguments.networks or reproduce.NETWORKS,
        mains=arguments.mains,
    )
    people = f"-{arguments.subjects}-people" if arguments.subjects else ""
    out = arguments.out or Path("runs") / (
        f"reproduce-{Path(name).name}{people}-{arguments.protocol}-{arguments.preset}"
    )
    from dt4ecg.paper.run.executors import executor

    try:
        with executor(arguments.jobs, arguments.dask) as chosen:
            done = reproduce.reproduce(
                plan,
                tables,
                figures,
                out,
                chosen,
                progress=not arguments.quiet,
                compute=not arguments.report_only,
                command=_command(arguments, tables, figures),
            )
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"finished cells are kept in {out}; the same command goes on"
        ) from None
    if arguments.json is not None:
        failed = {cell.title: trace for cell, trace in done.failures.items()}
        write_json(arguments.json, {**done.summary, "failures": failed})
    _tell(done, out, arguments.preset)
    return 1 if done.failures else 0


def _command(
    arguments: argparse.Namespace, tables: tuple[str, ...], figures: tuple[str, ...]
) -> str:
    """The command without what cannot change a number: where it ran and where it wrote."""
    words = ["dt4ecg", "reproduce"]
    if arguments.all:
        words.append("--all")
    else:
        for kind, names in (("table", tables), ("figure", figures)):
            words += [f"--{kind}", *names] if names else []
    words += ["--data", arguments.data, "--protocol", arguments.protocol]
    words += ["--preset", arguments.preset]
    for option in ("subjects", "seeds", "epochs"):
        value = getattr(arguments, option)
        words += [f"--{option}", str(value)] if value is not None else []
    if arguments.networks:
        words += ["--networks", *arguments.networks]
    if arguments.mains != MAINS_FREQUENCY:
        words += ["--mains", f"{arguments.mains:g}"]
    return shlex.join(words)


def _tell(done: Reproduction, out: Path, preset: str) -> None:
    if done.summary["simulated"]:
        print("Simulated data: nothing here was measured on people.")
    if preset == "quick":
        computed, asked = (done.summary["cells"][name] for name in ("computed", "asked"))
        ran = "every part ran" if computed == asked else f"{computed} of {asked} cells ran"
        print(f"quick: {ran}; too short for verdicts")
    else:
        _tell_findings(done)
    print(f"{out / 'report.md'}, report.html, figures and cells", file=sys.stderr)
    _tell_failures(done)


def _tell_findings(done: Reproduction) -> None:
    from dt4ecg.paper.judge.verdicts import Finding
    from dt4ecg.paper.report.report import others_than

    for found in done.summary["tables"].get("recipes", {"comparisons": []})["comparisons"]:
        low, high = (100 * bound for bound in found["interval"])
        print(
            f"{found['first']} less {found['second']}, {found['task']}: "
            f"{100 * found['difference']:+.1f} points ({low:+.1f} to {high:+.1f})"
        )
    claims = done.summary["claims"]
    width = max((len(claim["verdict"]) for claim in claims), default=0)
    for claim in claims:
        finding = Finding(claim["verdict"], claim["numbers"], claim["missing"], claim["follows"])
        print(f"{finding.verdict:<{width}}  {claim['claim']}: {finding.text}")
    others = others_than(len(claims))
    if others:
        print(others)


def _tell_failures(done: Reproduction) -> None:
    by_trace: dict[str, list[str]] = {}  # a pool that breaks fails all its cells alike
    for cell, trace in done.failures.items():
        by_trace.setdefault(trace.rstrip(), []).append(cell.title)
    for trace, titles in by_trace.items():
        print(f"\ndt4ecg: failed: {', '.join(titles)}\n{trace}", file=sys.stderr)
    if done.failures:
        print(
            f"\ndt4ecg: {len(done.failures)} cells failed, {len(done.results)} are finished; the "
            "same command tries the failed ones again",
            file=sys.stderr,
        )
