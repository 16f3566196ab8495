"""Time per segment and epoch, and memory beyond the data, as the number of segments grows.

Each size is a process of its own, since the peak of a process's memory never falls.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import torch

import dt4ecg
from benchmarks.measuring import Row, Settings
from benchmarks.train_step import TASKS, segments

SIZES = (1_000, 10_000, 100_000)
SEGMENTS = 200_000  # of every size, in many epochs or two: virtual machines slow down after seconds


def run(settings: Settings) -> Iterator[Row]:
    sizes = (64, 256) if settings.quick else SIZES
    found: dict[int, dict[str, float]] = {}
    for n in sizes:
        epochs = 2 if settings.quick else SEGMENTS // n
        numbers = map(str, (n, epochs, settings.threads))
        command = [sys.executable, "-m", "benchmarks.scaling", *numbers]
        result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        found[n] = json.loads(result.stdout)
    for n in sizes:
        yield Row(
            f"{n} segments, per segment and epoch",
            f"{sizes[0]} segments",
            settings.threads,
            found[n]["ms"],
            found[sizes[0]]["ms"],
            note=f"  {found[n]['mib']:.0f} MiB beyond the data",
        )


def measure(n: int, epochs: int) -> dict[str, float]:
    x, y = segments(n)
    before = _peak()
    ends = []
    trainer = dt4ecg.Trainer(
        dt4ecg.nn.Network("resnet", tasks=TASKS, seed=0),
        weighting="chen2018",
        epochs=epochs,
    )
    trainer.fit(x, y, callbacks=[lambda _: ends.append(time.perf_counter())])
    epoch = statistics.median(b - a for a, b in pairwise(ends))
    return {"ms": epoch / n * 1e3, "mib": _peak() - before}


def _peak() -> float:
    """MiB. On Linux not of getrusage, whose peak a child inherits from the process it left."""
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
