"""The results that a claim needs, or the reason why the claim is inconclusive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dt4ecg._common.wording import counted
from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.rows import Row
from dt4ecg.paper.judge.verdicts import InconclusiveError
from dt4ecg.paper.run.result import Result

LEAST_SEEDS = 3

Results = Mapping[Cell, Result]


class NotComputedError(InconclusiveError):
    """A row has cells that are not computed."""


def results_of(results: Results, row: Row) -> list[Result]:
    """Return the results of all seeds of a row.

    Raises
    ------
    InconclusiveError
        The row has no cells, too few seeds, or cells that are not computed.
    """
    if row.note:
        raise InconclusiveError(row.note)
    if len(row.cells) < LEAST_SEEDS:
        raise InconclusiveError(f"{counted(len(row.cells), 'seed')}, a verdict needs {LEAST_SEEDS}")
    if not is_computed(results, row):
        raise NotComputedError(f"{row.label}: not computed")
    return [results[cell] for cell in row.cells]


def is_computed(results: Results, row: Row) -> bool:
    """Return whether all cells of a row are computed; true for a row without cells."""
    return all(cell in results for cell in row.cells)


def history(result: Result) -> dict[str, Any]:
    """Return the history of a training."""
    if result.history is None:
        raise InconclusiveError("the cell has no history of the training")
    return result.history


def training_accuracy(results: Results, row: Row, task: str) -> np.ndarray:
    """Return the training accuracy of a row as an array of shape (seeds, epochs)."""
    histories = [history(result) for result in results_of(results, row)]
    if task not in histories[0]["tasks"]:
        raise InconclusiveError(f"the data have no {task}")
    column = histories[0]["tasks"].index(task)
    return np.array([one["accuracy"] for one in histories], float)[:, :, column]


def require_epochs(epochs: int, papers: int) -> None:
    """Raise an error unless the cells were trained as long as in the paper."""
    if epochs != papers:
        raise InconclusiveError(f"epochs: {epochs}, in the paper {papers}")


def require_scored(plan: Plan, *tasks: str) -> None:
    """Raise an error unless the test part can score all of the tasks."""
    for reason in plan.not_scored(*tasks):
        raise InconclusiveError(reason)
