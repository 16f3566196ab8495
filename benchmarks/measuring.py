"""Shared parts of the benchmarks: facts of the machine, timing, and rows with a ratio."""

import contextlib
import importlib.metadata
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass

import numpy as np

import dt4ecg

PACKAGES = ("torch", "numpy", "scipy", "onnxruntime", "neurokit2", "PyWavelets")


class Skipped(Exception):
    """A benchmark or a peer cannot run here; the text gives the reason."""


@dataclass(frozen=True)
class Settings:
    threads: int
    quick: bool = False

    def repeats(self, full: int) -> int:
        return 1 if self.quick else full


@dataclass(frozen=True)
class Row:
    """Median times of one case; `ratio` is the time of the peer divided by ours."""

    case: str
    peer: str
    threads: int
    ours_ms: float
    peer_ms: float
    difference: float | None = None  # between the answers; None if they are not comparable
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.peer_ms / self.ours_ms

    def __str__(self) -> str:
        return (
            f"{self.case:36} {self.threads} thr  ours {self.ours_ms:10.3f} ms  "
            f"{self.peer_ms:10.3f} ms  {self.ratio:6.2f}x  {self.peer}{self._agreement}{self.note}"
        )

    @property
    def untimed(self) -> str:
        """The line of a quick run, without the times, which mean nothing."""
        return f"{self.case:36} {self.threads} thr  {self.peer}{self._agreement}"

    @property
    def _agreement(self) -> str:
        return "" if self.difference is None else f"  (agree to {self.difference:.0e})"

    def as_json(self) -> dict:
        return {**asdict(self), "ratio": self.ratio}


def medians(work: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the median milliseconds of each function.

    The functions run alternately, so that a busy moment of the machine affects all of them.
    """
    for run in work.values():
        run()
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(repeats):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: statistics.median(measured) for name, measured in times.items()}


@contextlib.contextmanager
def competitors(count: int) -> Iterator[None]:
    """Keep processes busy that share the processors with this one."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def agree(what: str, ours, theirs, tolerance: float) -> float:
    """Return the largest difference, relative to the largest value.

    Raises
    ------
    ArithmeticError
        If it is above the tolerance.
    """
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    difference = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    if not difference <= tolerance:
        raise ArithmeticError(f"{what}: the answers differ by {difference:.1e}")
    return difference


def machine() -> dict[str, object]:
    facts = dt4ecg.build_info()
    versions = {name: facts[name] for name in ("dt4ecg", "python")}
    for package in PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return {name: facts[name] for name in ("processor", "instructions")} | {"versions": versions}
