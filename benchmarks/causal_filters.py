"""Compare causal with zero-phase filters, and the recipes with the default normalisation.

    python -m benchmarks.causal_filters --out benchmarks/reproduction/causal-filters.json

Each trial trains one classifier on the training part of a split, and counts the correct segments
of its validation part (for choices) and of its test part (for reports). The session split has no
validation part, because the motion set has three sessions only.
"""

from functools import partial

import numpy as np

import dt4ecg
from benchmarks import study
from dt4ecg import Preprocessor, datasets, protocols
from dt4ecg.metrics import wilson_interval

EPOCHS = 20
SEEDS = (0, 1)
VALIDATION_SIZE = {"blocked": 0.15, "session": 0.0}
SETS = {
    ("motion-ecg", "session"): datasets.load_motion_ecg,
    ("motion-ecg", "blocked"): datasets.load_motion_ecg,
    ("ecg-id", "blocked"): datasets.load_ecg_id,
    ("paper-cohort", "blocked"): datasets.load_paper_cohort,
}
FILTERS = {"zero-phase": True, "causal": False}
CANDIDATES = (("strong", "zero-phase"), ("strong", "causal"), ("paper", "zero-phase"))


def trial(name: str, protocol: str, recipe: str, filters: str, seed: int) -> dict:
    """Train on one split; k of n correct by part and task."""
    mains = datasets.dataset(name).mains_frequency
    preprocessor = Preprocessor(notch=mains, zero_phase=FILTERS[filters])
    data = SETS[name, protocol](preprocessor=preprocessor)
    split = protocols.split(data, protocol, validation_size=VALIDATION_SIZE[protocol], seed=seed)
    columns = [i for i in range(len(data.tasks)) if (data.y[:, i] >= 0).any()]
    y = data.y[:, columns]
    tasks = tuple(data.tasks[i] for i in columns)
    classifier = dt4ecg.DT4ECGClassifier(
        recipe=recipe, tasks=tasks, epochs=EPOCHS, random_state=seed, n_threads=1
    )
    classifier.fit(
        data.X[split.train], np.squeeze(y[split.train], 1) if len(tasks) == 1 else y[split.train]
    )
    counts = {}
    for part in ("validation", "test"):
        rows = getattr(split, part)
        if len(rows):
            right = classifier.predict(data.X[rows]).reshape(len(rows), -1) == y[rows]
            counts[part] = {
                task: [int(correct), len(rows)]
                for task, correct in zip(tasks, right.sum(0), strict=True)
            }
    return counts


def trials() -> study.Trials:
    for seed in SEEDS:
        for name, protocol in SETS:
            for recipe, filters in CANDIDATES:
                run = partial(trial, name, protocol, recipe, filters, seed)
                yield key(name, protocol, recipe, filters, seed), run


def key(name: str, protocol: str, recipe: str, filters: str, seed: int) -> str:
    return f"{name} | {protocol} | {recipe} | {filters} | seed {seed}"


def table(found: dict) -> str:
    """Return k/N over the seeds, with Wilson's interval for the mean number of segments."""
    lines = []
    for name, protocol in SETS:
        for recipe, filters in CANDIDATES:
            runs = [found.get(key(name, protocol, recipe, filters, seed)) for seed in SEEDS]
            runs = [run for run in runs if run]
            for part in runs[0] if runs else ():
                for task in runs[0][part]:
                    k, n = (sum(run[part][task][i] for run in runs) for i in (0, 1))
                    tested = round(n / len(runs))
                    low, high = wilson_interval(tested * k / n, tested)
                    lines.append(
                        f"{name:12} {protocol:8} {recipe:6} {filters:10} {part:10} {task:8} "
                        f"{100 * k / n:5.1f} ({k}/{n}, {100 * low:.1f}-{100 * high:.1f}), "
                        f"{len(runs)} seeds"
                    )
    return "\n".join(lines)


def main() -> None:
    out = study.out_of(__doc__)
    about = {"epochs": EPOCHS, "validation_size": VALIDATION_SIZE}
    print(table(study.run(out, about, trials())))


if __name__ == "__main__":
    main()
