"""One GradNorm step: dt4ecg's trainer against plain PyTorch with three backward passes.

python benchmarks/train_step.py [--threads N] [--repeats N] [--json PATH]
"""

import argparse
import itertools
import json
import platform
import statistics
import time

import numpy as np
import torch
from plain_torch import GradNormStep, plain_copy

import dt4ecg

TASKS = {"identity": 15, "activity": 3}
BATCH, STEPS = 16, 20


def segments(n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.stack([random.integers(classes, size=n) for classes in TASKS.values()], axis=1)
    return random.random((n, 1, 300), np.float32), labels


def network(backbone: str) -> dt4ecg.nn.Network:
    return dt4ecg.nn.Network(backbone, tasks=TASKS, seed=0)


def check(backbone: str) -> float:
    """Largest relative difference of a task's loss or weight over three steps on one batch."""
    x, y = segments(BATCH)
    ours = network(backbone)
    peer = GradNormStep(plain_copy(ours))
    trainer = dt4ecg.Trainer(ours, weighting="chen2018", epochs=3).fit(x, y)
    theirs = [(*peer(torch.from_numpy(x), torch.from_numpy(y)), *peer.weights) for _ in range(3)]
    history = trainer.history
    mine = np.concatenate([history["train"]["loss"][1:], history["weight"][1:]], axis=1)
    # A step's weights are those that the step before it left.
    expected = [[*after[:2], *before[2:]] for before, after in itertools.pairwise(theirs)]
    return float(np.max(np.abs(mine / np.array(expected, float) - 1)))


def measure(backbone: str, repeats: int) -> tuple[list[float], list[float]]:
    """Milliseconds per step, ours and the peer's in turn."""
    x, y = segments(BATCH * STEPS)
    batches = list(
        zip(torch.from_numpy(x).split(BATCH), torch.from_numpy(y).split(BATCH), strict=True)
    )
    model = network(backbone)
    peer = GradNormStep(plain_copy(model))
    trainer = dt4ecg.Trainer(model, weighting="chen2018", epochs=1)

    def run_peer():
        for batch in batches:
            peer(*batch)

    def milliseconds(run) -> float:
        start = time.perf_counter()
        run()
        return (time.perf_counter() - start) / STEPS * 1e3

    trainer.fit(x, y)
    run_peer()
    ours, theirs = [], []
    for _ in range(repeats):
        ours.append(milliseconds(lambda: trainer.fit(x, y)))
        theirs.append(milliseconds(run_peer))
    return ours, theirs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(
        f"{_processor()}, {arguments.threads} threads; dt4ecg {dt4ecg.__version__}, "
        f"peer: PyTorch {torch.__version__} eager, three backward passes; batch {BATCH}"
    )
    rows = []
    for backbone in dt4ecg.nn.backbones():
        difference = check(backbone)
        assert difference < 1e-3, f"{backbone}: the answers differ by {difference:.1e}"
        ours, theirs = (statistics.median(times) for times in measure(backbone, arguments.repeats))
        rows.append(
            {
                "network": backbone,
                "ours_ms": ours,
                "peer_ms": theirs,
                "ratio": theirs / ours,
                "difference": difference,
            }
        )
        print(
            f"{backbone:12}  ours {ours:6.1f} ms   peer {theirs:6.1f} ms   "
            f"{theirs / ours:.2f}x   (losses and task weights agree to {difference:.0e})"
        )
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"processor": _processor(), "threads": arguments.threads, "rows": rows}, file)


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(
                line.split(":")[1].strip() for line in file if line.startswith("model name")
            )
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
