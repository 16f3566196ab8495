"""The choice of the recipe "strong", by accuracies on parts of the training data alone.

    python -m benchmarks.recipe_choice --out benchmarks/reproduction/recipe-choice.json

The motion set is split as in the reports with seed 0, by session (new electrodes) and by subject
(new people). The test parts of both splits are held out: no trial uses a segment of them. The
remaining segments are split again with each protocol, and each trial has its own seed. The
candidate with the largest sum of the two mean accuracies is chosen.
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
HELD_OUT_SEED = 0  # of the splits whose test parts no trial uses
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


def remaining(data: SegmentSet) -> SegmentSet:
    """Return the segments outside the test parts of both protocols' reports."""
    kept = np.ones(len(data), bool)
    for protocol in SCORED:
        kept[protocols.split(data, protocol, seed=HELD_OUT_SEED).test] = False
    return data[kept]


def trial(known, protocol: str, seed: int, standardize: bool = False, **training) -> dict:
    """Train on a part of the remaining segments; k of n correct on the other part."""
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
            f"{'candidate':32} {'k/N':>11}  mean ± sd over seeds, Wilson for {tested} segments",
        ]
        for name in CANDIDATES:
            runs = [found.get(key(name, protocol, seed)) for seed in SEEDS]
            runs = [run for run in runs if run]
            if not runs:
                continue
            k, n = sum(run["k"] for run in runs), sum(run["n"] for run in runs)
            percent = [100 * run["k"] / run["n"] for run in runs]
            spread = statistics.stdev(percent) if len(percent) > 1 else float("nan")
            low, high = (100 * bound for bound in wilson_interval(tested * k / n, tested))
            lines.append(
                f"{name:32} {k:>5}/{n:<5}  {np.mean(percent):5.1f} ± {spread:.1f} "
                f"({len(runs)} seeds)  {low:.1f}-{high:.1f}"
            )
    return "\n".join(lines)


def main() -> None:
    out = study.out_of(__doc__)
    torch.set_num_threads(1)
    known = remaining(
        dt4ecg.datasets.load_motion_ecg(preprocessor=dt4ecg.Preprocessor.paper(notch=50))
    )
    about = {"epochs": EPOCHS, "candidates": CANDIDATES, "segments": digest(known)}
    print(table(known, study.run(out, about, trials(known))))


if __name__ == "__main__":
    main()
