"""One training step: dt4ecg's trainer against plain PyTorch, the answers compared first.

python benchmarks/train_step.py [--threads N] [--repeats N] [--json PATH]
"""

import argparse
import itertools
import json

import numpy as np
import torch
from machine import medians, processor
from plain_torch import GradNormStep, SummedStep, plain_copy

import dt4ecg

TASKS = {"identity": 15, "activity": 3}
BATCH, STEPS = 16, 40

# What is measured: our settings, and the same step in PyTorch eager, one way or several.
CASES = {
    "GradNorm, all shared parameters": (
        {"weighting": "chen2018"},
        {
            "three backwards": GradNormStep,
            "two backwards": lambda network: GradNormStep(network, combine=True),
        },
    ),
    "GradNorm, last shared layer": (
        {"weighting": "chen2018", "norm_scope": "last"},
        {"three backwards": lambda network: GradNormStep(network, last=True)},
    ),
    "sum of the losses": ({"weighting": "none"}, {"one backward": SummedStep}),
}


def segments(n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.stack([random.integers(classes, size=n) for classes in TASKS.values()], axis=1)
    return random.random((n, 1, 300), np.float32), labels


def network(backbone: str) -> dt4ecg.nn.Network:
    return dt4ecg.nn.Network(backbone, tasks=TASKS, seed=0)


def difference(backbone: str, settings: dict, peer_of) -> float:
    """Largest relative difference of a task's loss or weight over three steps on one batch."""
    x, y = segments(BATCH)
    ours = network(backbone)
    peer = peer_of(plain_copy(ours))
    history = dt4ecg.Trainer(ours, epochs=3, **settings).fit(x, y).history
    theirs = [(*peer(torch.from_numpy(x), torch.from_numpy(y)), *peer.weights) for _ in range(3)]
    mine = np.concatenate([history["train"]["loss"][1:], history["weight"][1:]], axis=1)
    # A step's weights are those that the step before it left.
    expected = [[*after[:2], *before[2:]] for before, after in itertools.pairwise(theirs)]
    return float(np.max(np.abs(mine / np.array(expected, float) - 1)))


def measure(backbone: str, settings: dict, peers: dict, repeats: int) -> dict[str, float]:
    """Median milliseconds per step, ours and the peers' in turn."""
    x, y = segments(BATCH * STEPS)
    batches = list(
        zip(torch.from_numpy(x).split(BATCH), torch.from_numpy(y).split(BATCH), strict=True)
    )
    trainer = dt4ecg.Trainer(network(backbone), epochs=1, **settings)
    runs = {"ours": lambda: trainer.fit(x, y)}
    for name, peer_of in peers.items():
        peer = peer_of(plain_copy(network(backbone)))
        runs[name] = lambda peer=peer: [peer(*batch) for batch in batches]
    found = medians(runs, repeats)
    assert trainer.fused
    return {name: seconds / STEPS * 1e3 for name, seconds in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    print(
        f"{processor()}, {arguments.threads} threads; dt4ecg {dt4ecg.__version__}, peer: PyTorch "
        f"{torch.__version__} eager; batch {BATCH} x 300 samples, float32"
    )
    rows = []
    for backbone, (case, (settings, peers)) in itertools.product(
        dt4ecg.nn.backbones(), CASES.items()
    ):
        apart = max(difference(backbone, settings, peer) for peer in peers.values())
        assert apart < 1e-3, f"{backbone}, {case}: the answers differ by {apart:.1e}"
        ms = measure(backbone, settings, peers, arguments.repeats)
        rows.append({"network": backbone, "step": case, "ms": ms, "difference": apart})
        print(f"{backbone:12} {case}: ours {ms['ours']:.1f} ms (answers agree to {apart:.0e})")
        for peer in peers:
            print(f"{'':13}{peer} {ms[peer]:.1f} ms, {ms[peer] / ms['ours']:.2f}x")
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump({"processor": processor(), "threads": arguments.threads, "rows": rows}, file)


if __name__ == "__main__":
    main()
