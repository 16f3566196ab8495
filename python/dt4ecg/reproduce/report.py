"""The report: what each table asks, the paper's numbers beside ours, and what ours can bear.

It is a function of the finished cells alone, so that equal cells give equal bytes; how long they
took stands in their files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dt4ecg.reproduce.cells import Cell
from dt4ecg.reproduce.claims import CLAIMS
from dt4ecg.reproduce.document import Block, Code, Grid, Heading, Picture, Text
from dt4ecg.reproduce.evidence import Comparison, Summary, compare, holm, summarize
from dt4ecg.reproduce.paper import Scores
from dt4ecg.reproduce.plans import Plan
from dt4ecg.reproduce.results import Result
from dt4ecg.reproduce.tables import Figure, Row, Table

TITLE = "DT4ECG: the paper's experiments, run again"
NONE = "-"

Results = Mapping[Cell, Result]
Compared = tuple[str, str, str, Comparison, float]  # labels, task, comparison, p after Holm


def build(
    plan: Plan,
    tables: Sequence[Table],
    figures: Sequence[Figure],
    pictures: Mapping[str, bytes],
    results: Results,
    command: str,
) -> list[Block]:
    """The report as blocks; ``pictures`` are PNG by figure name."""
    blocks: list[Block] = [Heading(TITLE, 1), Text(_INTRODUCTION)]
    if not results:
        return [*blocks, Text("**No cell has been computed.**"), *_run(plan, command, results)]
    simulated = _any(results).data["simulated"]
    if simulated:
        blocks.append(
            Text(
                "**All signals of this report are simulated: nothing in it was measured on "
                "people.** Its numbers say how the methods behave on the simulator's cohort."
            )
        )
    blocks += [*_run(plan, command, results), *_reading(), *_ledger(plan, results)]
    for table in tables:
        blocks += _table(plan, table, results, simulated)
    for figure in figures:
        blocks += [Heading(figure.title), Text(figure.question)]
        if figure.name in pictures:
            caption = figure.title + (" (simulated data)" if simulated else "")
            blocks.append(Picture(f"figure-{figure.name}", caption, pictures[figure.name]))
    return blocks


def summary(plan: Plan, tables: Sequence[Table], results: Results) -> dict[str, Any]:
    """The report's numbers for ``--json``."""
    return {
        "data": plan.source.name,
        "sha256": plan.source.sha256,
        "simulated": _any(results).data["simulated"] if results else None,
        "protocol": plan.protocol,
        "seeds": list(plan.seeds),
        "epochs": plan.epochs,
        "short_epochs": plan.short_epochs,
        "tables": {table.name: _summary_of(plan, table, results) for table in tables},
        "claims": [
            {"claim": claim.text, **asdict(claim(plan, results)), "rule": claim.rule}
            for claim in CLAIMS
        ],
    }


_INTRODUCTION = (
    "You et al. (DT4ECG: A Dual-Task Learning Framework for ECG-Based Human Identity Recognition "
    "and Human Activity Detection, 2025) train one network to tell from 3 seconds of ECG who a "
    "person is and what they are doing. The network is a small residual one with an attention "
    "called SCA, and a rule called GradNorm weights its two tasks. Their recordings are private. "
    "This report repeats their tables and figures on other data, puts their numbers beside ours, "
    "and says for each of their claims whether it holds here."
)


def _run(plan: Plan, command: str, results: Results) -> list[Block]:
    facts = [f"Data: `{plan.source.name}`"]
    blocks: list[Block] = [Heading("This run"), Code(command)]
    if results:
        data = _any(results).data
        classes = " and ".join(f"{n} of {task}" for task, n in data["classes"].items())
        kind = "simulated" if data["simulated"] else "recorded from people"
        facts = [
            f"Data: {data['name'] or plan.source.name}, {kind}: {data['segments']} segments from "
            f"{data['recordings']} recordings; classes: {classes}."
            + (f" Source: {data['citation'].strip().rstrip('.')}." if data["citation"] else "")
        ]
    facts.append(f"SHA-256 of segments and labels: `{plan.source.sha256}`.")
    lengths = str(plan.epochs)
    if plan.short_epochs != plan.epochs:
        lengths += f" ({plan.short_epochs} for Table IV and Fig. 7)"
    facts.append(
        f"Protocol: {plan.protocol}, 7:3. Seeds: {', '.join(map(str, plan.seeds))}, each of split, "
        f"initial weights and order. Adam 0.001, batch 16, epochs: {lengths}."
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
        environments = sorted(
            {
                ", ".join(f"{name} {value}" for name, value in result.environment.items())
                for result in results.values()
            }
        )
        blocks += [Text("Computed with:"), Code("\n".join(environments))]
    return blocks


def _reading() -> list[Block]:
    return [
        Heading("How to read the numbers"),
        Text(
            "Accuracies are in %, at the last epoch. **k/N** pools the test segments of all seeds; "
            "the interval in parentheses is Wilson's (95 %). **mean ± sd** is over seeds. "
            "Precision, recall and F1 weight the classes by their segments, as the paper's do; "
            "macro F1 weights them equally. Multiply-adds are per segment."
        ),
        Text(
            "**Segments of one recording are not independent**, and neither are the test parts of "
            "two seeds. Wilson's interval and McNemar's test take them so, and are too sure of "
            "themselves. Comparisons therefore carry a bootstrap interval that draws whole "
            "recordings, and the verdicts rest on it; even that takes recordings of one person for "
            "independent. McNemar's exact test counts each segment "
            "once, with the first seed that tests it; Holm's correction is over all comparisons of "
            "a table."
        ),
    ]


def _ledger(plan: Plan, results: Results) -> list[Block]:
    data = _any(results).data
    where = f"{data['name'] or plan.source.name}{' (simulated)' if data['simulated'] else ''}"
    rows = []
    for claim in CLAIMS:
        finding = claim(plan, results)
        rows.append(
            (claim.text, f"**{finding.verdict}**", f"{where}, {plan.protocol}", finding.numbers)
        )
    rules = {claim.rule: claim.text for claim in reversed(CLAIMS)}
    return [
        Heading("The paper's claims"),
        Text(
            "Each claim has a rule that was fixed before any result was seen; the rules stand "
            "below. A verdict is of these data and this protocol, not of the paper's own."
        ),
        Grid(("claim", "verdict", "data, protocol", "our numbers"), tuple(rows)),
        Text(
            "**The rules.** A verdict needs every cell of its claim, trained as long as in the "
            "paper, with at least three seeds; a claim about all members of a family is refuted by "
            "those that are there."
        ),
        Grid(
            ("claim", "rule"),
            tuple((text, rule) for rule, text in reversed(list(rules.items()))),
        ),
    ]


def _table(plan: Plan, table: Table, results: Results, simulated: bool) -> list[Block]:
    blocks: list[Block] = [
        Heading(table.title + (" (simulated data)" if simulated else "")),
        Text(table.question),
    ]
    for task in plan.tasks:
        if task not in plan.scored:
            blocks.append(Text(f"{task.capitalize()} is not scored with {plan.protocol}."))
            continue
        rows = [row for row in table.rows if task in row.paper or _scores(row, task)]
        blocks += [Heading(task.capitalize(), 3), _scores_grid(rows, task, results, simulated)]
    compared = _comparisons(table, results)
    if compared:
        blocks += [Heading("Differences", 3), _comparisons_grid(compared, simulated)]
    return blocks


def _scores(row: Row, task: str) -> bool:
    return any(task in cell.tasks for cell in row.cells)


def _scores_grid(rows: Sequence[Row], task: str, results: Results, simulated: bool) -> Grid:
    ours = "ours, simulated" if simulated else "ours"
    papers = [row.paper[task] for row in rows if task in row.paper]
    full = any(line.f1 is not None for line in papers)
    head = (
        "",
        "paper" + (": accuracy (precision, recall, F1)" if full else ""),
        f"{ours}: k/N",
        "accuracy (95 %)",
        "mean ± sd",
        "precision",
        "recall",
        "F1",
        "macro F1",
        "parameters",
        "multiply-adds",
    )
    lines = []
    for row in rows:
        found = _results_of(row, results)
        scores = summarize(found, task)
        lines.append(
            (
                row.label,
                _papers(row.paper.get(task)),
                *(_ours(scores, _absent(row, results)) if scores else _nothing(row, results)),
                _count(found, "parameters"),
                _count(found, "multiply_adds"),
            )
        )
    return Grid(head, tuple(lines))


def _papers(scores: Scores | None) -> str:
    if scores is None:
        return NONE
    if scores.precision is None or scores.recall is None or scores.f1 is None:
        return f"{scores.accuracy:.2f}"
    return f"{scores.accuracy:.2f} ({scores.precision:.2f}, {scores.recall:.2f}, {scores.f1:.2f})"


def _nothing(row: Row, results: Results) -> tuple[str, ...]:
    return (_absent(row, results), *(NONE,) * 6)


def _ours(scores: Summary, absent: str) -> tuple[str, ...]:
    low, high = scores.interval
    spread = f" ± {100 * scores.deviation:.2f}" if scores.deviation is not None else ""
    return (
        f"{scores.correct}/{scores.n}{absent}",
        f"{100 * scores.accuracy:.2f} ({100 * low:.2f}-{100 * high:.2f})",
        f"{100 * scores.mean:.2f}{spread}",
        *(
            f"{100 * value:.2f}"
            for value in (scores.precision, scores.recall, scores.f1, scores.f1_macro)
        ),
    )


def _absent(row: Row, results: Results) -> str:
    """Why numbers of a row are missing, as far as any are."""
    seeds = [str(cell.seed) for cell in row.cells if cell not in results]
    if len(seeds) == len(row.cells):
        return row.note or "not computed"
    return f" (not computed: seed {', '.join(seeds)})" if seeds else ""


def _count(results: Sequence[Result], name: str) -> str:
    value = getattr(results[0], name) if results else None
    return NONE if value is None else f"{value:,}"


def _results_of(row: Row, results: Results) -> list[Result]:
    return [results[cell] for cell in row.cells if cell in results]


def _comparisons(table: Table, results: Results) -> list[Compared]:
    """Those pairs of the table that are there, with Holm's correction over them."""
    found = []
    for first, second, task in table.pairs:
        rows = [table.row(label) for label in (first, second)]
        one, other = (_results_of(row, results) for row in rows)
        whole = [len(one), len(other)] == [len(row.cells) for row in rows]
        compared = compare(one, other, task) if whole else None
        if compared is not None:
            found.append((first, second, task, compared))
    adjusted = holm([compared.p for *_, compared in found])
    return [(*pair, p) for pair, p in zip(found, adjusted, strict=True)]


def _comparisons_grid(compared: Sequence[Compared], simulated: bool) -> Grid:
    lines = []
    for first, second, task, found, corrected in compared:
        low, high = (100 * bound for bound in found.interval)
        lines.append(
            (
                f"{first} less {second}",
                task,
                f"{100 * found.difference:+.2f} ({low:+.2f} to {high:+.2f})",
                f"{found.only_first} : {found.only_second}",
                f"{found.p:.2g}",
                f"{corrected:.2g}",
            )
        )
    head = (
        "comparison",
        "task",
        f"difference in points{', simulated' if simulated else ''} (95 %, over recordings)",
        "right in the first : second alone",
        "p, McNemar",
        "p after Holm",
    )
    return Grid(head, tuple(lines))


def _summary_of(plan: Plan, table: Table, results: Results) -> dict[str, Any]:
    rows = []
    for row in table.rows:
        found = _results_of(row, results)
        ours = {task: summarize(found, task) for task in plan.scored}
        rows.append(
            {
                "label": row.label,
                "paper": {task: asdict(scores) for task, scores in row.paper.items()},
                "ours": {
                    task: {**asdict(scores), "accuracy": scores.accuracy} if scores else None
                    for task, scores in ours.items()
                },
                "note": row.note,
            }
        )
    return {
        "rows": rows,
        "comparisons": [
            {"first": first, "second": second, "task": task, **asdict(found), "p_holm": corrected}
            for first, second, task, found, corrected in _comparisons(table, results)
        ],
    }


def _any(results: Results) -> Result:
    return next(iter(results.values()))
