"""The rules of the verdicts. The docstring of a function is the rule that a report prints.

Some conditions apply to every rule:

* A verdict needs every cell of the claim, trained as long as in the paper, with at least three
  seeds. A claim about all members of a family is refuted by the members that are computed.
* At a ceiling, where even a model without an error would not be clearly above a threshold, only a
  loss refutes a claim (:func:`~dt4ecg.paper.judge.verdicts.side`).
* One of several comparisons refutes a claim only by an interval that is corrected for their number
  (Bonferroni), because one of many intervals is easily on the wrong side by chance.
* Intervals are those of the bootstrap over recordings and seeds (95 %). Points are percentage
  points.

The rules were fixed before the committed runs, but after a first study of the weightings on the
same data. Three conditions were added later. The condition on ceilings was added after Table IV of
``motion-ecg``, and no verdict changed. The first claim is also judged with GradNorm since its Table
I was known. The correction was added after all runs, and it can only withdraw a refutation.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from dt4ecg.paper.design import figures, published, tables
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.published import GRADNORMS
from dt4ecg.paper.design.rows import Row
from dt4ecg.paper.judge.family import compared, for_all
from dt4ecg.paper.judge.inputs import (
    Results,
    history,
    is_computed,
    require_epochs,
    require_scored,
    results_of,
    training_accuracy,
)
from dt4ecg.paper.judge.verdicts import (
    FAILS,
    HOLDS,
    OPEN,
    Finding,
    InconclusiveError,
    by_seed,
    excused,
    outside,
    side,
    together,
)
from dt4ecg.paper.judge.wording import clearance, clearance_within, foremost, points

MARGIN = 0.01  # one point: a smaller difference has no practical importance
CONVERGED_AT = 0.99  # fraction of the highest training accuracy of the run
PART = "only a part of the table was requested"


def beats_all_baselines(plan: Plan, results: Results, row_of: str) -> Finding:
    """Table I. Holds if the interval of the difference is above 0 for every other network and both
    tasks. Does not hold if no part of the interval is above 0 for one of them. Inconclusive
    otherwise."""
    require_epochs(plan.epochs, published.EPOCHS)
    table = tables.table_i(plan)
    pairs = [pair for pair in table.compared_rows if pair[0].label == row_of]
    left_out = [*plan.not_scored("identity", "activity"), *([PART] if table.is_part else [])]
    return for_all(results, pairs, left_out=left_out)


def sca_is_best_for_activity(plan: Plan, results: Results) -> Finding:
    """Table III. The difference is the activity accuracy of SCA less that of another attention, or
    of none. Holds if its interval is above 0 for each of them in each of the five networks. Does
    not hold if no part of the interval is above 0 for one of them. Inconclusive otherwise."""
    require_epochs(plan.epochs, published.EPOCHS)
    require_scored(plan, "activity")
    table = tables.table_iii(plan)
    pairs = [
        (first, second, task)
        for first, second, task in table.compared_rows
        if task == "activity" and _attention(first) == published.ATTENTIONS["sca"]
    ]
    return for_all(results, pairs, left_out=[PART] if table.is_part else [])


def attention_barely_matters_for_identity(plan: Plan, results: Results) -> Finding:
    """Table III. The difference is the identity accuracy of an attention less that of none. Holds
    if its interval is within 1 point of 0 for each attention in each of the five networks. Does not
    hold if it is completely outside for one of them. Inconclusive otherwise."""
    require_epochs(plan.epochs, published.EPOCHS)
    require_scored(plan, "identity")
    table = tables.table_iii(plan)
    pairs = [
        (first, second, task)
        for first, second, task in table.compared_rows
        if task == "identity" and _attention(second) == published.ATTENTIONS["none"]
    ]
    found, missing = compared(results, pairs, [PART] if table.is_part else [])
    refuting = [item for item in found if outside(item[1].corrected, MARGIN)]
    largest, comparison = foremost("largest", found, refuting, abs)
    numbers = f"{largest}; {clearance_within(comparison, MARGIN)}"
    if refuting:
        return Finding(FAILS, numbers, missing)
    within = all(max(map(abs, comparison.interval)) < MARGIN for _, comparison in found)
    return Finding(HOLDS if within and not missing else OPEN, numbers, missing)


def two_tasks_compromise_neither(plan: Plan, results: Results) -> Finding:
    """Table IV. One network with two tasks is compared with two networks of one task each, all
    without GradNorm. Holds if the interval of the difference is above -1 point for both tasks. Does
    not hold if it is below -1 point for one of them. Inconclusive otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    require_scored(plan, "identity", "activity")
    table = tables.table_iv(plan)
    pairs = [
        (table.row(tables.WITHOUT), table.row(tables.single(task)), task)
        for task in ("identity", "activity")
    ]
    return for_all(results, pairs, above=-MARGIN)


def gradnorm_gains_on_the_test_set(plan: Plan, results: Results, weighting: str) -> Finding:
    """Table IV. Holds if the interval of the gain is above half of the paper's gain for both tasks.
    Does not hold if it is below that for one of them. Inconclusive otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    require_scored(plan, *published.WITH_GRADNORM)
    table = tables.table_iv(plan)
    rows = table.row(GRADNORMS[weighting]), table.row(tables.WITHOUT)
    found, missing = compared(results, [(*rows, task) for task in published.WITH_GRADNORM])
    if missing:
        raise InconclusiveError(missing)
    verdicts, numbers = [], []
    for (*_, task), comparison in found:
        gain = published.WITH_GRADNORM[task].accuracy - published.WITHOUT_GRADNORM[task].accuracy
        half = gain / 200
        verdicts.append(side(comparison, half))
        ceiling = ", at a ceiling" if excused(comparison, half) else ""
        numbers.append(f"{task} {points(comparison)}, {clearance(comparison, half)}{ceiling}")
    return Finding(together(verdicts), "; ".join(numbers))


def gradnorm_lifts_each_epoch(plan: Plan, results: Results, weighting: str) -> Finding:
    """Fig. 7. The gain is the training accuracy of the activity with GradNorm less that without,
    for each seed. Holds if in every seed it is above 0 in each epoch and at least 5 points on
    average over the epochs. Does not hold if the average is below 5 points in every seed.
    Inconclusive otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    with_gradnorm, without = (
        training_accuracy(results, row, "activity") for row in _fig_7_rows(plan, weighting)
    )
    gains = with_gradnorm - without
    means, half = gains.mean(axis=1), published.GAIN_PER_EPOCH / 200
    numbers = "average gain by seed: " + ", ".join(f"{100 * gain:+.1f}" for gain in means)
    numbers += f" points, threshold {100 * half:+.1f}; "
    numbers += f"lowest gain in an epoch {100 * gains.min():+.1f}, threshold 0"
    if (means < half).all():
        return Finding(FAILS, numbers)
    return Finding(HOLDS if (means >= half).all() and (gains > 0).all() else OPEN, numbers)


def gradnorm_passes_90_percent(plan: Plan, results: Results, weighting: str) -> Finding:
    """Fig. 7. Holds if the training accuracy of the activity is above 90 % within 20 epochs in
    every seed. Does not hold if it is not above 90 % in any seed. Inconclusive otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    with_gradnorm, without = _fig_7_rows(plan, weighting)
    highest = training_accuracy(results, with_gradnorm, "activity").max(axis=1)
    passed = highest > published.PASSED_IN_SHORT_TRAINING / 100
    numbers = f"highest by seed: {_percentages(highest)}, "
    numbers += f"threshold {published.PASSED_IN_SHORT_TRAINING:g} %"
    if is_computed(results, without):
        alone = training_accuracy(results, without, "activity").max(axis=1)
        numbers += f"; without GradNorm: {_percentages(alone)}"
    return Finding(by_seed(passed), numbers)


def converges_near(plan: Plan, results: Results, row_of: str, epochs: Mapping[str, int]) -> Finding:
    """Fig. 6. A task has converged in the first epoch with 99 % of the highest training accuracy of
    the run. Near means within a quarter of the paper's number of epochs, or within two if that is
    more. Holds if both tasks are near in every seed. Does not hold if one task is not near in any
    seed. Inconclusive otherwise."""
    require_epochs(plan.epochs, published.EPOCHS)
    row = next(row for row in figures.figure_6(plan).rows if row.label == row_of)
    verdicts, numbers = [], []
    for task, expected in epochs.items():
        accuracy = training_accuracy(results, row, task)
        highest = accuracy.max(axis=1, keepdims=True)
        converged = (accuracy >= CONVERGED_AT * highest).argmax(axis=1) + 1
        reach = max(2, expected // 4)
        near = np.abs(converged - expected) <= reach
        verdicts.append(by_seed(near))
        numbers.append(
            f"{task} in epoch {', '.join(map(str, converged))} (paper: {expected}, near: ± {reach})"
        )
    return Finding(together(verdicts), "; ".join(numbers))


def algorithm_1_trains(plan: Plan, results: Results) -> Finding:
    """Table IV. Holds if both weights of Algorithm 1, as printed, are above 0 at the end in every
    seed. Does not hold if both are exactly 0 in every seed, so that the network stops learning.
    Inconclusive otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    found = results_of(results, tables.table_iv(plan).row(GRADNORMS["paper"]))
    last = np.array([history(result)["weight"][-1] for result in found], float)
    numbers = f"largest weight at the end: {last.max():.3g}, threshold: above 0"
    if (last == 0).all():
        return Finding(FAILS, numbers)
    return Finding(HOLDS if (last > 0).all() else OPEN, numbers)


def comparable_to_the_state_of_the_art(plan: Plan, results: Results, task: str) -> Finding:
    """Table II, for each task separately. The difference is the accuracy of DT4ECG less that of
    another method. Holds if its interval is above -1 point for every method. Does not hold if it is
    below -1 point for one of them. Inconclusive otherwise."""
    require_epochs(plan.epochs, published.EPOCHS)
    require_scored(plan, task)
    table = tables.table_ii(plan)
    pairs = [pair for pair in table.compared_rows if pair[2] == task]
    return for_all(results, pairs, -MARGIN, [PART] if table.is_part else [])


def _percentages(fractions: np.ndarray) -> str:
    return ", ".join(f"{100 * fraction:.1f} %" for fraction in fractions)


def _attention(row: Row) -> str:
    """Return the title of the attention of a row of Table III."""
    return row.label.rpartition(", ")[2]


def _fig_7_rows(plan: Plan, weighting: str) -> tuple[Row, Row]:
    table = tables.table_iv(plan)
    return table.row(GRADNORMS[weighting]), table.row(tables.WITHOUT)
