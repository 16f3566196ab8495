"""The numbers of a report as JSON data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.rows import Figure, Table, cells_of
from dt4ecg.paper.judge.claims import of_parts
from dt4ecg.paper.judge.comparison import summarize
from dt4ecg.paper.judge.inputs import Results
from dt4ecg.paper.report.run_facts import any_result, of_people
from dt4ecg.paper.report.score_tables import comparisons, results_of_row

FILE_NAME = "summary.json"


def summary(
    plan: Plan,
    tables: Sequence[Table],
    figures: Sequence[Figure],
    results: Results,
    command: str,
) -> dict[str, Any]:
    """Return the numbers of a report, as ``summary.json`` stores them."""
    parts: list[Table | Figure] = [*tables, *figures]
    return {
        "command": command,
        "data": plan.source.title,
        "of": of_people(plan, results),
        "sha256": plan.source.sha256,
        "simulated": any_result(results).data["simulated"] if results else None,
        "protocol": plan.protocol,
        "seeds": list(plan.seeds),
        "epochs": plan.epochs,
        "short_epochs": plan.short_epochs,
        "cells": {"asked": len(cells_of(parts)), "computed": len(results)},
        "figures": [figure.name for figure in figures],
        "tables": {table.name: _of_table(plan, table, results) for table in tables},
        "claims": [
            {"claim": claim.text, **asdict(claim(plan, results)), "rule": claim.rule}
            for claim in of_parts([part.name for part in parts])
        ],
    }


def _of_table(plan: Plan, table: Table, results: Results) -> dict[str, Any]:
    rows = []
    for row in table.rows:
        found = results_of_row(row, results)
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
