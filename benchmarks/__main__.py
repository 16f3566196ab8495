"""python -m benchmarks [NAME ...] [--threads 1,2] [--json PATH] [--quick]"""

import argparse
import importlib

import torch

from benchmarks.measuring import Settings, Skipped, machine
from dt4ecg.cli.arguments import bounded_int
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.training.options import MOST_THREADS

NAMES = (
    "train_step",
    "training_run",
    "preprocessing",
    "wavelets",
    "inference",
    "import_time",
    "scaling",
    "busy",
    "gallery",
    "streaming",
)
_THREADS = bounded_int(1, MOST_THREADS)


def thread_counts(text: str) -> list[int]:
    return [_THREADS(count) for count in text.split(",")]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)}; default: all"
    )
    parser.add_argument(
        "--threads", type=thread_counts, default="1,2", help="numbers of threads, such as 1,2"
    )
    add_json_argument(parser)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="only check that everything runs; the times mean nothing",
    )
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown {', '.join(unknown)}; known: {', '.join(NAMES)}")
    found = machine()
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    print(f"{found['processor']}, {found['instructions']}; {versions}", flush=True)
    if arguments.quick:
        print("quick: everything runs and the answers agree; times mean nothing", flush=True)
    rows: list[dict] = []
    skipped: dict[str, str] = {}
    try:
        for name in arguments.names or NAMES:
            _run(name, arguments, rows, skipped)
    finally:  # an error or Ctrl-C must not lose finished measurements
        if arguments.json:
            found |= {"quick": arguments.quick, "rows": rows, "skipped": skipped}
            write_json(arguments.json, found)


def _run(name: str, arguments: argparse.Namespace, rows: list[dict], skipped: dict) -> None:
    run = importlib.import_module(f"benchmarks.{name}").run
    print(f"\n{name}", flush=True)
    for threads in arguments.threads:
        torch.set_num_threads(threads)
        try:
            for row in run(Settings(threads, arguments.quick)):
                print(row.untimed if arguments.quick else row, flush=True)
                rows.append({"benchmark": name, **row.as_json()})
        except Skipped as reason:
            print(f"skipped: {reason}", flush=True)
            skipped[name] = str(reason)


if __name__ == "__main__":
    main()
