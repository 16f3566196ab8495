"""python -m benchmarks [NAME ...] [--threads 1,2] [--json PATH] [--quick]"""

import argparse
import importlib
import json

import torch

from benchmarks.measuring import Settings, Skipped, machine

NAMES = ("train_step", "training_run", "preprocessing", "inference", "import_time", "scaling")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all")
    parser.add_argument("--threads", default="1,2", help="thread counts, as 1,2")
    parser.add_argument("--json", metavar="PATH", help="write machine and rows there")
    parser.add_argument("--quick", action="store_true", help="does it run; times mean nothing")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(NAMES))
    if unknown:
        parser.error(f"unknown {', '.join(unknown)}; known: {', '.join(NAMES)}")
    found = machine()
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    print(f"{found['processor']}, {found['instructions']}; {versions}", flush=True)
    rows, skipped = [], {}
    for name in arguments.names or NAMES:
        run = importlib.import_module(f"benchmarks.{name}").run
        print(f"\n{name}", flush=True)
        for threads in map(int, arguments.threads.split(",")):
            torch.set_num_threads(threads)
            try:
                for row in run(Settings(threads, arguments.quick)):
                    print(row, flush=True)
                    rows.append({"benchmark": name, **row.as_json()})
            except Skipped as reason:
                print(f"skipped: {reason}", flush=True)
                skipped[name] = str(reason)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(
                {**found, "quick": arguments.quick, "rows": rows, "skipped": skipped},
                file,
                indent=1,
            )


if __name__ == "__main__":
    main()
