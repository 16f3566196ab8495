"""What the recipe "strong" was chosen by: accuracies on parts of the training data alone.

    python -m benchmarks.recipe_choice --out benchmarks/reproduction/recipe-choice.json

The motion set is split as reports split it with seed 0 (new electrode sessions, new people), and
the test parts of both are put away: no trial sees a segment of either. What is left is divided
again by the one or the other protocol, with a seed of its own in each trial. The candidate with the
largest sum of both mean accuracies is taken.
"""

import statistics
from functools import partial

import numpy as np
import torch

import dt4ecg
from benchmarks import study
from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet
from dt4ecg.metrics import wilson_interval
from dt4ecg.paper.design.sources import digest

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


def trials(known: SegmentSet) -> study.Trials:
    for seed in SEEDS:
        for name, settings in CANDIDATES.items():
            for protocol in SCORED:
                yield key(name, protocol, seed), partial(trial, known, protocol, seed, **settings)


def key(name: str, protocol: str, seed: int) -> str:
    return f"{name} | {protocol} | seed {seed}"


def table(known: SegmentSet, found: dict) -> str:
    lines = []
    for protocol, task in SCORED.items():
        tested = study.distinct(known, protocol, SEEDS)
        lines += [
            f"{protocol}: {task} (motion-ecg, {EPOCHS} epochs, without both reports' test parts)",
            f"{'candidate':32} {'k/N':>11}  mean ± sd over seeds, Wilson as of {tested} segments",
        ]
        for name in CANDIDATES:
            runs = [found.get(key(name, protocol, seed)) for seed in SEEDS]
            runs = [run for run in runs if run]
            if not runs:
                continue
            k, n = sum(run["k"] for run in runs), sum(run["n"] for run in runs)
            shares = [100 * run["k"] / run["n"] for run in runs]
            spread = statistics.stdev(shares) if len(shares) > 1 else float("nan")
            low, high = (100 * bound for bound in wilson_interval(tested * k / n, tested))
            lines.append(
                f"{name:32} {k:>5}/{n:<5}  {np.mean(shares):5.1f} ± {spread:.1f} "
                f"({len(runs)} seeds)  {low:.1f}-{high:.1f}"
            )
    return "\n".join(lines)


def main() -> None:
    out = study.out_of(__doc__)
    torch.set_num_threads(1)
    known = spared(dt4ecg.datasets.load_motion_ecg())
    about = {"epochs": EPOCHS, "candidates": CANDIDATES, "segments": digest(known)}
    print(table(known, study.run(out, about, trials(known))))


if __name__ == "__main__":
    main()
