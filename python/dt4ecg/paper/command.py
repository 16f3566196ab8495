"""Compute the paper's tables and figures again, and write a report with a verdict on each claim.

Finished cells stay in the output folder. The same command continues an interrupted run. On a
finished run, it only writes the report again.
"""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from dt4ecg._common.defaults import DEFAULT_DATA, MAINS_FREQUENCY
from dt4ecg._common.wording import counted
from dt4ecg.cli.arguments import bounded_int, data_source
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_message, print_result
from dt4ecg.paper.design.names import FIGURE_NAMES, TABLE_NAMES
from dt4ecg.paper.design.presets import PRESETS

if TYPE_CHECKING:
    from dt4ecg.paper import Reproduction

NAMES = {"table": TABLE_NAMES, "figure": FIGURE_NAMES}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    from dt4ecg.protocols import PROTOCOLS

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
        help=f"a data set or a folder, as in train (default: {DEFAULT_DATA}, simulated)",
    )
    parser.add_argument(
        "--mains",
        type=float,
        default=MAINS_FREQUENCY,
        metavar="HZ",
        help="mains frequency of recordings in a folder whose manifest does not give one "
        f"(default: {MAINS_FREQUENCY:g})",
    )
    parser.add_argument(
        "--protocol",
        choices=tuple(PROTOCOLS),
        default="random",
        help="how to choose the test segments (default: random, that of the paper, which leaks)",
    )
    parser.add_argument(
        "--preset",
        choices=tuple(PRESETS),
        default="paper",
        help="paper: 50 epochs (Table IV and Fig. 7: 20) and 3 seeds, which takes hours; quick: a "
        "part of the data for one or two minutes, to check that all parts run",
    )
    parser.add_argument(
        "--seeds", type=bounded_int(1, 10_000), metavar="N", help="use the seeds 0 to N - 1"
    )
    parser.add_argument(
        "--epochs", type=bounded_int(1), metavar="N", help="epochs of every training"
    )
    parser.add_argument(
        "--subjects",
        type=bounded_int(2),
        metavar="N",
        help="use only the N people with the most recordings",
    )
    parser.add_argument(
        "--networks",
        nargs="+",
        action="extend",
        metavar="NAME",
        help="compute only these rows of Tables I and III: a backbone, dt4ecg, or dt4ecg with a "
        "weighting, such as dt4ecg-chen2018",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        type=bounded_int(1, 4096),
        default=1,
        metavar="N",
        help="number of processes on this machine",
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
        help="compute nothing; write FOLDER/README.md, which lists the verdicts of the runs in it",
    )
    parser.add_argument(
        "--report-only",
        action="store_true",
        help="compute nothing; write the report on the finished cells",
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    add_json_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    tables, figures = (
        NAMES[kind] if arguments.all else tuple(getattr(arguments, kind)) for kind in NAMES
    )
    if bool(tables or figures) == (arguments.index is not None):
        raise ValueError(
            "reproduce: give either --table I, --figure 6 (several names may follow) or --all, or "
            "--index FOLDER for a page over finished runs"
        )
    if arguments.index is not None and (arguments.json is not None or arguments.report_only):
        raise ValueError(
            "--index: writes one page over finished runs; remove --json and --report-only"
        )
    if arguments.networks and not {"I", "III"} & set(tables):
        raise ValueError("--networks: selects rows of Tables I and III; add one of these tables")
    from dt4ecg import paper

    if arguments.index is not None:
        print_result(paper.index(arguments.index))
        return 0
    name = data_source(arguments.data)
    plan = paper.plan(
        data=name,
        protocol=arguments.protocol,
        preset=arguments.preset,
        seeds=arguments.seeds,
        epochs=arguments.epochs,
        subjects=arguments.subjects,
        networks=arguments.networks or paper.NETWORKS,
        mains=arguments.mains,
    )
    people = f"-{arguments.subjects}-people" if arguments.subjects else ""
    out = arguments.out or Path("runs") / (
        f"reproduce-{Path(name).name}{people}-{arguments.protocol}-{arguments.preset}"
    )
    from dt4ecg.paper.run.executors import executor

    try:
        with executor(arguments.jobs, arguments.dask) as chosen:
            done = paper.reproduce(
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
            f"finished cells are kept in {out}; the same command continues the run"
        ) from None
    if arguments.json is not None:
        failed = {cell.title: trace for cell, trace in done.failures.items()}
        write_json(arguments.json, {**done.summary, "failures": failed})
    _print_outcome(done, out, arguments.preset)
    return 1 if done.failures else 0


def _command(
    arguments: argparse.Namespace, tables: tuple[str, ...], figures: tuple[str, ...]
) -> str:
    """Return the command without the options that cannot change a number."""
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


def _print_outcome(done: Reproduction, out: Path, preset: str) -> None:
    if done.summary["simulated"]:
        print_result("The data are simulated; nothing was measured on people.")
    if preset == "quick":
        computed, requested = (done.summary["cells"][name] for name in ("computed", "asked"))
        print_result(f"quick: {computed} of {requested} cells computed; too short for verdicts")
    else:
        _print_findings(done)
    print_message(f"{out / 'report.md'}, report.html, figures and cells")
    _print_failures(done)


def _print_findings(done: Reproduction) -> None:
    from dt4ecg.paper.judge.verdicts import Finding
    from dt4ecg.paper.report.page import others_than

    for found in done.summary["tables"].get("recipes", {"comparisons": []})["comparisons"]:
        low, high = (100 * bound for bound in found["interval"])
        print_result(
            f"{found['first']} less {found['second']}, {found['task']}: "
            f"{100 * found['difference']:+.1f} points ({low:+.1f} to {high:+.1f})"
        )
    claims = done.summary["claims"]
    width = max((len(claim["verdict"]) for claim in claims), default=0)
    for claim in claims:
        finding = Finding(claim["verdict"], claim["numbers"], claim["missing"], claim["follows"])
        print_result(f"{finding.verdict:<{width}}  {claim['claim']}: {finding.text}")
    others = others_than(len(claims))
    if others:
        print_result(others)


def _print_failures(done: Reproduction) -> None:
    by_trace: dict[str, list[str]] = {}  # a broken pool fails all of its cells with one trace
    for cell, trace in done.failures.items():
        by_trace.setdefault(trace.rstrip(), []).append(cell.title)
    for trace, titles in by_trace.items():
        print_message(f"\ndt4ecg: failed: {', '.join(titles)}\n{trace}")
    if done.failures:
        print_message(
            f"\ndt4ecg: {counted(len(done.failures), 'cell')} failed, {len(done.results)} "
            "finished; the same command computes the failed cells again"
        )
