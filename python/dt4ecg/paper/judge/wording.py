"""The texts of differences, intervals and their distances from a threshold, in points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dt4ecg.paper.design.rows import Row
from dt4ecg.paper.judge.comparison import Comparison
from dt4ecg.paper.judge.verdicts import outside

Pair = tuple[Row, Row, str]  # two models, and the task that they are compared on


def points(comparison: Comparison) -> str:
    """Return a difference and its interval."""
    low, high = comparison.interval
    return f"{100 * comparison.difference:+.2f} points ({100 * low:+.2f} to {100 * high:+.2f})"


def clearance(comparison: Comparison, threshold: float) -> str:
    """Return a threshold and the distance of the interval from it."""

    def where(interval: tuple[float, float]) -> str:
        low, high = (100 * (bound - threshold) for bound in interval)
        if low > 0:
            return f"begins {low:.2f} above"
        if high <= 0:
            return f"ends {-high:.2f} below" if high < -0.005 else "ends at the threshold"
        return f"reaches from {abs(low):.2f} below to {high:.2f} above"

    below = comparison.interval[1] <= threshold
    return f"threshold {100 * threshold:+.2f}, interval {_position(comparison, where, below)}"


def clearance_within(comparison: Comparison, margin: float) -> str:
    """Return a margin around 0 and the distance of the interval from its ends."""

    def where(interval: tuple[float, float]) -> str:
        farthest = max(map(abs, interval))
        if outside(interval, margin):
            return f"begins {100 * (min(map(abs, interval)) - margin):.2f} outside"
        if farthest < margin:
            return f"ends {100 * (margin - farthest):.2f} inside"
        return f"reaches {100 * (farthest - margin):.2f} outside"

    beyond = outside(comparison.interval, margin)
    return f"threshold ±{100 * margin:.2f}, interval {_position(comparison, where, beyond)}"


def _position(
    comparison: Comparison, where: Callable[[tuple[float, float]], str], refutes: bool
) -> str:
    """Return the position of the interval, and that of the corrected one if it decides."""
    text = where(comparison.interval)
    if refutes and comparison.among > 1:
        text += f", corrected for {comparison.among} comparisons it {where(comparison.corrected)}"
    return text


def foremost(
    name: str,
    found: Sequence[tuple[Pair, Comparison]],
    refuting: Sequence[tuple[Pair, Comparison]],
    rank: Callable[[float], float],
) -> tuple[str, Comparison]:
    """Return the text of the comparison with the highest rank, and the comparison.

    Comparisons that refute the claim have precedence, so that the numbers explain the verdict.
    """
    pair, comparison = max(refuting or found, key=lambda item: rank(item[1].difference))
    group = " of those that refute" if refuting else ""
    first, second, task = pair
    text = f"{points(comparison)} for {first.label} over {second.label}, {task}"
    return f"{name} difference{group}: {text}", comparison
