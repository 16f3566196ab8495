"""Recurrent networks on heart rate: states, valence and arousal of people never seen.

    python -m benchmarks.heart_rate --out benchmarks/results/heart-rate.json

Every trial leaves out one person at a time. The settings of a person's network are chosen by
five-fold trials on the other half of the people (odd and even numbers), of which the person is not
one. The comparison is a logistic regression on four features of each window, or two of each
condition.
"""

import math
import statistics
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold, LeaveOneGroupOut, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import dt4ecg
from benchmarks import study
from dt4ecg.datasets import SegmentSet, load_noneeg_hr, load_wesad_hr
from dt4ecg.training import TrainingSettings
from dt4ecg.training.head_losses import OrdinalLoss, PerTask, RegressionLoss

SEEDS = range(5)
RATING_SEEDS = range(3)
CELLS = ("gru", "lstm")
CANDIDATES = {
    "rate, 80 steps": {"changes": False, "steps": 80},
    "rate and changes, 80 steps": {"changes": True, "steps": 80},
    "rate and changes, 120 steps": {"changes": True, "steps": 120},
}
TRAINING = {"batch_size": 64, "learning_rate": 1e-2, "schedule": "cosine", "n_threads": 1}
RATED = {"arousal": 5, "valence": 6}  # ratings from here on are high, as in the published baseline
HALVES = ("odd", "even")

Indices = np.ndarray
Folds = Iterator[tuple[Indices, Indices]]


@cache
def noneeg(changes: bool) -> SegmentSet:
    return averaged(load_noneeg_hr(changes=changes))


@cache
def wesad() -> SegmentSet:
    return averaged(load_wesad_hr())


def averaged(data: SegmentSet) -> SegmentSet:
    """Return the windows with one value for every two seconds, which halves the time of training.

    Both devices average over more than that.
    """
    n, leads, length = data.X.shape
    return replace(data, X=data.X.reshape(n, leads, length // 2, 2).mean(-1))


def half_of(data: SegmentSet) -> np.ndarray:
    return np.array([HALVES[int(person) % 2 == 0] for person in data.meta["subject"]])


def epochs_of(steps: int, windows: int) -> int:
    """Return how many epochs have about so many steps; the numbers of people differ."""
    return round(steps / math.ceil(windows / TRAINING["batch_size"]))


def states(
    data: SegmentSet, train: Indices, test: Indices, cell: str, steps: int, seed: int
) -> np.ndarray:
    """Train on some windows and return the predicted states of others."""
    network = dt4ecg.nn.Network(
        cell, "none", {"state": 4}, data.X.shape[1], data.X.shape[2], seed=seed
    )
    settings = TrainingSettings(class_weight="balanced")
    epochs = epochs_of(steps, len(train))
    trainer = dt4ecg.Trainer(
        network, epochs=epochs, seed=seed, label_smoothing=0.1, settings=settings, **TRAINING
    )
    trainer.fit(data.X[train], data.y[train])
    with torch.no_grad():
        return network.eval()(torch.from_numpy(data.X[test]))["state"].argmax(1).numpy()


def choice(half: str, changes: bool, steps: int) -> float:
    """Macro F1 of a candidate within one half of the people."""
    data = noneeg(changes)
    data = data[half_of(data) == half]
    predicted = np.zeros(len(data), int)
    for train, test in GroupKFold(5).split(data.X, groups=data.meta["subject"]):
        predicted[test] = states(data, train, test, "lstm", steps, seed=0)
    return round(float(f1_score(data.y[:, 0], predicted, average="macro")), 4)


def leave_one_out(found: dict, cell: str, seed: int) -> str:
    """Return the predicted states of all windows, one digit each."""
    predicted = np.zeros(len(noneeg(False)), int)
    for train, test in LeaveOneGroupOut().split(predicted, groups=noneeg(False).meta["subject"]):
        other = HALVES[half_of(noneeg(False)[test[:1]])[0] == "odd"]
        scores = {name: found[f"choice | {other} | {name}"] for name in CANDIDATES}
        settings = CANDIDATES[max(scores, key=scores.__getitem__)]
        data = noneeg(settings["changes"])
        predicted[test] = states(data, train, test, cell, settings["steps"], seed)
    return "".join(map(str, predicted))


def features(X: np.ndarray) -> np.ndarray:
    """Return mean, slope, standard deviation and mean absolute change of each window."""
    x = X[:, 0]
    t = np.arange(x.shape[1]) - (x.shape[1] - 1) / 2
    changes = np.abs(np.diff(x, axis=1)).mean(1)
    return np.column_stack([x.mean(1), x @ t / (t @ t), x.std(1), changes])


def regression(balanced: bool) -> str:
    data = noneeg(False)
    predicted = np.zeros(len(data), int)
    X = features(data.X)
    for train, test in LeaveOneGroupOut().split(X, groups=data.meta["subject"]):
        weight = "balanced" if balanced else None
        model = LogisticRegression(class_weight=weight, max_iter=1000)
        model = make_pipeline(StandardScaler(), model).fit(X[train], data.y[train, 0])
        predicted[test] = model.predict(X[test])
    return "".join(map(str, predicted))


def high(task: str) -> np.ndarray:
    """Return whether the rating of each window is high."""
    return wesad().y[:, wesad().tasks.index(task)] + 1 >= RATED[task]


def ratings(folds: Folds, cell: str, head: str, seed: int) -> dict[str, np.ndarray]:
    """Return for each task and window a number that is positive if a high rating is predicted."""
    data = wesad()
    y = {task: data.y[:, data.tasks.index(task)] for task in RATED}
    scores = {task: np.zeros(len(data)) for task in RATED}
    for train, test in folds:
        losses = {}
        for task in RATED:
            mean, scale = y[task][train].mean(), y[task][train].std()
            losses[task] = (
                OrdinalLoss(9) if head == "ordinal" else RegressionLoss("huber", 1.0, mean, scale)
            )
        heads = PerTask(losses)
        network = dt4ecg.nn.Network(cell, "none", heads.outputs, 1, data.X.shape[2], seed=seed)
        targets = y if head == "ordinal" else {task: y[task].astype(float) for task in y}
        epochs = epochs_of(80, len(train))
        trainer = dt4ecg.Trainer(network, objective=heads, epochs=epochs, seed=seed, **TRAINING)
        trainer.fit(data.X[train], {task: values[train] for task, values in targets.items()})
        with torch.no_grad():
            outputs = network.eval()(torch.from_numpy(data.X[test]))
        for task, loss in heads.losses.items():
            first = RATED[task] - 1  # index of the first high rating
            if isinstance(loss, OrdinalLoss):
                found = loss.probabilities(outputs[task])[:, first:].sum(1) - 0.5
            else:
                found = loss.predict(outputs[task]) - (first - 0.5)
            scores[task][test] = found.numpy()
    return scores


def by_condition(scores: np.ndarray) -> list[float]:
    """Return the mean over the windows of each condition, in the order of the groups."""
    groups = wesad().groups
    return [round(float(scores[groups == group].mean()), 4) for group in np.unique(groups)]


def people_left_out(cell: str, head: str, seed: int) -> dict[str, list[float]]:
    folds = LeaveOneGroupOut().split(wesad().X, groups=wesad().meta["subject"])
    return {task: by_condition(found) for task, found in ratings(folds, cell, head, seed).items()}


def random_windows(cell: str, seed: int) -> dict[str, list[int]]:
    """Correct windows of all, if windows of all conditions are in both parts."""
    folds = StratifiedKFold(5, shuffle=True, random_state=seed).split(
        wesad().X, wesad().meta["recording"]
    )
    found = ratings(folds, cell, "ordinal", seed)
    return {task: [int(((s > 0) == high(task)).sum()), len(s)] for task, s in found.items()}


def regression_of_conditions() -> dict[str, list[float]]:
    data = wesad()
    groups = np.unique(data.groups)
    windows = [data.X[data.groups == group, 0] for group in groups]
    X = np.array([[x.mean(), x.std()] for x in windows])
    first = [np.flatnonzero(data.groups == group)[0] for group in groups]
    people = data.meta["subject"][first]
    found = {}
    for task in RATED:
        scores = np.zeros(len(groups))
        for train, test in LeaveOneGroupOut().split(X, groups=people):
            model = make_pipeline(StandardScaler(), LogisticRegression())
            scores[test] = model.fit(X[train], high(task)[first][train]).decision_function(X[test])
        found[task] = [round(score, 4) for score in scores.tolist()]
    return found


def truth_of_states() -> dict:
    """Return the states as digits, and the number of windows of each person in their order."""
    people, counts = np.unique(noneeg(False).meta["subject"], return_counts=True)
    windows = dict(zip(people.tolist(), counts.tolist(), strict=True))
    order = dict.fromkeys(noneeg(False).meta["subject"].tolist())
    return {
        "states": "".join(map(str, noneeg(False).y[:, 0])),
        "windows": {person: windows[person] for person in order},
    }


def truth_of_ratings() -> dict:
    """Return person and high ratings of each condition, and the share of high ones of windows."""
    data = wesad()
    first = [np.flatnonzero(data.groups == group)[0] for group in np.unique(data.groups)]
    found = {"people": data.meta["subject"][first].tolist()}
    for task in RATED:
        found[task] = "".join(str(int(one)) for one in high(task)[first])
        found[f"{task}, high windows"] = [int(high(task).sum()), len(data)]
    return found


def choices() -> study.Trials:
    yield "noneeg | truth", truth_of_states
    yield "wesad | truth", truth_of_ratings
    yield "noneeg | logistic regression", partial(regression, False)
    yield "noneeg | logistic regression, balanced", partial(regression, True)
    yield "wesad | logistic regression", regression_of_conditions
    for half in HALVES:
        for name, settings in CANDIDATES.items():
            yield f"choice | {half} | {name}", partial(choice, half, **settings)


def trials(found: dict) -> study.Trials:
    """Yield the trials that need the results of the choices."""
    for seed in SEEDS:
        for cell in CELLS:
            yield f"noneeg | {cell} | seed {seed}", partial(leave_one_out, found, cell, seed)
    for cell in CELLS:
        yield f"wesad, random windows | {cell}", partial(random_windows, cell, 0)
    for seed in RATING_SEEDS:
        for cell, head in (("gru", "ordinal"), ("lstm", "ordinal"), ("gru", "regression")):
            compute: Callable = partial(people_left_out, cell, head, seed)
            yield f"wesad | {cell}, {head} | seed {seed}", compute


def main() -> None:
    out = study.out_of(__doc__)
    torch.set_num_threads(1)
    about = {"candidates": CANDIDATES, "training": TRAINING, "windows": len(noneeg(False))}
    results = study.run(out, about, choices())
    results = study.run(out, about, trials(results))
    data = noneeg(False)
    for name in ("logistic regression", "logistic regression, balanced"):
        predicted = np.array([*map(int, results[f"noneeg | {name}"])])
        print(name, round(f1_score(data.y[:, 0], predicted, average="macro"), 3))
    for cell in CELLS:
        of_seeds = [np.array([*map(int, results[f"noneeg | {cell} | seed {s}"])]) for s in SEEDS]
        scores = [f1_score(data.y[:, 0], predicted, average="macro") for predicted in of_seeds]
        print(cell, [round(score, 3) for score in scores], round(statistics.mean(scores), 3))
    truth = {t: [high(t)[wesad().groups == g][0] for g in np.unique(wesad().groups)] for t in RATED}
    for name, trial in results.items():
        if name.startswith("wesad |") and "truth" not in name:
            print(name, {t: round(roc_auc_score(truth[t], trial[t]), 3) for t in RATED})


if __name__ == "__main__":
    main()
