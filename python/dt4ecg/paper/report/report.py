"""The report: what each table asks, the paper's numbers beside ours, and what ours can bear.

It is a function of the finished cells, and of why others failed, so that equal cells give equal
bytes; how long they took stands in their files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dt4ecg.paper.design import published
from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.plans import Plan
from dt4ecg.paper.design.tables import Figure, Table, cells_of
from dt4ecg.paper.judge.claims import CLAIMS, of_parts
from dt4ecg.paper.judge.evidence import RESAMPLES
from dt4ecg.paper.report.document import Block, Code, Grid, Heading, Picture, Text
from dt4ecg.paper.report.scores import (
    asks_about,
    comparisons,
    comparisons_grid,
    scores_grid,
    summary_of,
)
from dt4ecg.paper.run.results import Result

TITLE = "DT4ECG: the paper's experiments, run again"
Results = Mapping[Cell, Result]


def build(
    plan: Plan,
    tables: Sequence[Table],
    figures: Sequence[Figure],
    pictures: Mapping[str, bytes],
    results: Results,
    failures: Mapping[Cell, str],
    command: str,
) -> list[Block]:
    """The report as blocks; ``pictures`` are PNG by figure name, ``failures`` tracebacks."""
    blocks: list[Block] = [Heading(TITLE, 1), Text(_INTRODUCTION)]
    parts: list[Table | Figure] = [*tables, *figures]
    if not results:
        return [
            *blocks,
            Text("**No cell has been computed.**"),
            *_run(plan, parts, command, results),
        ]
    simulated = _any(results).data["simulated"]
    if simulated:
        blocks.append(
            Text(
                "**All signals of this report are simulated: nothing in it was measured on "
                "people.** Its numbers say how the methods behave on the simulator's cohort."
            )
        )
    blocks += [*_run(plan, parts, command, results), *_reading(), *_ledger(plan, parts, results)]
    for table in tables:
        blocks += _table(plan, table, results, failures, simulated)
    for figure in figures:
        blocks += [Heading(figure.title), Text(figure.question)]
        if figure.name in pictures:
            blocks += [
                Picture(
                    f"figure-{figure.name}",
                    f"{figure.title}, {of_run(plan, results)}",
                    pictures[figure.name],
                ),
                Text(
                    "Lines are means over the seeds; bands reach from the lowest seed to the "
                    "highest. Training accuracy is that of the steps of an epoch, while the "
                    "weights change."
                ),
            ]
        else:
            blocks.append(Text("No finished cells."))
    return blocks


def summary(
    plan: Plan,
    tables: Sequence[Table],
    figures: Sequence[Figure],
    results: Results,
    command: str,
) -> dict[str, Any]:
    """The report's numbers as JSON takes them."""
    parts: list[Table | Figure] = [*tables, *figures]
    return {
        "command": command,
        "data": plan.source.name,
        "of": of_people(plan, results),
        "sha256": plan.source.sha256,
        "simulated": _any(results).data["simulated"] if results else None,
        "protocol": plan.protocol,
        "seeds": list(plan.seeds),
        "epochs": plan.epochs,
        "short_epochs": plan.short_epochs,
        "cells": {"asked": len(cells_of(parts)), "computed": len(results)},
        "figures": [figure.name for figure in figures],
        "tables": {table.name: summary_of(plan, table, results) for table in tables},
        "claims": [
            {"claim": claim.text, **asdict(claim(plan, results)), "rule": claim.rule}
            for claim in of_parts([part.name for part in parts])
        ],
    }


ABOUT = (
    "You et al. (DT4ECG: A Dual-Task Learning Framework for ECG-Based Human Identity Recognition "
    "and Human Activity Detection, 2025) train one network to tell from 3 seconds of ECG who a "
    "person is and what they are doing. The network is a small residual one with an attention "
    "called SCA, and a rule called GradNorm weights its two tasks. Their recordings are private."
)
_INTRODUCTION = (
    f"{ABOUT} This report repeats their tables and figures on other data, puts their numbers "
    "beside ours, and says of each claim that these address whether it holds here."
)


def _run(
    plan: Plan, parts: Sequence[Table | Figure], command: str, results: Results
) -> list[Block]:
    facts = [f"Data: `{plan.source.name}`"]
    blocks: list[Block] = [Heading("This run"), Code(command)]
    if results:
        data = _any(results).data
        activities = data["classes"]["activity"]
        facts = [
            f"Data: {of_people(plan, results)}"
            + (f", {activities} activities" if activities else "")
            + f": {data['segments']} segments from {data['recordings']} recordings."
            + (f" Source: {data['citation'].strip().rstrip('.')}." if data["citation"] else "")
        ]
        chance = ", ".join(f"{task} {100 / data['classes'][task]:.1f} %" for task in plan.scored)
        facts.append(f"Chance, which is one of the classes at random: {chance}.")
    facts.append(f"SHA-256 of segments and labels: `{plan.source.sha256}`.")
    divided = "the split, " if _splits_differ(results) else ""
    facts.append(
        f"Protocol: {plan.protocol}, {1 - published.TEST_SIZE:.0%} for training. Seeds: "
        f"{', '.join(map(str, plan.seeds))}, each of {divided}initial weights and order. "
        f"Adam {published.LEARNING_RATE:g}, batch {published.BATCH_SIZE}, epochs: {_epochs(parts)}."
    )
    blocks += [Text(fact) for fact in facts]
    if results:
        first = min(results, key=lambda cell: cell.seed)
        blocks += [
            Text(
                f"What the test part shares with the training part (seed {first.seed}). The random "
                "split, the paper's, leaks: it says how well a system fits, not how well it would "
                "know a person tomorrow."
            ),
            Code(results[first].leaks),
        ]
        blocks += _environments(results)
    return blocks


def _epochs(parts: Sequence[Table | Figure]) -> str:
    """One number, or one for each kind of part: "50 (Table I), 20 (Table IV, Fig. 7)"."""
    titles: dict[int, list[str]] = {}
    for part in parts:
        for epochs in dict.fromkeys(cell.epochs for cell in cells_of([part])):
            titles.setdefault(epochs, []).append(part.short_title)
    if len(titles) < 2:
        return ", ".join(map(str, titles)) or "none"
    return ", ".join(f"{epochs} ({', '.join(of)})" for epochs, of in titles.items())


def _environments(results: Results) -> list[Block]:
    """What the cells were computed with: more than one thing, after a change and a resumption."""
    cells = Counter(
        ", ".join(f"{name} {value}" for name, value in result.environment.items())
        for result in results.values()
    )
    if len(cells) == 1:
        return [Text("Computed with:"), Code(next(iter(cells)))]
    return [
        Text(
            f"**The cells were computed in {len(cells)} environments**, which differ in the build, "
            "the versions or the commit:"
        ),
        Code("\n".join(f"{count} cells: {made}" for made, count in sorted(cells.items()))),
    ]


def _reading() -> list[Block]:
    return [
        Heading("How to read the numbers"),
        Text(
            "Accuracies are in %, at the last epoch. **k/N** pools the test segments of all seeds; "
            "the interval in parentheses is Wilson's (95 %), as wide as for the distinct segments "
            "among them. **mean ± sd** is over seeds. Precision, recall and F1 weight the classes "
            "by their segments, as the paper's do; macro F1 weights them equally. Multiply-adds "
            "are per segment. Parameters are those of the whole network, heads included: one "
            "network has more of them for more classes or tasks."
        ),
        Text(
            f"**The paper's columns** are of its own data: {published.PEOPLE} people (chance "
            f"{100 / published.PEOPLE:.1f} %), {published.ACTIVITIES} activities (chance "
            f"{100 / published.ACTIVITIES:.1f} %), a random split, {published.TEST_SEGMENTS} test "
            "segments and one run without an interval. Compare orders, not numbers."
        ),
        Text(
            "**Segments of one recording are not independent.** Wilson's interval and McNemar's "
            "test take them so, and are too sure of themselves. Comparisons therefore carry a "
            "bootstrap interval that draws whole recordings, and the seeds of the trainings with "
            f"them ({RESAMPLES:,} times), and the verdicts rest on it. Even that takes recordings "
            "of one person for independent, and three seeds show too little of how trainings "
            "differ: it is narrower than it should be. McNemar's exact test counts each segment "
            "once, with the first seed that tests it; Holm's correction is over all comparisons of "
            "a table. The intervals of a table are not corrected for their number; those by which "
            "a claim is refuted are."
        ),
    ]


def _ledger(plan: Plan, parts: Sequence[Table | Figure], results: Results) -> list[Block]:
    claims = of_parts([part.name for part in parts])
    others = others_than(len(claims))
    if not claims:
        return [Heading("The paper's claims"), Text(others)]
    where = _where(plan, results)
    rows = []
    for claim in claims:
        finding = claim(plan, results)
        rows.append((claim.text, f"**{finding.verdict}**", where, finding.text))
    rules = {claim.rule: claim.text for claim in reversed(claims)}
    return [
        Heading("The paper's claims"),
        Text(
            "Each claim has a rule, which stands below. Thresholds and distances from them are in "
            "points. A verdict is of these data and this protocol, not of the paper's own. "
            f"{others}".rstrip()
        ),
        Grid(("claim", "verdict", "data, protocol", "our numbers"), tuple(rows)),
        Text(
            "**The rules.** A verdict needs every cell of its claim, trained as long as in the "
            "paper, with at least three seeds; a claim about all members of a family is refuted by "
            "those that are there. At a ceiling, where even a model without an error would "
            "not stand clear of a rule's threshold, not to pass it refutes nothing; only a loss "
            "does, an interval below 0. Of several comparisons, one refutes the claim only by an "
            "interval corrected for their number (Bonferroni: 95 % for all of them together); that "
            "all of them hold needs no correction."
        ),
        Grid(
            ("claim", "rule"),
            tuple((text, rule) for rule, text in reversed(list(rules.items()))),
        ),
    ]


def others_than(judged: int) -> str:
    """What becomes of the claims that a run does not judge."""
    if not judged:
        return f"None of the paper's {len(CLAIMS)} claims is part of this run."
    left = len(CLAIMS) - judged
    return f"{left} of the paper's {len(CLAIMS)} claims are not part of this run." if left else ""


def _table(
    plan: Plan,
    table: Table,
    results: Results,
    failures: Mapping[Cell, str],
    simulated: bool,
) -> list[Block]:
    blocks: list[Block] = [
        Heading(table.title + (" (simulated data)" if simulated else "")),
        Text(table.question),
    ]
    for task in plan.tasks:
        if task not in plan.scored:
            blocks.append(
                Text(f"{task.capitalize()} is not scored with the protocol {plan.protocol}.")
            )
            continue
        rows = [row for row in table.rows if task in row.paper or asks_about(row, task)]
        grid = scores_grid(rows, task, results, failures, simulated)
        blocks += [Heading(task.capitalize(), 3), grid]
    compared = comparisons(table, results)
    if compared:
        blocks += [Heading("Differences", 3), comparisons_grid(compared, simulated)]
    return blocks


def of_people(plan: Plan, results: Results) -> str:
    """Whose data: "ecg-id, 20 people"."""
    if not results:
        return plan.source.name
    data = _any(results).data
    kind = ", simulated" if data["simulated"] else ""
    return f"{data['name'] or plan.source.name}{kind}, {data['classes']['identity']} people"


def of_run(plan: Plan, results: Results) -> str:
    """Whose data, divided how, with which seeds: "motion-ecg, 10 people, blocked, seeds 0, 1"."""
    seeds = ", ".join(map(str, plan.seeds))
    return f"{_where(plan, results)}, seeds {seeds}"


def _where(plan: Plan, results: Results) -> str:
    return f"{of_people(plan, results)}, {plan.protocol}"


def _splits_differ(results: Results) -> bool:
    """Whether the seeds test different segments."""
    return len({tuple(result.test) for result in results.values()}) > 1


def _any(results: Results) -> Result:
    return next(iter(results.values()))
