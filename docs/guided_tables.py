"""Markdown tables of benchmarks/results/guided.json."""

import json
from pathlib import Path
from typing import Any

from result_tables import table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "guided.json"
ARMS = {
    "guided": "guided",
    "guided, rhythm": "guided, with the features of the rhythm (the recipe)",
}


def study() -> dict[str, Any]:
    """Return the cells and the comparisons of the study."""
    found: dict[str, Any] = json.loads(RESULTS.read_bytes())
    return found


def _folds(found: dict[str, Any]) -> str:
    """ "fold 0" or "folds 0, 1"."""
    folds = found["folds"]
    return f"fold{'s' * (len(folds) > 1)} {', '.join(map(str, folds))}"


def _once(rows: list[list[str]]) -> list[list[str]]:
    """Leave out rows that are equal to an earlier one."""
    return [row for number, row in enumerate(rows) if row not in rows[:number]]


def _points(value: float, interval: list[float]) -> str:
    """ "+2.0 (+1.0 to +3.0)" in points; bold where the interval excludes 0."""
    low, high = (100 * bound for bound in interval)
    text = f"{100 * value:+.1f}"
    text = text if low <= 0 <= high else f"**{text}**"
    return f"{text} ({low:+.1f} to {high:+.1f})"


def _percent(value: float, interval: list[float], count: str = "") -> str:
    low, high = (100 * bound for bound in interval)
    return f"{100 * value:.1f} ({count}{low:.1f}-{high:.1f})"


def comparisons() -> str:
    """Maps and accuracy of the guided networks and of the same networks without guidance."""
    rows = []
    for arm, named in ARMS.items():
        found = study()["comparisons"].get(arm)
        if found is None:
            continue
        for row, name in enumerate(("unguided", named)):
            correct, n = found["correct"][row], found["n"]
            first = row == 0
            rows.append(
                [
                    f"{name}, {_folds(found)}",
                    _percent(found["share"][row], found["share_interval"][row]),
                    ""
                    if first
                    else _points(found["share_difference"], found["share_difference_interval"]),
                    _percent(correct / n, found["accuracy_interval"][row], f"{correct}/{n}, "),
                    ""
                    if first
                    else _points(
                        found["accuracy_difference"], found["accuracy_difference_interval"]
                    ),
                    f"{found['macro_f1'][row]:.3f}",
                ]
            )
    head = ("network", "share inside the waves", "difference", "accuracy", "difference")
    return table((*head, "macro F1"), _once(rows))


def areas() -> str:
    """Deletion and insertion curves of the maps, and of random maps."""
    rows = []
    for arm, named in ARMS.items():
        found = study()["comparisons"].get(arm)
        if found is None:
            continue
        for row, name in enumerate(("unguided", named)):
            cells = [
                f"{found[key][row]:.3f}"
                for key in ("deletion", "random_deletion", "insertion", "random_insertion")
            ]
            rows.append([f"{name}, {_folds(found)}", f"{100 * found['peak'][row]:.1f}", *cells])
    head = ("network", "largest value inside, %", "deletion", "random", "insertion", "random")
    return table(head, _once(rows))


TABLES = {"guided": comparisons, "guided-areas": areas}
