"""The paper's claims, one by one, each with the rule of its verdict.

The rules were written before this grid was run; what the README's study of the weightings had found
was known, and Table IV of the motion set when the clause on ceilings was added, which changed no
verdict there; so was its Table I when the first claim was judged with GradNorm too. A docstring
here is a rule, and the report prints it. For all of them: a verdict needs every cell of the claim,
trained as long as in the paper, with at least three seeds; but a claim about all members of a
family is refuted by those that are there. At a ceiling, where even a model without an error would
not stand clear of a threshold, only a loss refutes (``verdicts.side``). One of several comparisons
refutes only by an interval corrected for their number (Bonferroni), which was added when all runs
were known, as any of many intervals is soon on the wrong side by chance.
Intervals are those of the bootstrap over recordings (95 %); points are percentage points.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from dt4ecg.paper.design import published, tables
from dt4ecg.paper.design.plans import Plan
from dt4ecg.paper.design.published import GRADNORMS
from dt4ecg.paper.design.tables import Row
from dt4ecg.paper.judge.verdicts import (
    FAILS,
    HOLDS,
    OPEN,
    PART,
    CannotBeTold,
    Finding,
    Results,
    by_seed,
    clearance,
    clearance_within,
    compared,
    excused,
    for_all,
    foremost,
    history,
    is_computed,
    outside,
    points,
    require_epochs,
    require_scored,
    results_of,
    side,
    together,
    training_accuracy,
)

MARGIN = 0.01  # one point: what counts as no difference worth having
CONVERGED_AT = 0.99  # of the highest training accuracy of the run


@dataclass(frozen=True)
class Claim:
    """One claim: the paper's sentence, and the function of the cells that judges it.

    ``parts`` are the tables and figures any of which has its cells. What refutes the ``premise``
    refutes the claim with it.
    """

    text: str
    judge: Callable[..., Finding]
    parts: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    premise: Claim | None = None

    @property
    def rule(self) -> str:
        return " ".join(inspect.cleandoc(self.judge.__doc__ or "").split())

    def __call__(self, plan: Plan, results: Results) -> Finding:
        try:
            finding = self.judge(plan, results, **self.settings)
        except CannotBeTold as reason:
            return Finding(OPEN, "", str(reason))
        if self.premise is None or finding.verdict != FAILS:
            return finding
        return replace(finding, follows=self.premise(plan, results).verdict == FAILS)


def beats_all_baselines(plan: Plan, results: Results, row_of: str) -> Finding:
    """Table I. Holds if the interval of the difference lies above 0 for every baseline and both
    tasks; does not hold if it lies nowhere above 0 for one of them; cannot be told otherwise."""
    require_epochs(plan.epochs, published.EPOCHS)
    table = tables.table_i(plan)
    pairs = [pair for pair in table.compared_rows if pair[0].label == row_of]
    left_out = [*plan.not_scored("identity", "activity"), *([PART] if table.is_part else [])]
    return for_all(results, pairs, left_out=left_out)


def sca_is_best_for_activity(plan: Plan, results: Results) -> Finding:
    """Table III. Holds if in each of the five networks the interval of SCA's activity accuracy less
    that of every other attention, and of none, lies above 0; does not hold if it lies nowhere above
    0 for one of them; cannot be told otherwise."""
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
    """Table III. Holds if in each of the five networks the interval of every attention's identity
    accuracy less that of none lies within 1 point of 0; does not hold if it lies wholly outside for
    one of them; cannot be told otherwise."""
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
    """Table IV. Two tasks in one network against one each, neither with GradNorm. Holds if for both
    tasks the interval of the difference lies above -1 point; does not hold if it lies below -1
    point for one; cannot be told otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    require_scored(plan, "identity", "activity")
    table = tables.table_iv(plan)
    pairs = [
        (table.row(tables.WITHOUT), table.row(tables.single(task)), task)
        for task in ("identity", "activity")
    ]
    return for_all(results, pairs, above=-MARGIN)


def gradnorm_gains_on_the_test_set(plan: Plan, results: Results, weighting: str) -> Finding:
    """Table IV. Holds if for both tasks the interval of the gain lies above half of the paper's
    gain; does not hold if for one task it lies below that; cannot be told otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    require_scored(plan, *published.WITH_GRADNORM)
    table = tables.table_iv(plan)
    rows = table.row(GRADNORMS[weighting]), table.row(tables.WITHOUT)
    found, missing = compared(results, [(*rows, task) for task in published.WITH_GRADNORM])
    if missing:
        raise CannotBeTold(missing)
    verdicts, numbers = [], []
    for (*_, task), comparison in found:
        gain = published.WITH_GRADNORM[task].accuracy - published.WITHOUT_GRADNORM[task].accuracy
        half = gain / 200
        verdicts.append(side(comparison, half))
        ceiling = ", at a ceiling" if excused(comparison, half) else ""
        numbers.append(f"{task} {points(comparison)}, {clearance(comparison, half)}{ceiling}")
    return Finding(together(verdicts), "; ".join(numbers))


def gradnorm_lifts_each_epoch(plan: Plan, results: Results, weighting: str) -> Finding:
    """Fig. 7. The activity's training accuracy with GradNorm less that without, seed by seed. Holds
    if in every seed it is above 0 in each epoch and at least 5 points on average over the epochs;
    does not hold if the average is below 5 points in every seed; cannot be told otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    with_gradnorm, without = (
        training_accuracy(results, row, "activity") for row in _fig_7_rows(plan, weighting)
    )
    gains = with_gradnorm - without
    means, half = gains.mean(axis=1), published.GAIN_PER_EPOCH / 200
    numbers = "average gain by seed: " + ", ".join(f"{100 * gain:+.1f}" for gain in means)
    numbers += f" points, threshold {100 * half:+.1f}; "
    numbers += f"lowest of an epoch {100 * gains.min():+.1f}, threshold 0"
    if (means < half).all():
        return Finding(FAILS, numbers)
    return Finding(HOLDS if (means >= half).all() and (gains > 0).all() else OPEN, numbers)


def gradnorm_passes_90_percent(plan: Plan, results: Results, weighting: str) -> Finding:
    """Fig. 7. Holds if the activity's training accuracy passes 90 % within 20 epochs in every seed;
    does not hold if in none; cannot be told otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    with_gradnorm, without = _fig_7_rows(plan, weighting)
    highest = training_accuracy(results, with_gradnorm, "activity").max(axis=1)
    passed = highest > published.PASSED_IN_SHORT_TRAINING / 100
    numbers = (
        f"highest by seed: {_shares(highest)}, threshold {published.PASSED_IN_SHORT_TRAINING:g} %"
    )
    if is_computed(results, without):
        alone = training_accuracy(results, without, "activity").max(axis=1)
        numbers += f"; without GradNorm: {_shares(alone)}"
    return Finding(by_seed(passed), numbers)


def converges_near(plan: Plan, results: Results, row_of: str, epochs: Mapping[str, int]) -> Finding:
    """Fig. 6. A task has converged in the first epoch that reaches 99 % of the run's highest
    training accuracy; near means within a quarter of the paper's number of epochs, or two. Holds if
    both tasks are near in every seed; does not hold if one is in no seed; cannot be told
    otherwise."""
    require_epochs(plan.epochs, published.EPOCHS)
    row = next(row for row in tables.figure_6(plan).rows if row.label == row_of)
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
    """Table IV. Holds if in every seed both weights of Algorithm 1, as printed, are above 0 at the
    end; does not hold if in every seed both are exactly 0, so that nothing is learned any more;
    cannot be told otherwise."""
    require_epochs(plan.short_epochs, published.SHORT_EPOCHS)
    found = results_of(results, tables.table_iv(plan).row(GRADNORMS["paper"]))
    last = np.array([history(result)["weight"][-1] for result in found], float)
    numbers = f"largest weight at the end: {last.max():.3g}, threshold: above 0"
    if (last == 0).all():
        return Finding(FAILS, numbers)
    return Finding(HOLDS if (last > 0).all() else OPEN, numbers)


def comparable_to_the_state_of_the_art(plan: Plan, results: Results, task: str) -> Finding:
    """Table II, by task, as some data have one. Holds if the interval of DT4ECG's accuracy less
    that of every method lies above -1 point; does not hold if it lies below -1 point for one of
    them; cannot be told otherwise."""
    require_epochs(plan.epochs, published.EPOCHS)
    require_scored(plan, task)
    table = tables.table_ii(plan)
    pairs = [pair for pair in table.compared_rows if pair[2] == task]
    return for_all(results, pairs, -MARGIN, [PART] if table.is_part else [])


ALGORITHM_1 = Claim("The printed Algorithm 1 trains", algorithm_1_trains, ("IV", "7"))


def _of_gradnorms(
    text: str,
    judge: Callable[..., Finding],
    parts: tuple[str, ...],
    settings: Callable[[str], Mapping[str, Any]] = lambda weighting: {"weighting": weighting},
) -> list[Claim]:
    """The claim for both readings of what the paper calls GradNorm."""
    return [
        Claim(
            f"{text} ({title})",
            judge,
            parts,
            settings(name),
            premise=ALGORITHM_1 if name == "paper" else None,
        )
        for name, title in GRADNORMS.items()
    ]


CLAIMS: tuple[Claim, ...] = (
    *(
        Claim(
            f"DT4ECG beats all other networks on both tasks ({how})",
            beats_all_baselines,
            ("I",),
            {"row_of": row},
        )
        for row, how in (
            (tables.DT4ECG, tables.WITHOUT),
            (tables.weighted("chen2018"), GRADNORMS["chen2018"]),
        )
    ),
    Claim(
        "SCA gives the best activity accuracy in all five networks",
        sca_is_best_for_activity,
        ("III",),
    ),
    Claim("Attention barely matters for identity", attention_barely_matters_for_identity, ("III",)),
    Claim("Learning two tasks compromises neither", two_tasks_compromise_neither, ("IV",)),
    *(
        Claim(
            f"The results are comparable to the state of the art ({task})",
            comparable_to_the_state_of_the_art,
            ("II",),
            {"task": task},
        )
        for task in ("identity", "activity")
    ),
    ALGORITHM_1,
    *_of_gradnorms(
        "At 20 epochs GradNorm gains "
        + " and ".join(
            f"{scores.accuracy - published.WITHOUT_GRADNORM[task].accuracy:.1f} points of {task}"
            for task, scores in published.WITH_GRADNORM.items()
        )
        + " on the test set",
        gradnorm_gains_on_the_test_set,
        ("IV", "7"),
    ),
    *_of_gradnorms(
        f"With GradNorm the activity's training accuracy is about {published.GAIN_PER_EPOCH:g} "
        "points higher in each of 20 epochs",
        gradnorm_lifts_each_epoch,
        ("IV", "7"),
    ),
    *_of_gradnorms(
        "With GradNorm the activity's training accuracy passes "
        f"{published.PASSED_IN_SHORT_TRAINING:g} % within 20 epochs",
        gradnorm_passes_90_percent,
        ("IV", "7"),
    ),
    Claim(
        "Without GradNorm identity converges near epoch "
        f"{published.CONVERGED_WITHOUT['identity']} and activity near "
        f"{published.CONVERGED_WITHOUT['activity']}",
        converges_near,
        ("6",),
        {"row_of": tables.WITHOUT, "epochs": published.CONVERGED_WITHOUT},
    ),
    *_of_gradnorms(
        f"With GradNorm identity converges near epoch {published.CONVERGED_WITH['identity']} and "
        f"activity near {published.CONVERGED_WITH['activity']}",
        converges_near,
        ("6",),
        lambda weighting: {"row_of": GRADNORMS[weighting], "epochs": published.CONVERGED_WITH},
    ),
)


def of_parts(names: Collection[str]) -> list[Claim]:
    """The claims that a run of these tables and figures says something about."""
    return [claim for claim in CLAIMS if not set(names).isdisjoint(claim.parts)]


def _shares(of_seeds: np.ndarray) -> str:
    return ", ".join(f"{100 * share:.1f} %" for share in of_seeds)


def _attention(row: Row) -> str:
    """Title of the attention of a row of Table III."""
    return row.label.rpartition(", ")[2]


def _fig_7_rows(plan: Plan, weighting: str) -> tuple[Row, Row]:
    table = tables.table_iv(plan)
    return table.row(GRADNORMS[weighting]), table.row(tables.WITHOUT)
