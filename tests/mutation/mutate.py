"""Mutation test: change the package in one place at a time, and see whether a test notices.

First record which tests execute which lines (minutes; again after changes of code or tests), then
test a random sample of changes:

    python tests/mutation/coverage_map.py tests/python
    python tests/mutation/mutate.py --sample 300 --seed 0
    python tests/mutation/mutate.py metrics/statistics.py protocols --sample 40

Each mutant runs, in a new process, the tests that execute its line, the fastest first, up to the
first failure. The command prints each mutant that no test noticed, and each whose tests
reach the limit: either the change makes them endless, or they need more time.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.abc
import importlib.machinery
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from coverage_map import PACKAGE, ROOT, load
from mutations import UNCHANGED, Mutant, mutants

NOTICED, UNNOTICED, NOT_EXECUTED = "noticed", "unnoticed", "no test executes it"
TIMED_OUT = "its tests reach the limit"
FIRST_TESTS = 20  # starting a few tests takes a second, starting all of them many
PLUGINS = ("cacheprovider", "hypothesispytest", "nbmake")  # not needed, and slow to import
NOT_TESTABLE = "tests fail without a change; record the map again"


class MutatedFinder(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Imports one module of the package in its changed form."""

    def __init__(self, mutant: Mutant) -> None:
        parts = mutant.path.relative_to(PACKAGE.parent).with_suffix("").parts
        self.name = ".".join(parts).removesuffix(".__init__")
        self.mutant = mutant

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != self.name:
            return None
        return importlib.machinery.ModuleSpec(
            name, self, origin=str(self.mutant.path), is_package=self._is_package()
        )

    def exec_module(self, module: ModuleType) -> None:
        module.__file__ = str(self.mutant.path)
        if self._is_package():
            module.__path__ = [str(self.mutant.path.parent)]
        exec(compile(self.mutant.tree(), str(self.mutant.path), "exec"), module.__dict__)

    def get_filename(self, fullname: str) -> str:
        return str(self.mutant.path)

    def get_data(self, path: str | bytes) -> bytes:  # type: ignore[override]
        return Path(os.fsdecode(path)).read_bytes()

    def _is_package(self) -> bool:
        return self.mutant.path.name == "__init__.py"


def files_of(names: Sequence[str]) -> list[Path]:
    """Return the sources below the named files and folders of the package; all by default."""
    roots = [PACKAGE / name for name in names] or [PACKAGE]
    files = [f for root in roots for f in (sorted(root.rglob("*.py")) if root.is_dir() else [root])]
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise SystemExit(f"no such source below {PACKAGE}: {', '.join(missing)}")
    return files


def tests_for(mutant: Mutant, stored: dict[str, Any]) -> list[str]:
    """Return the tests that execute the changed line, the fastest first.

    Defaults of parameters are evaluated at import; they belong to the tests that execute the body.
    Statements at module level belong to all tests that execute the file, and to the tests in the
    folder that mirrors the module's folder, because a test can read a constant without a line.
    """
    file = mutant.path.relative_to(PACKAGE)
    lines = stored["lines"].get(str(file), {})
    seconds = stored["seconds"]
    found = set(lines.get(str(mutant.line), ()))
    if mutant.line < mutant.function_line:
        found |= set(lines.get(str(mutant.function_line), ()))
    if not mutant.function_line:
        found |= {test for tests in lines.values() for test in tests}
        mirror = Path("tests/python", *(part.strip("_") for part in file.with_suffix("").parts))
        folder = mirror if (ROOT / mirror).is_dir() else mirror.parent
        found |= {test for test in seconds if Path(test.split("::")[0]).parent == folder}
    return sorted(found, key=lambda test: (seconds.get(test, 0.0), test))


def outcome_of(mutant: Mutant, tests: list[str], limit: float) -> str:
    """Run a few tests, and the others only if these do not notice the change."""
    if not tests:
        return NOT_EXECUTED
    outcome = run(mutant, tests[:FIRST_TESTS], limit)
    if outcome == UNNOTICED and tests[FIRST_TESTS:]:
        outcome = run(mutant, tests[FIRST_TESTS:], limit)
    return outcome


def run(mutant: Mutant, tests: list[str], limit: float) -> str:
    """Run tests on the changed module in a child process."""
    child = os.fork()
    if child == 0:
        _run_in_child(mutant, tests)
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        finished, status = os.waitpid(child, os.WNOHANG)
        if finished:
            return UNNOTICED if os.waitstatus_to_exitcode(status) == 0 else NOTICED
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TIMED_OUT


def _run_in_child(mutant: Mutant, tests: list[str]) -> None:
    import pytest

    os.setsid()
    output = os.open(os.devnull, os.O_WRONLY)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.meta_path.insert(0, MutatedFinder(mutant))
    try:
        status = pytest.main(["-x", "-q", *(f"-pno:{plugin}" for plugin in PLUGINS), *tests])
    except BaseException:
        status = 1
    os._exit(int(status != 0))


def main() -> int:
    parser = argparse.ArgumentParser(description="Mutation test of the Python package.")
    parser.add_argument("files", nargs="*", help="files or folders below python/dt4ecg")
    parser.add_argument("--sample", type=int, default=100, help="number of mutants (default: 100)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the sample (default: 0)")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds per mutant")
    parser.add_argument("--part", default="0/1", help="K/N: every N-th mutant, from the K-th on")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    stored = load()
    if not stored["lines"]:
        raise SystemExit("record the map first: python tests/mutation/coverage_map.py tests/python")
    _import_libraries()
    possible = [mutant for file in files_of(arguments.files) for mutant in mutants(file)]
    chosen = random.Random(arguments.seed).sample(possible, min(arguments.sample, len(possible)))
    first, step = map(int, arguments.part.split("/"))
    chosen = chosen[first::step]
    counts = dict.fromkeys((NOTICED, UNNOTICED, NOT_EXECUTED, TIMED_OUT, NOT_TESTABLE), 0)
    passing: dict[Path, bool] = {}
    for mutant in chosen:
        tests = tests_for(mutant, stored)
        if mutant.path not in passing:
            passing[mutant.path] = _tests_pass(mutant, tests, arguments.limit)
        outcome = NOT_TESTABLE
        if passing[mutant.path]:
            outcome = outcome_of(mutant, tests, arguments.limit)
        counts[outcome] += 1
        if outcome != NOTICED:
            source = mutant.path.read_text(encoding="utf-8").splitlines()[mutant.line - 1].strip()
            place = mutant.path.relative_to(ROOT)
            print(f"{place}:{mutant.line}: {mutant.description}: {outcome}: {source}", flush=True)
    print(f"{counts[NOTICED]} of {len(chosen)} mutants noticed; of {len(possible)} possible ones")
    return 0


def _tests_pass(mutant: Mutant, tests: list[str], limit: float) -> bool:
    """Whether tests pass on the unchanged file; otherwise every mutant would seem to be noticed."""
    unchanged = dataclasses.replace(mutant, index=UNCHANGED)
    return outcome_of(unchanged, tests[:50], limit) not in (NOTICED, TIMED_OUT)


def _import_libraries() -> None:
    """Import what every child needs once, but not the package itself."""
    import matplotlib.figure  # noqa: F401
    import numpy  # noqa: F401
    import pandas  # noqa: F401
    import pytest  # noqa: F401
    import safetensors.torch  # noqa: F401
    import scipy.signal
    import scipy.stats  # noqa: F401
    import sklearn.model_selection  # noqa: F401
    import torch  # noqa: F401


if __name__ == "__main__":
    raise SystemExit(main())
