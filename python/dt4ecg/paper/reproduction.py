"""The function that computes the tables and figures of a plan and writes the report."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dt4ecg._common.document import to_html, to_markdown
from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.figures import FIGURES
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.rows import Figure, Table, cells_of
from dt4ecg.paper.design.tables import TABLES
from dt4ecg.paper.report import page
from dt4ecg.paper.report.curves import draw
from dt4ecg.paper.report.run_facts import of_run
from dt4ecg.paper.report.summary import FILE_NAME, summary
from dt4ecg.paper.run.executors import InProcess
from dt4ecg.paper.run.grid import run
from dt4ecg.paper.run.result import Result
from dt4ecg.paper.run.store import Store
from dt4ecg.storage.container import write_bytes
from dt4ecg.storage.lock import held, remove_partial_files


@dataclass(frozen=True)
class Reproduction:
    """The outcome of a run, as :func:`reproduce` returns it.

    Attributes
    ----------
    results : dict of Cell to Result
        The finished cells.
    failures : dict of Cell to str
        Tracebacks of the cells that failed.
    summary : dict
        The numbers of the report, as in ``summary.json``.

    Examples
    --------
    >>> from dt4ecg.paper import Reproduction
    >>> Reproduction(results={}, failures={}, summary={"claims": []}).summary["claims"]
    []
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
    """Compute the missing cells of tables and figures, and write the report.

    Parameters
    ----------
    plan : Plan
        The plan of the run, from :func:`plan`.
    tables : sequence of str, default all
        Keys of ``TABLES``.
    figures : sequence of str, default all
        Keys of ``FIGURES``.
    out : str or Path, default "reproduced"
        Folder of ``report.md``, ``report.html``, ``summary.json``, the figures and ``cells/``.
        Finished cells in it are not computed again.
    executor : concurrent.futures.Executor, optional
        Computes the cells; default: this process, one cell after the other.
    progress : bool, default True
        Show a progress bar.
    compute : bool, default True
        If False, report on the finished cells only.
    command : str, default ""
        Command line that the report prints.

    Returns
    -------
    Reproduction

    Raises
    ------
    ValueError
        For unknown names, for no names, for a table without any of the plan's networks, for a
        folder in which another run works, and with ``compute=False`` for a folder without a run.

    See Also
    --------
    plan : Choose data, protocol, seeds and epochs.
    index : Write a page that lists the verdicts of several runs.

    Examples
    --------
    >>> import tempfile
    >>> from dt4ecg.paper import plan, reproduce
    >>> quick = plan(preset="quick", seeds=1, networks=["mlp"])
    >>> with tempfile.TemporaryDirectory() as out:
    ...     done = reproduce(quick, tables=["I"], figures=[], out=out, progress=False)
    >>> done.summary["cells"]
    {'asked': 1, 'computed': 1}
    >>> [claim["verdict"] for claim in done.summary["claims"]]
    ['inconclusive', 'inconclusive']
    """
    for kind, names, known in (("table", tables, TABLES), ("figure", figures, FIGURES)):
        for name in names:
            if name not in known:
                raise ValueError(
                    f"reproduce: unknown {kind} {name!r}; choose from {', '.join(known)}"
                )
    if not tables and not figures:
        raise ValueError("reproduce: no table or figure is requested; name at least one")
    folder = Path(out)
    chosen_tables = [TABLES[name](plan) for name in TABLES if name in tables]
    chosen_figures = [FIGURES[name](plan) for name in FIGURES if name in figures]
    for table in chosen_tables:
        if not table.rows:
            raise ValueError(
                f"reproduce: Table {table.name} has none of the networks "
                f"{', '.join(plan.networks)}; choose other networks or another table"
            )
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"reproduce: {folder} exists and is not a directory; choose another path")
    if compute:
        folder.mkdir(parents=True, exist_ok=True)
    elif not folder.exists():
        raise ValueError(f"reproduce: {folder} does not exist, so it has no cells to report on")
    with held(folder):
        cells = cells_of([*chosen_tables, *chosen_figures])
        store = Store(folder / "cells")
        remove_partial_files(store.folder)
        results, failures = run(cells, store, executor or InProcess(), progress, compute)
        return _write(folder, plan, chosen_tables, chosen_figures, results, failures, command)


def _write(
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
    title = of_run(plan, results)
    for figure in figures:
        for kind, content in _images(figure, results, simulated, title).items():
            write_bytes(folder / f"figure-{figure.name}.{kind}", content)
            if kind == "png":
                drawn[figure.name] = content
    blocks = page.build(plan, tables, figures, drawn, results, failures, command)
    write_bytes(folder / "report.md", to_markdown(blocks).encode())
    write_bytes(folder / "report.html", to_html(blocks, page.TITLE).encode())
    numbers = summary(plan, tables, figures, results, command)
    text = json.dumps(numbers, indent=1, allow_nan=False) + "\n"
    write_bytes(folder / FILE_NAME, text.encode())
    return Reproduction(results, failures, numbers)


def _images(
    figure: Figure, results: dict[Cell, Result], simulated: bool, title: str
) -> dict[str, bytes]:
    """Draw a figure. A failure causes a warning, because the numbers are more important."""
    try:
        return draw(figure, results, simulated, title) or {}
    except Exception as error:  # matplotlib's, which are of many types
        warnings.warn(f"reproduce: {figure.short_title} cannot be drawn: {error!r}", stacklevel=4)
        return {}
