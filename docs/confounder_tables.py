"""Markdown tables of benchmarks/results/confounders.json."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from result_tables import difference, table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "confounders.json"
# Name in the page, arm and part of the trials, and what it is compared with.
NETWORK = ("none", "network")
REGRESSION = ("none", "regression")
ROWS = {
    "network": (NETWORK, None),
    "`confusion`": (("confusion", "network"), NETWORK),
    "`reversal`": (("reversal", "network"), NETWORK),
    "`confusion-released`": (("confusion as released", "network"), NETWORK),
    "regression of its features": (REGRESSION, NETWORK),
    "regression, erased": (("none", "regression, erased"), REGRESSION),
}
Way = tuple[str, str]


def counts(protocol: str, way: Way, what: str) -> tuple[dict[str, np.ndarray], list[float]]:
    """Return correct and all segments of each person over all folds, and chance in each fold."""
    arm, part = way
    found: dict[str, np.ndarray] = {}
    chance = []
    for name, trial in json.loads(RESULTS.read_bytes())["trials"].items():
        if name.startswith(f"{protocol} |") and name.endswith(f"| {arm}"):
            for person, cell in trial[part][what].items():
                if person == "chance":
                    chance.append(cell)
                else:
                    found[person] = found.get(person, np.zeros(2, int)) + cell
    return found, chance


def interval(first: dict[str, np.ndarray], second: dict[str, np.ndarray] | None) -> Any:
    """Return the interval over people of an accuracy, or of the difference of two."""
    from dt4ecg.metrics import bootstrap_interval

    people = sorted(first)
    values, groups = [], []
    for person in people:
        k, n = first[person]
        other = 0 if second is None else second[person][0]
        values += [(k - other) / n] * n
        groups += [person] * n
    return bootstrap_interval(values, groups)


def share(found: dict[str, np.ndarray]) -> dict[str, Any]:
    k, n = sum(found.values())
    return {"accuracy": k / n, "correct": int(k), "n": int(n), "interval": interval(found, None)}


def compared(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> str:
    k, n = sum(first.values())
    points = (k - sum(second.values())[0]) / n
    return difference({"difference": points, "interval": interval(first, second)})


def _of_protocol(protocol: str, main: str, probes: dict[str, str]) -> str:
    from result_tables import accuracy

    rows = []
    for label, (way, other) in ROWS.items():
        cells = [label]
        for what in ("main", *probes):
            found, _ = counts(protocol, way, what)
            if not found:
                break
            cells.append(accuracy(share(found)))
            cells.append("" if other is None else compared(found, counts(protocol, other, what)[0]))
        else:
            rows.append(cells)
    head = ["features", main, "difference"]
    for what, title in probes.items():
        _, chance = counts(protocol, NETWORK, what)
        head += [f"{title} (chance {100 * np.mean(chance):.0f})", "difference"]
    return table(head, rows)


def by_people() -> str:
    """Activity of new people, and the person in the features."""
    return _of_protocol("subject", "activity of new people", {"subject": "probe: person"})


def by_electrode() -> str:
    """Identity with a new electrode, and activity and electrode in the features."""
    probes = {"activity": "probe: activity", "session": "probe: electrode"}
    return _of_protocol("session", "identity, new electrode", probes)


TABLES: dict[str, Callable[[], str]] = {
    "confounders-people": by_people,
    "confounders-electrode": by_electrode,
}
