"""What the recipe "strong" was chosen by: accuracies on parts of the training data alone.

    python -m benchmarks.recipe_choice --out benchmarks/reproduction/recipe-choice.json

The motion set is split as reports split it with seed 0 (new electrode sessions, new people), and
the test parts of both are put away: no trial sees a segment of either. What is left is divided
again by the one or the other protocol, with a seed of its own in each trial. The candidate with the
largest sum of both mean accuracies is taken.
"""

import argparse
import json
import statistics
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

import dt4ecg
from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet
from dt4ecg.reproduce.sources import digest
from dt4ecg.serialization import write_bytes

EPOCHS = 20
PUT_AWAY = 0  # seed of the splits whose test parts nobody looks at here
SEEDS = range(5)
SCORED = {"session": "identity", "subject": "activity"}
CANDIDATES = {
    "paper": {},
    "standardize": {"standardize": True},
    "standardize, smoothing": {"standardize": True, "label_smoothing": 0.1},
    "standardize, cosine": {"standardize": True, "schedule": "cosine"},
    "standardize, smoothing, cosine": {
        "standardize": True,
        "label_smoothing": 0.1,
        "schedule": "cosine",
    },
    "smoothing, cosine": {"label_smoothing": 0.1, "schedule": "cosine"},
}


def spared(data: SegmentSet) -> SegmentSet:
    """Segments that neither protocol's report tests on."""
    kept = np.ones(len(data), bool)
    for protocol in SCORED:
        kept[protocols.split(data, protocol, seed=PUT_AWAY).test] = False
    return data[kept]


def trial(known, protocol: str, seed: int, standardize: bool = False, **training) -> dict:
    """Train on a part of the spared segments; k of n right on the others."""
    split = protocols.split(known, protocol, seed=seed)
    network = dt4ecg.nn.Network(
        tasks={task: len(classes) for task, classes in known.classes.items()},
        segment_length=known.X.shape[2],
        seed=seed,
        standardize=standardize,
    )
    trainer = dt4ecg.Trainer(network, epochs=EPOCHS, seed=seed, n_threads=1, **training)
    trainer.fit(known.X[split.train], known.y[split.train])
    task = SCORED[protocol]
    with torch.no_grad():
        logits = network.eval()(torch.from_numpy(known.X[split.test]))[task]
    truth = known.y[split.test, known.tasks.index(task)]
    return {"k": int((logits.argmax(1).numpy() == truth).sum()), "n": len(truth)}


def trials(known: SegmentSet, found: dict[str, dict]) -> Iterator[None]:
    """Add those that are missing, one by one."""
    for seed in SEEDS:
        for name, settings in CANDIDATES.items():
            for protocol in SCORED:
                key = f"{name} | {protocol} | seed {seed}"
                if key not in found:
                    found[key] = trial(known, protocol, seed, **settings)
                    yield


def table(found: dict) -> str:
    lines = []
    for protocol, task in SCORED.items():
        lines += [
            f"{protocol}: {task} (motion-ecg, {EPOCHS} epochs, without both reports' test parts)",
            f"{'candidate':32} {'k/N':>11}  mean ± sd over seeds",
        ]
        for name in CANDIDATES:
            runs = [found.get(f"{name} | {protocol} | seed {seed}") for seed in SEEDS]
            runs = [run for run in runs if run]
            if not runs:
                continue
            k, n = sum(run["k"] for run in runs), sum(run["n"] for run in runs)
            shares = [100 * run["k"] / run["n"] for run in runs]
            spread = statistics.stdev(shares) if len(shares) > 1 else float("nan")
            lines.append(
                f"{name:32} {k:>5}/{n:<5}  {np.mean(shares):5.1f} ± {spread:.1f} "
                f"({len(runs)} seeds)"
            )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="continued if it is there")
    out = parser.parse_args().out
    torch.set_num_threads(1)
    known = spared(dt4ecg.datasets.load_motion_ecg())
    study = {"epochs": EPOCHS, "candidates": CANDIDATES, "segments": digest(known)}
    made = json.loads(out.read_text()) if out.exists() else {"study": study, "trials": {}}
    if made["study"] != study:
        parser.error(f"{out} is of other segments or candidates; give another --out")
    for _ in trials(known, made["trials"]):
        write_bytes(out, json.dumps(made, indent=1).encode())
    print(table(made["trials"]))


if __name__ == "__main__":
    main()
