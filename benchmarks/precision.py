"""Accuracy with precision="bf16" compared with float32, on the motion set.

    python -m benchmarks.precision --out benchmarks/results/precision.json

Each trial uses the random split (which leaks), 20 epochs, and one seed for everything random.
"""

import warnings
from functools import partial

import torch

import dt4ecg
from benchmarks import study
from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet
from dt4ecg.metrics import wilson_interval
from dt4ecg.paper.design.sources import digest

EPOCHS = 20
SEEDS = range(5)
PRECISIONS = ("float32", "bf16")


def trial(data: SegmentSet, precision: str, seed: int) -> dict[str, int]:
    """Return the number of correct answers for each task, and the number of segments ``n``."""
    split = protocols.split(data, "random", seed=seed)
    classifier = dt4ecg.DT4ECGClassifier(
        epochs=EPOCHS, n_threads=1, random_state=seed, precision=precision
    )
    classifier.fit(data.X[split.train], data.y[split.train])
    correct = (classifier.predict(data.X[split.test]) == data.y[split.test]).sum(axis=0)
    return dict(zip(data.tasks, correct.tolist(), strict=True)) | {"n": len(split.test)}


def key(precision: str, seed: int) -> str:
    return f"{precision} | seed {seed}"


def trials(data: SegmentSet) -> study.Trials:
    for precision in PRECISIONS:
        for seed in SEEDS:
            yield key(precision, seed), partial(trial, data, precision, seed)


def table(data: SegmentSet, found: dict[str, dict[str, int]]) -> str:
    distinct = study.distinct(data, "random", SEEDS)
    lines = [f"motion-ecg, random split, {EPOCHS} epochs; Wilson for {distinct} segments"]
    for task in data.tasks:
        for precision in PRECISIONS:
            of_seeds = [found[key(precision, seed)] for seed in SEEDS]
            correct, n = (sum(one[name] for one in of_seeds) for name in (task, "n"))
            low, high = (100 * x for x in wilson_interval(distinct * correct / n, distinct))
            lines.append(
                f"{task:9} {precision:8} {100 * correct / n:.2f} "
                f"({correct}/{n}, {low:.2f}-{high:.2f})"
                f"  by seed {', '.join(str(one[task]) for one in of_seeds)}"
            )
    return "\n".join(lines)


def main() -> None:
    out = study.out_of(__doc__)
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", "fit: this processor has no bfloat16 units")
    data = dt4ecg.datasets.load_motion_ecg(preprocessor=dt4ecg.Preprocessor.paper(notch=50))
    about = {"epochs": EPOCHS, "segments": digest(data)}
    print(table(data, study.run(out, about, trials(data))))


if __name__ == "__main__":
    main()
