"""Claims about a family of comparisons, all of which must be on one side of a threshold."""

from __future__ import annotations

from collections.abc import Sequence

from dt4ecg._common.wording import counted
from dt4ecg.paper.judge.comparison import Comparison, compare
from dt4ecg.paper.judge.inputs import NotComputedError, Results, is_computed, results_of
from dt4ecg.paper.judge.verdicts import (
    FAILS,
    HOLDS,
    OPEN,
    Finding,
    InconclusiveError,
    excused,
    side,
    together,
)
from dt4ecg.paper.judge.wording import Pair, clearance, foremost

LEAST_RECORDINGS = 10  # a bootstrap over fewer recordings does not generalise to others
SHOWN = 3  # number of reasons for missing comparisons that a text lists


def for_all(
    results: Results, pairs: Sequence[Pair], above: float = 0.0, left_out: Sequence[str] = ()
) -> Finding:
    """Judge whether every difference is above a threshold.

    One difference that is not above it refutes the claim, by an interval corrected for the number
    of comparisons. Holding needs no correction, because all of the differences must be above it.

    Parameters
    ----------
    results : dict of Cell to Result
        The finished cells.
    pairs : sequence of (Row, Row, str)
        The rows and the task of each comparison.
    above : float, default 0.0
        The threshold as a fraction.
    left_out : sequence of str, default ()
        Reasons why other comparisons of the claim are not among the pairs.
    """
    found, missing = compared(results, pairs, left_out)
    sides = [side(comparison, above) for _, comparison in found]
    refuting = [item for item, verdict in zip(found, sides, strict=True) if verdict == FAILS]
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
    """Return the comparisons that are possible, and the reasons why others are missing.

    Raises
    ------
    InconclusiveError
        No comparison is possible.
    """
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
        except NotComputedError:
            continue
        except InconclusiveError as reason:
            reasons.append(str(reason))
            continue
        if comparison is None:
            reasons.append(f"{task} is not scored")
        elif comparison.recordings < LEAST_RECORDINGS:
            reasons.append(
                f"{counted(comparison.recordings, 'recording')}, a verdict needs {LEAST_RECORDINGS}"
            )
        else:
            found.append((pair, comparison))
    different = list(dict.fromkeys(reasons))
    missing = "; ".join(different[:SHOWN])
    if len(different) > SHOWN:
        missing += f"; {len(different) - SHOWN} more"
    if not found:
        raise InconclusiveError(missing or "there is nothing to compare")
    return found, missing
