"""The tables of a report: the paper's numbers, ours, and the differences between models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dt4ecg._common.document import Grid
from dt4ecg._common.text import literal
from dt4ecg.metrics import holm
from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.published import Scores
from dt4ecg.paper.design.rows import Row, Table
from dt4ecg.paper.judge.comparison import Comparison, Summary, compare, summarize
from dt4ecg.paper.judge.inputs import Results
from dt4ecg.paper.run.result import Result

NONE = "-"

Compared = tuple[str, str, str, Comparison, float]  # labels, task, comparison, p after Holm


def has_task(row: Row, task: str) -> bool:
    """Return whether a cell of the row has the task."""
    return any(task in cell.tasks for cell in row.cells)


def scores_grid(
    rows: Sequence[Row],
    task: str,
    results: Results,
    failures: Mapping[Cell, str],
    simulated: bool,
) -> Grid:
    """Return the scores of one task: a row per model, the paper's numbers next to ours."""
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
        found = results_of_row(row, results)
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
    """Return the reason why numbers of a row are missing; empty if none is missing."""
    seeds = [str(cell.seed) for cell in row.cells if cell not in results]
    failed = [failures[cell].rstrip().splitlines()[-1] for cell in row.cells if cell in failures]
    why = f"failed: {literal(failed[0])}" if failed else "not computed"
    if len(seeds) == len(row.cells):
        return row.note or why
    return f" ({why}: seed {', '.join(seeds)})" if seeds else ""


def _count(results: Sequence[Result], name: str) -> str:
    value = getattr(results[0], name) if results else None
    return NONE if value is None else f"{value:,}"


def results_of_row(row: Row, results: Results) -> list[Result]:
    """Return the results of the cells of a row that are computed."""
    return [results[cell] for cell in row.cells if cell in results]


def comparisons(table: Table, results: Results) -> list[Compared]:
    """Return the comparisons of a table that are computed, with Holm's correction over them."""
    found = []
    for first, second, task in table.pairs:
        rows = [table.row(label) for label in (first, second)]
        one, other = (results_of_row(row, results) for row in rows)
        complete = [len(one), len(other)] == [len(row.cells) for row in rows]
        compared = compare(one, other, task) if complete else None
        if compared is not None:
            found.append((first, second, task, compared))
    adjusted = holm([compared.p for *_, compared in found])
    return [(*pair, p) for pair, p in zip(found, adjusted, strict=True)]


def _p(value: float) -> str:
    return f"{value:.2g}" if value >= 1e-99 else "< 1e-99"  # a smaller p underflows to 0


def comparisons_grid(compared: Sequence[Compared], simulated: bool) -> Grid:
    """Return the differences between models as a table."""
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
        "segments that only the first : only the second has right",
        "p, McNemar",
        "p after Holm",
    )
    return Grid(head, tuple(lines))
