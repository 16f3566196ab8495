"""Markdown tables of benchmarks/results/heart-rate.json."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from result_tables import difference, table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "heart-rate.json"
RESAMPLES = 2000
STATES = ("relaxed", "physical", "cognitive", "emotional")


@cache
def content() -> dict[str, Any]:
    """Return truth and trials."""
    found: dict[str, Any] = json.loads(RESULTS.read_bytes())
    return found


def states(name: str) -> np.ndarray:
    """Return the states of all windows of one trial."""
    return np.array([*map(int, content()["trials"][f"noneeg | {name}"])])


def confusions(name: str) -> np.ndarray:
    """Return the confusion matrix of each person, of one trial."""
    truth = content()["trials"]["noneeg | truth"]
    windows = [*truth["windows"].values()]
    person = np.repeat(np.arange(len(windows)), windows)
    found = np.zeros((len(windows), 4, 4))
    np.add.at(found, (person, np.array([*map(int, truth["states"])]), states(name)), 1)
    return found


def f1(matrix: np.ndarray) -> np.ndarray:
    """Return the F1 of each class, of confusion matrices (..., 4, 4)."""
    right = np.diagonal(matrix, axis1=-2, axis2=-1)
    return 2 * right / np.maximum(matrix.sum(-1) + matrix.sum(-2), 1)


def trials_of(cell: str) -> list[str]:
    return [
        name.removeprefix("noneeg | ")
        for name in content()["trials"]
        if name.startswith(f"noneeg | {cell}")
    ]


@cache
def draws(people: int) -> np.ndarray:
    return np.random.default_rng(0).multinomial(people, np.full(people, 1 / people), RESAMPLES)


def resampled(names: list[str]) -> np.ndarray:
    """Return the macro F1, averaged over trials, of each bootstrap sample of the people."""
    several = np.stack([confusions(name) for name in names])
    drawn = np.einsum("rp,spij->rsij", draws(several.shape[1]), several)
    return f1(drawn).mean((-1, -2))


def scored(label: str, names: list[str], other: list[str]) -> list[str]:
    """Return a row of the table: macro F1, its difference from others, and F1 of each state."""
    several = np.stack([confusions(name).sum(0) for name in names])
    drawn, drawn_others = resampled(names), resampled(other)
    mean = float(f1(several).mean())
    low, high = np.quantile(drawn, [0.025, 0.975])
    compared = ""
    if names != other:
        others = np.stack([confusions(name).sum(0) for name in other])
        points = {"difference": mean - float(f1(others).mean())}
        points["interval"] = np.quantile(drawn - drawn_others, [0.025, 0.975])
        compared = difference(points)
    correct = int(np.trace(several.sum(0)))
    return [
        label,
        f"{mean:.3f} ({low:.3f}-{high:.3f})",
        compared,
        f"{correct}/{int(several.sum())}",
        *(f"{value:.2f}" for value in f1(several).mean(0)),
    ]


def by_person() -> str:
    """Macro F1 of the states, one person left out at a time."""
    baseline = ["logistic regression, balanced"]
    rows = [
        scored("logistic regression", baseline, baseline),
        *(
            scored(f"`{cell}`", trials_of(cell), baseline)
            for cell in ("gru", "lstm")
            if trials_of(cell)
        ),
    ]
    if len(trials_of("gru")) == len(trials_of("lstm")) > 0:
        points = scored("", trials_of("gru"), trials_of("lstm"))[2]
        rows.append(["`gru` less `lstm`", "", points, "", *[""] * len(STATES)])
    head = ("classifier", "macro F1", "difference in points", "correct windows of all trainings")
    return table((*head, *STATES), rows)


def auc(high: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the ROC curve, NaN with one class."""
    if not 0 < high.sum() < len(high):
        return float("nan")
    above = score[high][:, None] - score[~high]
    return float(((above > 0) + 0.5 * (above == 0)).mean())


def ratings() -> str:
    """Arousal and valence of WESAD, one person left out at a time."""
    trials = content()["trials"]
    truth = trials["wesad | truth"]
    people, person = np.unique(truth["people"], return_inverse=True)
    rows = []
    for task in ("arousal", "valence"):
        high = np.array([*map(int, truth[task])], bool)
        larger = max(high.mean(), 1 - high.mean())
        for label in ("logistic regression", "gru, ordinal", "gru, regression", "lstm, ordinal"):
            names = [name for name in trials if name.startswith(f"wesad | {label}")]
            if not names:
                continue
            scores = np.array([trials[name][task] for name in names])
            drawn = np.random.default_rng(0).integers(0, len(people), (RESAMPLES, len(people)))
            values = []
            for draw in drawn:
                index = np.concatenate([np.flatnonzero(person == one) for one in draw])
                values.append(np.mean([auc(high[index], one[index]) for one in scores]))
            low, top = np.nanquantile(values, [0.025, 0.975])
            right = int(((scores > 0) == high).sum())
            rows.append(
                [
                    task,
                    label,
                    f"{np.mean([auc(high, one) for one in scores]):.2f} ({low:.2f}-{top:.2f})",
                    f"{100 * right / scores.size:.0f} % ({right}/{scores.size})",
                    f"{100 * larger:.0f} %",
                ]
            )
    head = ("rating", "classifier", "AUC (95 % interval)", "accuracy", "larger class")
    return table(head, rows)


TABLES: dict[str, Callable[[], str]] = {
    "heart-rate-states": by_person,
    "heart-rate-ratings": ratings,
}
