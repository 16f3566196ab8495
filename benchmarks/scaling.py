"""Time per segment and epoch, and memory beyond the data, as the number of segments grows.

Each size runs in its own process, because the peak memory of a process never falls. The speed of a
machine may drift by more than the effect to be measured. Therefore each size runs at the same time
as the smallest one if there are enough processors, and otherwise after it.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch

import dt4ecg
from benchmarks.measuring import Row, Settings
from benchmarks.train_step import TASKS, segments

SIZES = (1_000, 10_000, 100_000)


def run(settings: Settings) -> Iterator[Row]:
    smallest, *others = (64, 256) if settings.quick else SIZES
    for n in others:
        # Equal numbers of segments in total, so that both run for about the same time.
        with _started(smallest, n // smallest, settings.threads) as first:
            if (os.cpu_count() or 1) < 2 * settings.threads:
                first.wait()
            with _started(n, 1, settings.threads) as second:
                few, many = _result(first), _result(second)
        yield Row(
            f"{n} segments, per segment and epoch",
            f"{smallest} segments",
            settings.threads,
            many["ms"],
            few["ms"],
            note=f"  {many['mib']:.0f} against {few['mib']:.0f} MiB beyond the data",
        )


def measure(n: int, epochs: int) -> dict[str, float]:
    x, y = segments(n)
    before = _peak()
    trainer = dt4ecg.Trainer(
        dt4ecg.nn.Network("resnet", tasks=TASKS, seed=0),
        weighting="chen2018",
        epochs=epochs,
    )
    start = time.perf_counter()
    trainer.fit(x, y)
    return {"ms": (time.perf_counter() - start) / (n * epochs) * 1e3, "mib": _peak() - before}


def _started(n: int, epochs: int, threads: int) -> subprocess.Popen:
    numbers = map(str, (n, epochs, threads))
    command = [sys.executable, "-m", "benchmarks.scaling", *numbers]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _result(process: subprocess.Popen) -> dict[str, float]:
    printed, _ = process.communicate()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return json.loads(printed)


def _peak() -> float:
    """Peak memory in MiB. On Linux, getrusage would give a child the peak of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 2**10
    unit = 2**20 if sys.platform == "darwin" else 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    size, epochs, threads = map(int, sys.argv[1:])
    torch.set_num_threads(threads)
    print(json.dumps(measure(size, epochs)))
