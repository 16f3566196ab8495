"""What the rules of the claims are made of: verdicts, and numbers that are there or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dt4ecg.reproduce.cells import Cell
from dt4ecg.reproduce.evidence import Comparison, compare
from dt4ecg.reproduce.plans import Plan
from dt4ecg.reproduce.results import Result
from dt4ecg.reproduce.tables import Row

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot be told"

LEAST_SEEDS = 3
LEAST_RECORDINGS = 10  # fewer, drawn again and again, say nothing about others
SHOWN = 3  # of the reasons why comparisons are missing

Results = Mapping[Cell, Result]
Pair = tuple[Row, Row, str]  # two models and the task that they are compared on


@dataclass(frozen=True)
class Finding:
    """A verdict, and the numbers that it rests on or the reason why there is none."""

    verdict: str
    numbers: str


class CannotBeTold(Exception):
    """Why there is no verdict."""


def for_all(results: Results, pairs: Sequence[Pair], above: float = 0.0) -> Finding:
    """Whether every difference is above a threshold: one that is not refutes."""
    found, missing = compared(results, pairs)
    smallest = min(found, key=lambda item: item[1].difference)
    sides = [side(comparison.interval, above) for _, comparison in found]
    numbers = (
        f"above in {sides.count(HOLDS)} of {len(pairs)} comparisons; smallest difference: "
        f"{told(*smallest)}"
    )
    verdict = together(sides)
    if missing and verdict != FAILS:
        return Finding(OPEN, f"{missing}; {numbers}")
    return Finding(verdict, numbers)


def compared(results: Results, pairs: Sequence[Pair]) -> tuple[list[tuple[Pair, Comparison]], str]:
    """Comparisons of the pairs that are there, and why the others are not."""
    found, reasons = [], []
    for pair in pairs:
        first, second, task = pair
        try:
            comparison = compare(results_of(results, first), results_of(results, second), task)
        except CannotBeTold as reason:
            reasons.append(str(reason))
            continue
        if comparison is None:
            reasons.append(f"{task} is not scored")
        elif comparison.recordings < LEAST_RECORDINGS:
            reasons.append(
                f"{comparison.recordings} recordings, a verdict needs {LEAST_RECORDINGS}"
            )
        else:
            found.append((pair, comparison))
    different = list(dict.fromkeys(reasons))
    missing = "; ".join(different[:SHOWN])
    if len(different) > SHOWN:
        missing += f"; {len(different) - SHOWN} more"
    if not found:
        raise CannotBeTold(missing or "there is nothing to compare")
    return found, missing


def results_of(results: Results, row: Row) -> list[Result]:
    """Results of all seeds of a row."""
    if row.note:
        raise CannotBeTold(row.note)
    if len(row.cells) < LEAST_SEEDS:
        raise CannotBeTold(f"{len(row.cells)} seeds, a verdict needs {LEAST_SEEDS}")
    if not all(cell in results for cell in row.cells):
        raise CannotBeTold(f"{row.label}: not computed")
    return [results[cell] for cell in row.cells]


def history(result: Result) -> dict[str, Any]:
    if result.history is None:
        raise CannotBeTold("there is no history of the training")
    return result.history


def training_accuracy(results: Results, row: Row, task: str) -> np.ndarray:
    """(seeds, epochs)."""
    histories = [history(result) for result in results_of(results, row)]
    if task not in histories[0]["tasks"]:
        raise CannotBeTold(f"there is no {task} in these data")
    column = histories[0]["tasks"].index(task)
    return np.array([one["accuracy"] for one in histories], float)[:, :, column]


def require_epochs(epochs: int, papers: int) -> None:
    if epochs != papers:
        raise CannotBeTold(f"epochs: {epochs}, in the paper {papers}")


def require_scored(plan: Plan, *tasks: str) -> None:
    for task in tasks:
        if task not in plan.scored:
            raise CannotBeTold(f"{task} cannot be scored on these data with {plan.protocol}")


def side(interval: tuple[float, float], threshold: float) -> str:
    if interval[0] > threshold:
        return HOLDS
    return FAILS if interval[1] <= threshold else OPEN


def outside(interval: tuple[float, float], margin: float) -> bool:
    return interval[0] > margin or interval[1] < -margin


def together(verdicts: Sequence[str]) -> str:
    """Of a claim with several parts."""
    if FAILS in verdicts:
        return FAILS
    return OPEN if OPEN in verdicts else HOLDS


def by_seed(true: np.ndarray) -> str:
    if true.all():
        return HOLDS
    return OPEN if true.any() else FAILS


def points(comparison: Comparison) -> str:
    low, high = comparison.interval
    return f"{100 * comparison.difference:+.2f} points ({100 * low:+.2f} to {100 * high:+.2f})"


def told(pair: Pair, comparison: Comparison) -> str:
    first, second, task = pair
    return f"{points(comparison)} for {first.label} over {second.label}, {task}"
