"""A table of the report: the paper's numbers, ours, and the differences between our models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.plans import Plan
from dt4ecg.paper.design.published import Scores
from dt4ecg.paper.design.tables import Row, Table
from dt4ecg.paper.judge.evidence import Comparison, Summary, compare, holm, summarize
from dt4ecg.paper.report.document import Grid
from dt4ecg.paper.run.results import Result

NONE = "-"

Results = Mapping[Cell, Result]
Compared = tuple[str, str, str, Comparison, float]  # labels, task, comparison, p after Holm


def asks_about(row: Row, task: str) -> bool:
    return any(task in cell.tasks for cell in row.cells)


def scores_grid(
    rows: Sequence[Row],
    task: str,
    results: Results,
    failures: Mapping[Cell, str],
    simulated: bool,
) -> Grid:
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
        absent = _absent(row, results, failures)
        lines.append(
            (
                row.label,
                _papers(row.paper.get(task)),
                *(_ours(scores, absent) if scores else (absent, *(NONE,) * 6)),
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


def _absent(row: Row, results: Results, failures: Mapping[Cell, str]) -> str:
    """Why numbers of a row are missing, as far as any are."""
    seeds = [str(cell.seed) for cell in row.cells if cell not in results]
    failed = [failures[cell].rstrip().splitlines()[-1] for cell in row.cells if cell in failures]
    why = f"failed: {failed[0]}" if failed else "not computed"
    if len(seeds) == len(row.cells):
        return row.note or why
    return f" ({why}: seed {', '.join(seeds)})" if seeds else ""


def _count(results: Sequence[Result], name: str) -> str:
    value = getattr(results[0], name) if results else None
    return NONE if value is None else f"{value:,}"


def _results_of(row: Row, results: Results) -> list[Result]:
    return [results[cell] for cell in row.cells if cell in results]


def comparisons(table: Table, results: Results) -> list[Compared]:
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


def _p(value: float) -> str:
    return f"{value:.2g}" if value >= 1e-99 else "< 1e-99"  # below, the binomial underflows


def comparisons_grid(compared: Sequence[Compared], simulated: bool) -> Grid:
    lines = []
    for first, second, task, found, corrected in compared:
        low, high = (100 * bound for bound in found.interval)
        lines.append(
            (
                f"{first} less {second}",
                task,
                f"{100 * found.difference:+.2f} ({low:+.2f} to {high:+.2f})",
                f"{found.only_first} : {found.only_second}",
                _p(found.p),
                _p(corrected),
            )
        )
    head = (
        "comparison",
        "task",
        f"difference in points{', simulated' if simulated else ''} (95 %, over recordings)",
        "first seed that tests a segment: right in the first : second alone",
        "p, McNemar",
        "p after Holm",
    )
    return Grid(head, tuple(lines))


def summary_of(plan: Plan, table: Table, results: Results) -> dict[str, Any]:
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
            for first, second, task, found, corrected in comparisons(table, results)
        ],
    }
