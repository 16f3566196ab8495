"""What the rules of the claims are made of: verdicts, and numbers that are there or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.plans import Plan
from dt4ecg.paper.design.tables import Row
from dt4ecg.paper.judge.evidence import Comparison, compare
from dt4ecg.paper.run.results import Result

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot be told"

LEAST_SEEDS = 3
LEAST_RECORDINGS = 10  # fewer, drawn again and again, say nothing about others
SHOWN = 3  # of the reasons why comparisons are missing

FOLLOWS = "follows from Algorithm 1's weights being 0"
PART = "only a part of the table was asked for"

Results = Mapping[Cell, Result]
Pair = tuple[Row, Row, str]  # two models and the task that they are compared on


@dataclass(frozen=True)
class Finding:
    """A verdict, the numbers that it rests on, and why some of them, or all, are missing.

    ``follows``: it is Algorithm 1's weights of 0 once more, and no finding of its own.
    """

    verdict: str
    numbers: str
    missing: str = ""
    follows: bool = False

    @property
    def text(self) -> str:
        follows = FOLLOWS if self.follows else ""
        return "; ".join(part for part in (follows, self.numbers, self.missing) if part)


class CannotBeTold(Exception):
    """Why there is no verdict."""


class NotComputed(CannotBeTold):
    """Of a row."""


def for_all(
    results: Results, pairs: Sequence[Pair], above: float = 0.0, left_out: Sequence[str] = ()
) -> Finding:
    """Whether every difference is above a threshold: one that is not refutes.

    That all are needs no correction for their number; that one of many is not does.

    ``left_out``: why there are no more pairs.
    """
    found, missing = compared(results, pairs, left_out)
    sides = [side(comparison, above) for _, comparison in found]
    refuting = [item for item, of in zip(found, sides, strict=True) if of == FAILS]
    lowest, comparison = foremost("lowest", found, refuting, lambda difference: -difference)
    numbers = (
        f"above {100 * above:g} in {sides.count(HOLDS)} of {len(pairs)} comparisons; {lowest}; "
        f"{clearance(comparison, above)}"
    )
    ceilings = sum(excused(comparison, above) for _, comparison in found)
    if ceilings:
        numbers += f"; at a ceiling in {ceilings}"
    verdict = together(sides)
    return Finding(OPEN if missing and verdict != FAILS else verdict, numbers, missing)


def compared(
    results: Results, pairs: Sequence[Pair], left_out: Sequence[str] = ()
) -> tuple[list[tuple[Pair, Comparison]], str]:
    """Comparisons of the pairs that are there, and why others are not."""
    found, reasons = [], list(left_out)
    rows = {row.label: row for pair in pairs for row in pair[:2]}
    absent = [row for row in rows.values() if not is_computed(results, row)]
    if absent:
        reasons.append(f"{len(absent)} of {len(rows)} rows not computed")
    for row in absent:
        if len(pairs) > 1 and all(row in pair for pair in pairs):
            seeds = ", ".join(str(cell.seed) for cell in row.cells if cell not in results)
            reasons.append(f"{row.label}, which every comparison needs, lacks seed {seeds}")
    for pair in pairs:
        first, second, task = pair
        try:
            one, other = (results_of(results, row) for row in (first, second))
            comparison = compare(one, other, task, among=len(pairs))
        except NotComputed:
            continue
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
    if not is_computed(results, row):
        raise NotComputed(f"{row.label}: not computed")
    return [results[cell] for cell in row.cells]


def is_computed(results: Results, row: Row) -> bool:
    """Whether all cells are there, as they are where there is nothing to compute."""
    return all(cell in results for cell in row.cells)


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
    for reason in plan.not_scored(*tasks):
        raise CannotBeTold(reason)


def side(comparison: Comparison, threshold: float) -> str:
    """On which side of a threshold a difference lies, if its interval tells.

    Below only if the interval corrected for the number of comparisons says so. At a ceiling, where
    even a model without an error would not stand clear of the threshold, not to be above it refutes
    nothing; to be worse than the other model still does.
    """
    if comparison.interval[0] > threshold:
        return HOLDS
    high = comparison.corrected[1]
    at_ceiling = comparison.without_error[0] <= threshold
    refuted = high < min(threshold, 0) if at_ceiling else high <= threshold
    return FAILS if refuted else OPEN


def excused(comparison: Comparison, threshold: float) -> bool:
    """Whether it is only for a ceiling that a difference does not refute."""
    return comparison.corrected[1] <= threshold and side(comparison, threshold) == OPEN


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


def clearance(comparison: Comparison, threshold: float) -> str:
    """A threshold, and how far from it an interval is."""

    def where(interval: tuple[float, float]) -> str:
        low, high = (100 * (bound - threshold) for bound in interval)
        if low > 0:
            return f"begins {low:.2f} above"
        if high <= 0:
            return f"ends {-high:.2f} below" if high < -0.005 else "ends at it"
        return f"reaches from {-low:.2f} below to {high:.2f} above"

    below = comparison.interval[1] <= threshold
    return f"threshold {100 * threshold:+.2f}, interval {_told_of(comparison, where, below)}"


def clearance_within(comparison: Comparison, margin: float) -> str:
    """The same where a difference must not be larger than a margin, in either direction."""

    def where(interval: tuple[float, float]) -> str:
        farthest = max(map(abs, interval))
        if outside(interval, margin):
            return f"begins {100 * (min(map(abs, interval)) - margin):.2f} outside"
        if farthest < margin:
            return f"ends {100 * (margin - farthest):.2f} inside"
        return f"reaches {100 * (farthest - margin):.2f} outside"

    beyond = outside(comparison.interval, margin)
    return f"threshold ±{100 * margin:.2f}, interval {_told_of(comparison, where, beyond)}"


def _told_of(
    comparison: Comparison, where: Callable[[tuple[float, float]], str], refutes: bool
) -> str:
    """Where its interval is; and, if that alone would refute, where the corrected one is."""
    told = where(comparison.interval)
    if refutes and comparison.among > 1:
        told += f", corrected for {comparison.among} comparisons it {where(comparison.corrected)}"
    return told


def foremost(
    name: str,
    found: Sequence[tuple[Pair, Comparison]],
    refuting: Sequence[tuple[Pair, Comparison]],
    rank: Callable[[float], float],
) -> tuple[str, Comparison]:
    """The difference that ranks highest.

    One that refutes goes before all others: the verdict is to be seen in the numbers.
    """
    pair, comparison = max(refuting or found, key=lambda item: rank(item[1].difference))
    of = " of those that refute" if refuting else ""
    return f"{name} difference{of}: {told(pair, comparison)}", comparison


def told(pair: Pair, comparison: Comparison) -> str:
    first, second, task = pair
    return f"{points(comparison)} for {first.label} over {second.label}, {task}"
