"""Markdown tables of the verification results in benchmarks/results."""

import json
from pathlib import Path
from typing import Any

from result_tables import difference, table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"
ARMS = {
    "encoder": "`identity-encoder`",
    "classifier": "features of a classifier",
    "median beats": "correlation of median beats",
}
FOLDS = {
    "classifier": "features of a classifier of the other people, pairs within a fold",
    "trained encoder": "an encoder also trained on the other people, pairs within a fold",
}
TRIALS = {"1": "one segment of 3 s", "5": "five segments"}


def results(name: str) -> dict[str, Any]:
    """Return the content of a file."""
    return json.loads((RESULTS / f"verification-{name}.json").read_bytes())


def percent(rate: float, interval: list[float] | None = None) -> str:
    """ "5.3 (2.1-9.0)" for a rate and its interval."""
    text = f"{100 * rate:.1f}"
    return f"{text} ({100 * interval[0]:.1f}-{100 * interval[1]:.1f})" if interval else text


def equal_error(found: dict[str, Any]) -> str:
    """Return an equal error rate with its interval."""
    return percent(found["equal_error_rate"], found["equal_error_interval"])


def _rows(name: str, arms: dict[str, Any]) -> list[list[str]]:
    rows = []
    for arm, label in ARMS.items():
        found = arms.get(arm)
        if found:
            less = found.get("encoder less this")
            pairs = f"{found['n_same']} / {found['n_different']}"
            rows.append([name, label, pairs, equal_error(found), difference(less) if less else ""])
    return rows


HEAD = ("probe", "compared by", "pairs, same / different", "equal error rate, %", "encoder less it")


def other_day() -> str:
    """Return the table of the probes of another day."""
    found = results("test")["ecg-id"]
    return table(HEAD, [row for n, name in TRIALS.items() for row in _rows(name, found[n])])


def first_encoder() -> str:
    """Return the table of the encoder that was tested first."""
    rows = [
        [f"ECG-ID, other day, {name}", equal_error(results("first")["ecg-id"][n]["encoder"])]
        for n, name in TRIALS.items()
    ] + [
        [f"motion set, other electrode, {activity}", equal_error(arms["encoder"])]
        for activity, arms in results("first")["motion-ecg"].items()
    ]
    return table(("probe", "equal error rate, %"), rows)


def other_electrode() -> str:
    """Return the table of the probes with another electrode."""
    rows = []
    for activity, arms in results("test")["motion-ecg"].items():
        rows += _rows(activity, arms)
        for arm, found in results("motion")[activity].items():
            pairs = f"{found['n_same']} / {found['n_different']}"
            rows.append([activity, FOLDS[arm], pairs, equal_error(found), ""])
    return table(HEAD, rows)


def strangers() -> str:
    """Return the table of strangers who are accepted."""
    found = results("test")["strangers"]
    rows = []
    for n, name in TRIALS.items():
        claims, names = found["claims"][n], found["names"][n]
        pairs = map(_counted, (claims["impostors"], claims["own accepted"]))
        rows.append([name, *pairs, *map(_counted, (names["strangers"], names["right names"]))])
    head = ("probe", "false claims accepted, %", "own claims accepted, %")
    return table((*head, "strangers named, %", "right names, %"), rows)


def _counted(found: dict[str, Any]) -> str:
    low, high = (100 * end for end in found["interval"])
    return f"{100 * found['k'] / found['n']:.1f} ({found['k']}/{found['n']}, {low:.1f}-{high:.1f})"


def candidates() -> str:
    """Return the table of the losses, backbones and changes that were compared."""
    rows = [
        [name, *(equal_error(found[n]) for n in TRIALS), str(found["seconds"])]
        for name, found in results("choice")["candidates"].items()
    ]
    return table(("candidate", *TRIALS.values(), "seconds of one core"), rows)


TABLES = {
    "verification-first-encoder": first_encoder,
    "verification-other-day": other_day,
    "verification-other-electrode": other_electrode,
    "verification-strangers": strangers,
    "verification-candidates": candidates,
}
