"""Markdown tables of the recipes on people and electrodes that they have never seen."""

import json
from pathlib import Path
from typing import Any

from result_tables import table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"
RECIPES = (
    "paper",
    "strong",
    "strong, three times the steps",
    "robust",
    "robust, three times the steps",
)
SHOWN = RECIPES[-1]  # in the README and the tables of errors
# Names in robust-choice.json, and their descriptions.
CANDIDATES = {
    "strong": "`strong`",
    "overlap": "and training segments that overlap by two thirds",
    "overlap, slow exchange": "and the exchange of slow waves (`robust`)",
    "overlap, slow exchange, stretch": "and time scales changed by up to 20 %",
    "overlap, filter, stretch": "overlap; random filters, time scales changed by up to 5 %",
    "overlap, mixup": "overlap; mixup (Zhang et al. 2018)",
}
PARTS = (("subject", "activity"), ("session", "identity"), ("session", "activity"))


def results() -> dict[str, Any]:
    """Return the numbers of all questions."""
    content: dict[str, Any] = json.loads((RESULTS / "robust.json").read_bytes())
    return content["summary"]


def accuracy(found: list[float]) -> str:
    """ "70.7 (2159/3054, 61.0-78.2)" for k, N and an interval in percent."""
    k, n, low, high = found
    return f"{100 * k / n:.1f} ({k}/{n}, {low:.1f}-{high:.1f})"


def difference(found: list[float]) -> str:
    """ "+2.7 (+1.0 to +4.7)" in points; bold where the interval excludes 0."""
    value, low, high = found
    text = f"{value:+.1f}"
    text = f"**{text}**" if low > 0 or high < 0 else text
    return f"{text} ({low:+.1f} to {high:+.1f})"


def recipes() -> str:
    """Return the accuracies of all recipes over all folds."""
    rows = []
    for question, result in results().items():
        for name in RECIPES:
            if name in result["recipes"]:
                found = result["recipes"][name]
                seeds = ", ".join(map(str, found["seeds"]))
                cells = [accuracy(found[what]) for what in ("alone", "context")]
                rows.append([question, f"`{name}`", seeds, *cells])
    return table(("question", "recipe", "seeds", "one segment of 3 s", "up to 10 s"), rows)


def differences() -> str:
    """Return the differences of recipes on the same segments, in points."""
    rows = []
    for question, result in results().items():
        for pair, found in result["differences"].items():
            first, second = pair.split(" less ")
            cells = [difference(found[what]) for what in ("alone", "context")]
            rows.append([question, f"`{first}` less `{second}`", *cells])
    return table(("question", "recipes", "one segment", "up to 10 s"), rows)


def short() -> str:
    """Return the table of the README."""
    rows = []
    for question, result in results().items():
        paper, strong, robust = (result["recipes"][name] for name in ("paper", RECIPES[2], SHOWN))
        found = (paper["alone"], strong["alone"], robust["alone"], robust["context"])
        rows.append([question, *map(accuracy, found)])
    return table(("question", "`paper`", "`strong`", "`robust`", "`robust`, up to 10 s"), rows)


def parts(field: str) -> str:
    """Return the accuracy of robust by person, electrode or activity, for one segment."""
    columns = {}
    for question, result in results().items():
        found = result["recipes"][SHOWN]["by"][field]
        columns[question] = {k: f"{100 * a / b:.1f} ({a}/{b})" for k, (a, b) in found.items()}
    order = next(iter(columns.values()))
    names = sorted(order) if field != "activity" else activities()
    return table(
        (field, *columns), [[name, *(cells[name] for cells in columns.values())] for name in names]
    )


def activities() -> list[str]:
    """Return the names of the activities in the order of the set."""
    names: list[str] = json.loads((RESULTS / "robust.json").read_bytes())["study"]["activities"]
    return names


def confusion() -> str:
    """Return how often robust gives each activity of people never seen each name, in percent."""
    question = "activity of people never seen"
    named = results()[question]["recipes"][SHOWN]["activities named"]
    rows = [
        [true, *(f"{100 * count / sum(counts):.0f}" for count in counts)]
        for true, counts in named.items()
    ]
    return table(("true activity", *activities()), rows)


def candidates() -> str:
    """Return the search: accuracies inside the training parts, of the second round."""
    trials = json.loads((RESULTS / "robust-choice.json").read_bytes())["trials"]
    rows = []
    for name, text in CANDIDATES.items():
        shares, cells = [], []
        for protocol, task in PARTS:
            start = f"{name} | 16 epochs | {protocol} | "
            found = [t["last"][task] for key, t in trials.items() if key.startswith(start)]
            percent = [100 * k / n for k, n in found]
            shares.append(sum(percent) / len(percent))
            k, n = (sum(values) for values in zip(*found, strict=True))
            cells.append(f"{shares[-1]:.1f} ({k}/{n})")
        rows.append([text, *cells, f"{sum(shares) / len(shares):.1f}"])
    head = ("candidate", "activity, other people", "identity, other electrode")
    return table((*head, "activity, other electrode", "mean"), rows)


TABLES = {
    "robust": recipes,
    "robust-differences": differences,
    "robust-short": short,
    "robust-people": lambda: parts("subject"),
    "robust-electrodes": lambda: parts("session"),
    "robust-activities": lambda: parts("activity"),
    "robust-confusion": confusion,
    "robust-candidates": candidates,
}
