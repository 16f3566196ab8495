"""Accuracies over all folds, with intervals over people, from the trials of a file."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from dt4ecg.metrics import bootstrap_interval


class Count(NamedTuple):
    """The right labels of one recording of one trial."""

    fold: int
    seed: int
    subject: str
    session: str
    activity: str
    n: int
    alone: int
    context: int
    named: list[int]


# Protocol, task, and the place of the task's counts in a recording's entry.
QUESTIONS = {
    "activity of people never seen": ("subject", 0),
    "identity with an electrode never seen": ("session", 0),
    "activity with an electrode never seen": ("session", 1),
}


def counts(trials: Mapping[str, Any], recipe: str, protocol: str, place: int) -> Iterator[Count]:
    """Yield the recordings of all trials of a recipe."""
    for name, result in trials.items():
        own_recipe, own_protocol, fold, seed = name.split(" | ")
        if (own_recipe, own_protocol) == (recipe, protocol):
            for subject, session, activity, n, *rest in result["recordings"]:
                yield Count(
                    int(fold.split()[1]),
                    int(seed.split()[1]),
                    subject,
                    session,
                    activity,
                    n,
                    rest[2 * place],
                    rest[2 * place + 1],
                    rest[-1],
                )


def complete_seeds(found: list[Count], n_folds: int) -> list[int]:
    """Return the seeds that all folds have."""
    seeds = sorted({one.seed for one in found})
    return [s for s in seeds if len({one.fold for one in found if one.seed == s}) == n_folds]


def accuracy(found: list[Count], what: str) -> tuple[int, int, float, float]:
    """Return k, N and the interval over people, in percent."""
    right = np.concatenate([np.arange(one.n) < getattr(one, what) for one in found])
    person = np.concatenate([[one.subject] * one.n for one in found])
    low, high = bootstrap_interval(right, person)
    return int(right.sum()), len(right), 100 * low, 100 * high


def difference(first: list[Count], second: list[Count], what: str) -> tuple[float, float, float]:
    """Return the difference of two recipes on the same segments in points, with its interval."""

    def rates(found: list[Count]) -> dict[tuple, tuple[float, int]]:
        table: dict[tuple, list[int]] = {}
        for one in found:
            cell = table.setdefault((one.subject, one.session, one.activity), [0, 0])
            cell[0] += getattr(one, what)
            cell[1] += one.n
        return {key: (k / n, n) for key, (k, n) in table.items()}

    a, b = rates(first), rates(second)
    sizes = {key: round(b[key][1] / len({one.seed for one in second})) for key in b}
    values = np.concatenate([np.full(sizes[key], a[key][0] - b[key][0]) for key in b])
    person = np.concatenate([[key[0]] * sizes[key] for key in b])
    low, high = bootstrap_interval(values, person)
    return float(100 * values.mean()), 100 * low, 100 * high


def by(found: list[Count], field: str, what: str = "alone") -> dict[str, tuple[int, int]]:
    """Return k and N by person, activity, electrode or fold."""
    table: dict[str, list[int]] = {}
    for one in found:
        cell = table.setdefault(str(getattr(one, field)), [0, 0])
        cell[0] += getattr(one, what)
        cell[1] += one.n
    return {key: (k, n) for key, (k, n) in table.items()}


ARMS = (
    "paper",
    "strong",
    "strong, three times the steps",
    "robust",
    "robust, three times the steps",
)
FOLDS = {"subject": 5, "session": 3}
PAIRS = (
    ("strong", "paper"),
    (ARMS[2], "strong"),
    ("robust", "strong"),
    (ARMS[4], "robust"),
    (ARMS[4], "strong"),
    (ARMS[4], ARMS[2]),
)


def summary(trials: Mapping[str, Any], activities: list[str]) -> dict[str, Any]:
    """Return the numbers of the tables, of the seeds that all folds of a recipe have."""
    found: dict[str, Any] = {}
    for question, (protocol, place) in QUESTIONS.items():
        of_recipes = {}
        for recipe in ARMS:
            own = list(counts(trials, recipe, protocol, place))
            seeds = complete_seeds(own, FOLDS[protocol])
            if seeds:
                of_recipes[recipe] = [one for one in own if one.seed in seeds]
        found[question] = {
            "recipes": {name: _of_recipe(own, activities) for name, own in of_recipes.items()},
            "differences": {
                f"{first} less {second}": _difference(of_recipes[first], of_recipes[second])
                for first, second in PAIRS
                if {first, second} <= of_recipes.keys()
            },
        }
    return found


def _of_recipe(own: list[Count], activities: list[str]) -> dict[str, Any]:
    named = {
        activity: np.sum([one.named for one in own if one.activity == activity], 0).tolist()
        for activity in activities
    }
    return {
        "seeds": sorted({one.seed for one in own}),
        "alone": accuracy(own, "alone"),
        "context": accuracy(own, "context"),
        "by": {field: by(own, field) for field in ("fold", "subject", "session", "activity")},
        "activities named": named,
    }


def _difference(first: list[Count], second: list[Count]) -> dict[str, Any]:
    """Return the differences on the seeds that both recipes have."""
    seeds = {one.seed for one in first} & {one.seed for one in second}
    pair = [[one for one in own if one.seed in seeds] for own in (first, second)]
    return {
        "seeds": sorted(seeds),
        **{what: difference(*pair, what) for what in ("alone", "context")},
    }
