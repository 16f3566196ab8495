"""The search behind the recipe "robust", inside the training parts of the outer folds.

    python -m benchmarks.robust.choice --out benchmarks/results/robust-choice.json

Each outer fold of ``python -m benchmarks.robust`` leaves a training part, which is divided again:
two of the eight people are tested, or one of the two electrodes, and the others train. No trial
uses a segment of the test part of its outer fold. The rule was written down before the first trial:
keep a change if the mean of three accuracies grows by 0.5 points, where about one point is noise.
"""

import copy
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import torch

import dt4ecg
from benchmarks import study
from benchmarks.robust import changes, evaluation
from dt4ecg.inference import predict_logits
from dt4ecg.training import EpochData

# Settings of the candidates; each starts from the recipe strong.
CANDIDATES: dict[str, dict[str, Any]] = {
    "strong": {},
    "stretch, baseline, noise, filter": {"changes": changes.MODERATE},
    "overlap": {"overlap": True},
    "overlap, slow exchange": {"overlap": True, "changes": {"slow": True}},
    "overlap, mixup": {"overlap": True, "mixup": 0.3},
    "overlap, filter, stretch": {"overlap": True, "changes": {"filter": 0.2, "stretch": 0.05}},
    "overlap, slow exchange, stretch": {
        "overlap": True,
        "changes": {"slow": True, "stretch": 0.2},
    },
}
# Epochs, candidates, outer folds of people and outer electrodes of each round.
ROUNDS = (
    (8, ("strong", "stretch, baseline, noise, filter"), range(5), range(3)),
    (16, tuple(CANDIDATES)[:1] + tuple(CANDIDATES)[2:], (0, 2), (2, 0)),
)
SEED = 0


class Epochs(EpochData):
    """As many segments as do not overlap, drawn from `X`, changed and mixed."""

    def __init__(self, X, y, size: int, overlap=False, changes=None, mixup=0.0):
        self.X, self.y, self.size = X, y, size
        self.overlap, self.changes, self.mixup = overlap, changes or {}, mixup

    def __call__(self, number: int):
        generator = np.random.default_rng([SEED, number])
        x, y = self.X, self.y
        if self.overlap:
            rows = generator.choice(len(x), self.size, replace=False)
            x, y = x[rows], y[rows]
        if self.changes:
            x = changes.change(x, y[:, 1], generator, **self.changes)
        return changes.mixed(x, y, generator, self.mixup) if self.mixup else (x, y)


def inner_splits(data: evaluation.Data, protocol: str, fold: int) -> tuple[np.ndarray, np.ndarray]:
    """Return training and validation rows inside the training part of an outer fold."""
    tests = [one.test for one in evaluation.folds(data, protocol)]
    validation = (fold + 1) % len(tests)
    train = [rows for i, rows in enumerate(tests) if i not in (fold, validation)]
    return np.sort(np.concatenate(train)), tests[validation]


def trial(data: evaluation.Data, protocol: str, fold: int, epochs: int, **settings) -> dict:
    """Return k and N of each scored task, for the last weights and the mean of the last quarter."""
    train, tested = inner_splits(data, protocol, fold)
    dense = data.dense
    rows = train
    if settings.get("overlap"):
        rows = np.flatnonzero(np.isin(dense.groups, np.unique(dense.groups[train])))
    people, identity = np.unique(dense.y[rows, 0], return_inverse=True)
    y = np.column_stack([identity, dense.y[rows, 1]])
    network = dt4ecg.nn.Network(
        tasks={"identity": len(people), "activity": len(dense.classes["activity"])},
        segment_length=dense.X.shape[2],
        seed=SEED,
        standardize=True,
    )
    objective = {"label_smoothing": 0.1}
    if settings.get("mixup"):
        objective = {"objective": changes.mixed_cross_entropy}
    trainer = dt4ecg.Trainer(
        network, epochs=epochs, schedule="cosine", seed=SEED, n_threads=1, **objective
    )
    last: list[dict[str, torch.Tensor]] = []

    def keep(_):
        last.append({name: x.clone() for name, x in network.state_dict().items()})
        del last[: -max(2, epochs // 4)]

    if settings:
        trainer.fit(Epochs(dense.X[rows], y, len(train), **settings), callbacks=[keep])
    else:
        trainer.fit(dense.X[rows], y, callbacks=[keep])
    averaged = copy.deepcopy(network)
    averaged.load_state_dict(
        {
            name: torch.stack([state[name].double() for state in last]).mean(0).to(x.dtype)
            for name, x in network.state_dict().items()
        }
    )
    found: dict[str, dict[str, list[int]]] = {}
    for name, one in (("last", network), ("averaged", averaged)):
        logits = predict_logits(one, dense.X[tested])
        found[name] = {}
        for task in evaluation.SCORED[protocol]:
            guess = logits[task].argmax(1).numpy()
            guess = people[guess] if task == "identity" else guess
            truth = dense.y[tested, dense.tasks.index(task)]
            found[name][task] = [int((guess == truth).sum()), len(truth)]
    return found


def trials(data: evaluation.Data) -> Iterator[Any]:
    """Yield all trials by name."""
    for epochs, candidates, people, electrodes in ROUNDS:
        for name in candidates:
            for protocol, outer in (("subject", people), ("session", electrodes)):
                for fold in outer:
                    key = f"{name} | {epochs} epochs | {protocol} | outer fold {fold}"
                    yield (
                        key,
                        partial(trial, data, protocol, fold, epochs, **CANDIDATES[name]),
                    )


def main() -> None:
    out = study.out_of(__doc__)
    torch.set_num_threads(1)
    about = {"data": "motion-ecg, Preprocessor.paper(notch=50)", "seed": SEED}
    found = study.run(out, about, trials(evaluation.load()))
    for name, result in found.items():
        print(name, result)


if __name__ == "__main__":
    main()
