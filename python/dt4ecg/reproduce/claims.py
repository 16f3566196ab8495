"""The paper's claims, one by one, each with the rule of its verdict.

The rules were written before any result was seen. A docstring here is a rule, and the report prints
it. For all of them: a verdict needs every cell of the claim, trained as long as in the paper, with
at least three seeds; but a claim about all members of a family is refuted by those that are there.
Intervals are those of the bootstrap over recordings (95 %); points are percentage points.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from dt4ecg.reproduce import paper, tables
from dt4ecg.reproduce.cells import Cell
from dt4ecg.reproduce.evidence import Comparison, compare
from dt4ecg.reproduce.plans import Plan
from dt4ecg.reproduce.results import Result
from dt4ecg.reproduce.tables import GRADNORMS, Row

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot be told"

LEAST_SEEDS = 3
MARGIN = 0.01  # one point: what counts as no difference worth having
CONVERGED_AT = 0.99  # of the highest training accuracy of the run

Results = Mapping[Cell, Result]


@dataclass(frozen=True)
class Finding:
    """A verdict, and the numbers that it rests on or the reason why there is none."""

    verdict: str
    numbers: str


@dataclass(frozen=True)
class Claim:
    """One claim: the paper's sentence, and the function of the cells that judges it."""

    text: str
    judge: Callable[..., Finding]
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        return " ".join(inspect.cleandoc(self.judge.__doc__ or "").split())

    def __call__(self, plan: Plan, results: Results) -> Finding:
        try:
            return self.judge(plan, results, **self.settings)
        except CannotBeTold as reason:
            return Finding(OPEN, str(reason))


class CannotBeTold(Exception):
    """Why there is no verdict."""


def beats_all_baselines(plan: Plan, results: Results) -> Finding:
    """Table I. Holds if the interval of the difference lies above 0 for every baseline and both
    tasks; does not hold if it lies nowhere above 0 for one of them; cannot be told otherwise."""
    _require_epochs(plan.epochs, paper.EPOCHS)
    _require_scored(plan, "identity", "activity")
    table = tables.table_i(plan)
    return _for_all(results, [(table.row(a), table.row(b), task) for a, b, task in table.pairs])


def sca_is_best_for_activity(plan: Plan, results: Results) -> Finding:
    """Table III. Holds if in each of the five networks the interval of SCA's activity accuracy less
    that of every other attention, and of none, lies above 0; does not hold if it lies nowhere above
    0 for one of them; cannot be told otherwise."""
    _require_epochs(plan.epochs, paper.EPOCHS)
    _require_scored(plan, "activity")
    table = tables.table_iii(plan)
    pairs = [(table.row(a), table.row(b), t) for a, b, t in table.pairs if t == "activity"]
    return _for_all(results, pairs)


def attention_barely_matters_for_identity(plan: Plan, results: Results) -> Finding:
    """Table III. Holds if in each of the five networks the interval of every attention's identity
    accuracy less that of none lies within 1 point of 0; does not hold if it lies wholly outside for
    one of them; cannot be told otherwise."""
    _require_epochs(plan.epochs, paper.EPOCHS)
    _require_scored(plan, "identity")
    table = tables.table_iii(plan)
    found, missing = _compared(
        results,
        [
            (
                table.row(tables.attended(backbone, attention)),
                table.row(tables.attended(backbone, "none")),
                "identity",
            )
            for backbone, attention in product(paper.ABLATED_BACKBONES, paper.ATTENTIONS)
            if attention != "none"
        ],
    )
    largest = max(found, key=lambda item: abs(item[1].difference))
    numbers = f"largest difference: {_told(*largest)}"
    if any(_outside(comparison.interval, MARGIN) for _, comparison in found):
        return Finding(FAILS, numbers)
    if missing:
        return Finding(OPEN, f"{missing}; {numbers}")
    within = all(max(map(abs, comparison.interval)) < MARGIN for _, comparison in found)
    return Finding(HOLDS if within else OPEN, numbers)


def two_tasks_compromise_neither(plan: Plan, results: Results) -> Finding:
    """Table IV. Two tasks in one network against one each, neither with GradNorm. Holds if for both
    tasks the interval of the difference lies above -1 point; does not hold if it lies below -1
    point for one; cannot be told otherwise."""
    _require_epochs(plan.short_epochs, paper.SHORT_EPOCHS)
    _require_scored(plan, "identity", "activity")
    table = tables.table_iv(plan)
    pairs = [
        (table.row(tables.WITHOUT), table.row(tables.single(task)), task)
        for task in ("identity", "activity")
    ]
    return _for_all(results, pairs, above=-MARGIN)


def gradnorm_gains_on_the_test_set(plan: Plan, results: Results, weighting: str) -> Finding:
    """Table IV. Holds if for both tasks the interval of the gain lies above half of the paper's
    gain; does not hold if for one task it lies below that; cannot be told otherwise."""
    _require_epochs(plan.short_epochs, paper.SHORT_EPOCHS)
    _require_scored(plan, *paper.WITH_GRADNORM)
    table = tables.table_iv(plan)
    verdicts, numbers = [], []
    for task, with_gradnorm in paper.WITH_GRADNORM.items():
        half = (with_gradnorm.accuracy - paper.WITHOUT_GRADNORM[task].accuracy) / 200
        pair = (table.row(GRADNORMS[weighting]), table.row(tables.WITHOUT), task)
        found, missing = _compared(results, [pair])
        if missing:
            raise CannotBeTold(missing)
        ((_, comparison),) = found
        verdicts.append(_side(comparison.interval, half))
        numbers.append(f"{task} {_points(comparison)}")
    return Finding(_together(verdicts), "; ".join(numbers))


def gradnorm_lifts_each_epoch(plan: Plan, results: Results, weighting: str) -> Finding:
    """Fig. 7. The activity's training accuracy with GradNorm less that without, seed by seed. Holds
    if in every seed it is above 0 in each epoch and at least 5 points on average over the epochs;
    does not hold if the average is below 5 points in every seed; cannot be told otherwise."""
    _require_epochs(plan.short_epochs, paper.SHORT_EPOCHS)
    with_gradnorm, without = (
        _training_accuracy(results, row, "activity") for row in _fig_7_rows(plan, weighting)
    )
    gains = with_gradnorm - without
    means, half = gains.mean(axis=1), paper.GAIN_PER_EPOCH / 200
    numbers = "average gain by seed: " + ", ".join(f"{100 * gain:+.1f}" for gain in means)
    numbers += f" points; lowest of an epoch {100 * gains.min():+.1f}"
    if (means < half).all():
        return Finding(FAILS, numbers)
    return Finding(HOLDS if (means >= half).all() and (gains > 0).all() else OPEN, numbers)


def gradnorm_passes_90_percent(plan: Plan, results: Results, weighting: str) -> Finding:
    """Fig. 7. Holds if the activity's training accuracy passes 90 % within 20 epochs in every seed;
    does not hold if in none; cannot be told otherwise."""
    _require_epochs(plan.short_epochs, paper.SHORT_EPOCHS)
    row, _ = _fig_7_rows(plan, weighting)
    highest = _training_accuracy(results, row, "activity").max(axis=1)
    passed = highest > paper.PASSED_IN_SHORT_TRAINING / 100
    numbers = "highest by seed: " + ", ".join(f"{100 * share:.1f} %" for share in highest)
    return Finding(_by_seed(passed), numbers)


def converges_near(plan: Plan, results: Results, row_of: str, epochs: Mapping[str, int]) -> Finding:
    """Fig. 6. A task has converged in the first epoch that reaches 99 % of the run's highest
    training accuracy; near means within a quarter of the paper's number of epochs, or two. Holds if
    both tasks are near in every seed; does not hold if one is in no seed; cannot be told
    otherwise."""
    _require_epochs(plan.epochs, paper.EPOCHS)
    row = next(row for row in tables.figure_6(plan).rows if row.label == row_of)
    verdicts, numbers = [], []
    for task, expected in epochs.items():
        accuracy = _training_accuracy(results, row, task)
        highest = accuracy.max(axis=1, keepdims=True)
        converged = (accuracy >= CONVERGED_AT * highest).argmax(axis=1) + 1
        near = np.abs(converged - expected) <= max(2, expected / 4)
        verdicts.append(_by_seed(near))
        numbers.append(f"{task} in epoch {', '.join(map(str, converged))} (paper: {expected})")
    return Finding(_together(verdicts), "; ".join(numbers))


def algorithm_1_trains(plan: Plan, results: Results) -> Finding:
    """Table IV. Holds if in every seed both weights of Algorithm 1, as printed, are above 0 at the
    end; does not hold if in every seed both are exactly 0, so that nothing is learned any more;
    cannot be told otherwise."""
    _require_epochs(plan.short_epochs, paper.SHORT_EPOCHS)
    found = _results_of(results, tables.table_iv(plan).row(GRADNORMS["paper"]))
    last = np.array([_history(result)["weight"][-1] for result in found], float)
    numbers = f"largest weight at the end: {last.max():.3g}"
    if (last == 0).all():
        return Finding(FAILS, numbers)
    return Finding(HOLDS if (last > 0).all() else OPEN, numbers)


def comparable_to_the_state_of_the_art(plan: Plan, results: Results) -> Finding:
    """Table II. Holds if the interval of DT4ECG's accuracy less that of every method lies above -1
    point; does not hold if it lies below -1 point for one of them; cannot be told otherwise."""
    _require_epochs(plan.epochs, paper.EPOCHS)
    _require_scored(plan, "identity", "activity")
    table = tables.table_ii(plan)
    pairs = [(table.row(a), table.row(b), task) for a, b, task in table.pairs]
    return _for_all(results, pairs, above=-MARGIN)


def _of_gradnorms(text: str, judge: Callable[..., Finding], **settings: Any) -> list[Claim]:
    """The claim for both readings of what the paper calls GradNorm."""
    return [
        Claim(f"{text} ({title})", judge, {"weighting": name, **settings})
        for name, title in GRADNORMS.items()
    ]


CLAIMS: tuple[Claim, ...] = (
    Claim("DT4ECG beats all other networks on both tasks", beats_all_baselines),
    Claim("SCA gives the best activity accuracy in all five networks", sca_is_best_for_activity),
    Claim("Attention barely matters for identity", attention_barely_matters_for_identity),
    Claim("Learning two tasks compromises neither", two_tasks_compromise_neither),
    Claim("The results are comparable to the state of the art", comparable_to_the_state_of_the_art),
    Claim("The printed Algorithm 1 trains", algorithm_1_trains),
    *_of_gradnorms(
        "At 20 epochs GradNorm gains "
        + " and ".join(
            f"{scores.accuracy - paper.WITHOUT_GRADNORM[task].accuracy:.1f} points of {task}"
            for task, scores in paper.WITH_GRADNORM.items()
        )
        + " on the test set",
        gradnorm_gains_on_the_test_set,
    ),
    *_of_gradnorms(
        f"With GradNorm the activity's training accuracy is about {paper.GAIN_PER_EPOCH:g} points "
        "higher in each of 20 epochs",
        gradnorm_lifts_each_epoch,
    ),
    *_of_gradnorms(
        "With GradNorm the activity's training accuracy passes "
        f"{paper.PASSED_IN_SHORT_TRAINING:g} % within 20 epochs",
        gradnorm_passes_90_percent,
    ),
    Claim(
        "Without GradNorm identity converges near epoch "
        f"{paper.CONVERGED_WITHOUT['identity']} and activity near "
        f"{paper.CONVERGED_WITHOUT['activity']}",
        converges_near,
        {"row_of": tables.WITHOUT, "epochs": paper.CONVERGED_WITHOUT},
    ),
    *(
        Claim(
            f"With GradNorm identity converges near epoch {paper.CONVERGED_WITH['identity']} and "
            f"activity near {paper.CONVERGED_WITH['activity']} ({title})",
            converges_near,
            {"row_of": title, "epochs": paper.CONVERGED_WITH},
        )
        for title in GRADNORMS.values()
    ),
)


def _for_all(
    results: Results, pairs: Sequence[tuple[Row, Row, str]], above: float = 0.0
) -> Finding:
    """Whether every difference is above a threshold: one that is not refutes."""
    found, missing = _compared(results, pairs)
    smallest = min(found, key=lambda item: item[1].difference)
    sides = [_side(comparison.interval, above) for _, comparison in found]
    numbers = (
        f"above in {sides.count(HOLDS)} of {len(pairs)} comparisons; smallest difference: "
        f"{_told(*smallest)}"
    )
    verdict = _together(sides)
    if missing and verdict != FAILS:
        return Finding(OPEN, f"{missing}; {numbers}")
    return Finding(verdict, numbers)


def _compared(
    results: Results, pairs: Sequence[tuple[Row, Row, str]]
) -> tuple[list[tuple[tuple[Row, Row, str], Comparison]], str]:
    """Comparisons of the pairs that are there, and why the others are not."""
    found, reasons = [], []
    for pair in pairs:
        first, second, task = pair
        try:
            compared = compare(_results_of(results, first), _results_of(results, second), task)
        except CannotBeTold as reason:
            reasons.append(str(reason))
            continue
        if compared is None:
            reasons.append(f"{task} is not scored")
        else:
            found.append((pair, compared))
    missing = "; ".join(dict.fromkeys(reasons))
    if not found:
        raise CannotBeTold(missing or "there is nothing to compare")
    return found, missing


def _results_of(results: Results, row: Row) -> list[Result]:
    """Results of all seeds of a row."""
    if row.note:
        raise CannotBeTold(row.note)
    if len(row.cells) < LEAST_SEEDS:
        raise CannotBeTold(f"{len(row.cells)} seeds, a verdict needs {LEAST_SEEDS}")
    if not all(cell in results for cell in row.cells):
        raise CannotBeTold(f"{row.label}: not computed")
    return [results[cell] for cell in row.cells]


def _history(result: Result) -> dict[str, Any]:
    if result.history is None:
        raise CannotBeTold("there is no history of the training")
    return result.history


def _training_accuracy(results: Results, row: Row, task: str) -> np.ndarray:
    """(seeds, epochs)."""
    histories = [_history(result) for result in _results_of(results, row)]
    if task not in histories[0]["tasks"]:
        raise CannotBeTold(f"there is no {task} in these data")
    column = histories[0]["tasks"].index(task)
    return np.array([history["accuracy"] for history in histories], float)[:, :, column]


def _fig_7_rows(plan: Plan, weighting: str) -> tuple[Row, Row]:
    table = tables.table_iv(plan)
    return table.row(GRADNORMS[weighting]), table.row(tables.WITHOUT)


def _require_epochs(epochs: int, papers: int) -> None:
    if epochs != papers:
        raise CannotBeTold(f"epochs: {epochs}, in the paper {papers}")


def _require_scored(plan: Plan, *tasks: str) -> None:
    for task in tasks:
        if task not in plan.scored:
            raise CannotBeTold(f"{task} cannot be scored on these data with {plan.protocol}")


def _side(interval: tuple[float, float], threshold: float) -> str:
    if interval[0] > threshold:
        return HOLDS
    return FAILS if interval[1] <= threshold else OPEN


def _outside(interval: tuple[float, float], margin: float) -> bool:
    return interval[0] > margin or interval[1] < -margin


def _together(verdicts: Sequence[str]) -> str:
    """Of a claim with several parts."""
    if FAILS in verdicts:
        return FAILS
    return OPEN if OPEN in verdicts else HOLDS


def _by_seed(true: np.ndarray) -> str:
    if true.all():
        return HOLDS
    return OPEN if true.any() else FAILS


def _points(comparison: Comparison) -> str:
    low, high = comparison.interval
    return f"{100 * comparison.difference:+.2f} points ({100 * low:+.2f} to {100 * high:+.2f})"


def _told(pair: tuple[Row, Row, str], comparison: Comparison) -> str:
    first, second, task = pair
    return f"{_points(comparison)} for {first.label} over {second.label}, {task}"
