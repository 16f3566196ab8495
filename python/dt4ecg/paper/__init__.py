"""The paper's tables and figures, computed again: ``dt4ecg reproduce`` for scripts.

A run is a grid of independent cells (:mod:`~dt4ecg.paper.design.cells`), computed by any executor
(:mod:`~dt4ecg.paper.run.grid`) and kept as files (:mod:`~dt4ecg.paper.run.store`); the report is a
function of those files.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.plans import PRESETS, Plan, plan
from dt4ecg.paper.design.published import NETWORKS
from dt4ecg.paper.design.tables import FIGURES, TABLES, Figure, Table, cells_of
from dt4ecg.paper.report import report
from dt4ecg.paper.report.document import to_html, to_markdown
from dt4ecg.paper.report.ledger import SUMMARY, index
from dt4ecg.paper.report.pictures import draw
from dt4ecg.paper.run.executors import InProcess
from dt4ecg.paper.run.grid import run
from dt4ecg.paper.run.results import Result
from dt4ecg.paper.run.store import Store
from dt4ecg.storage.container import write_bytes
from dt4ecg.storage.lock import held

__all__ = [
    "FIGURES",
    "NETWORKS",
    "PRESETS",
    "TABLES",
    "Plan",
    "Reproduction",
    "index",
    "plan",
    "reproduce",
]


@dataclass(frozen=True)
class Reproduction:
    """What a run came to.

    Attributes
    ----------
    results : dict of Cell to Result
    failures : dict of Cell to str
        Tracebacks.
    summary : dict
        The report's numbers, as in ``summary.json``.
    """

    results: dict[Cell, Result]
    failures: dict[Cell, str]
    summary: dict[str, Any]


def reproduce(
    plan: Plan,
    tables: Sequence[str] = tuple(TABLES),
    figures: Sequence[str] = tuple(FIGURES),
    out: str | Path = "reproduced",
    executor: Executor | None = None,
    progress: bool = True,
    compute: bool = True,
    command: str = "",
) -> Reproduction:
    """Compute what is missing of some tables and figures, and write the report.

    Parameters
    ----------
    plan : Plan
        Of :func:`plan`.
    tables, figures : sequences of names of ``TABLES`` and ``FIGURES``
    out : path
        Folder of ``report.md``, ``report.html``, ``summary.json``, the figures and ``cells/``.
        Finished cells in it are not computed again.
    executor : concurrent.futures.Executor, optional
        Where cells run; default: here, one after the other.
    progress : bool
    compute : bool
        False leaves missing cells out: a report over those that are finished.
    command : str
        How the report says it was made.

    Returns
    -------
    Reproduction

    Raises
    ------
    ValueError
        Unknown names, or none at all; a table that has none of the plan's networks; another run at
        work in the folder, or with ``compute=False`` none that has been.
    """
    for kind, names, known in (("table", tables, TABLES), ("figure", figures, FIGURES)):
        for name in names:
            if name not in known:
                raise ValueError(
                    f"reproduce: no {kind} is called {name!r}; there are {', '.join(known)}"
                )
    if not tables and not figures:
        raise ValueError("reproduce: nothing is asked for; name a table or a figure")
    folder = Path(out)
    chosen_tables = [TABLES[name](plan) for name in TABLES if name in tables]
    chosen_figures = [FIGURES[name](plan) for name in FIGURES if name in figures]
    for table in chosen_tables:
        if not table.rows:
            raise ValueError(
                f"reproduce: Table {table.name} has none of the networks "
                f"{', '.join(plan.networks)}; name others, or another table"
            )
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"reproduce: {folder} is no folder; name another")
    if compute:
        folder.mkdir(parents=True, exist_ok=True)
    elif not folder.exists():
        raise ValueError(f"reproduce: there is no run in {folder} to report on; name another")
    with held(folder):
        cells = cells_of([*chosen_tables, *chosen_figures])
        store = Store(folder / "cells")
        results, failures = run(cells, store, executor or InProcess(), progress, compute)
        return _written(folder, plan, chosen_tables, chosen_figures, results, failures, command)


def _written(
    folder: Path,
    plan: Plan,
    tables: Sequence[Table],
    figures: Sequence[Figure],
    results: dict[Cell, Result],
    failures: dict[Cell, str],
    command: str,
) -> Reproduction:
    drawn = {}
    simulated = any(result.data["simulated"] for result in results.values())
    of = report.of_run(plan, results)
    for figure in figures:
        for kind, content in (draw(figure, results, simulated, of) or {}).items():
            write_bytes(folder / f"figure-{figure.name}.{kind}", content)
            if kind == "png":
                drawn[figure.name] = content
    blocks = report.build(plan, tables, figures, drawn, results, failures, command)
    write_bytes(folder / "report.md", to_markdown(blocks).encode())
    write_bytes(folder / "report.html", to_html(blocks, report.TITLE).encode())
    summary = report.summary(plan, tables, figures, results, command)
    write_bytes(folder / SUMMARY, (json.dumps(summary, indent=1, allow_nan=False) + "\n").encode())
    return Reproduction(results, failures, summary)
