"""Damage files of some formats at random, read them, and print what is not handled.

Each damaged file must give a ValueError, OSError or ImportError, or a correct result, within 5 s
of the processor and 2 GiB, and without another number of signals unless its header was damaged.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.fuzz.formats import FORMATS
from tests.fuzz.trial import run


def main() -> int:
    """Run the command and return 1 if a damaged file was not handled."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "formats",
        nargs="*",
        default=list(FORMATS),
        metavar="FORMAT|FILE",
        help=f"{', '.join(FORMATS)}, or the path of a recording; default: every format",
    )
    parser.add_argument("--mutants", type=int, default=1000, help="per format; default: 1000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="folder for files that were not handled")
    arguments = parser.parse_args()
    out = arguments.out or Path(tempfile.mkdtemp(prefix="fuzz-"))
    failed = False
    for number, name in enumerate(arguments.formats):
        folder = out / f"{number}-{Path(name).name}"
        folder.mkdir(parents=True)
        outcome = run(name, folder, arguments.mutants, arguments.seed)
        print(f"{name}: {dict(outcome.counts)}, {len(outcome.failures)} failures", flush=True)
        for failure in outcome.failures:
            print(f"  mutant {failure.mutant}: {failure.reason}")
        failed = failed or bool(outcome.failures)
    if failed:
        print(f"the damaged files are in {out}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
