"""Computation of all cells of a run that are not finished yet."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from functools import cache

from dt4ecg.datasets import SegmentSet
from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.run.compute import compute, load_split
from dt4ecg.paper.run.executors import InProcess
from dt4ecg.paper.run.progress import ProgressBar
from dt4ecg.paper.run.result import Result
from dt4ecg.paper.run.store import Store
from dt4ecg.protocols import Split


def run(
    cells: Iterable[Cell],
    store: Store,
    executor: Executor,
    progress: bool = True,
    compute_missing: bool = True,
) -> tuple[dict[Cell, Result], dict[Cell, str]]:
    """Return the results of all cells, and the tracebacks of the cells that failed.

    Finished cells are read from the store. Each new result is stored at once, so that the next run
    continues after Ctrl-C or a kill. A cell that fails does not stop the others.

    Parameters
    ----------
    cells : iterable of Cell
        Equal cells are computed once.
    store : Store
        The finished cells.
    executor : concurrent.futures.Executor
        Any executor, because cells do not depend on each other.
    progress : bool, default True
        Show a bar with an estimate of the remaining time.
    compute_missing : bool, default True
        If False, only read the store.

    Returns
    -------
    results : dict of Cell to Result
    failures : dict of Cell to str
        Tracebacks.
    """
    results: dict[Cell, Result] = {}
    failures: dict[Cell, str] = {}
    missing = []
    split_of = cache(load_split)  # for this call only: the files may change before the next one
    for cell in dict.fromkeys(cells):
        found = store.read(cell)
        if found is not None and _was_tested_on(
            *split_of(cell.source, cell.protocol, cell.seed), cell, found
        ):
            results[cell] = found
        elif compute_missing:
            store.require_writable(cell)
            missing.append(cell)
    with ProgressBar(missing, enabled=progress) as bar:
        for cell, future in _finished(missing, executor):
            try:
                result = future.result()
            except Exception:  # the traceback includes that of the worker
                failures[cell] = traceback.format_exc()
            else:
                store.write(cell, result)
                results[cell] = result
            bar.done(cell)
    return results, failures


def _was_tested_on(data: SegmentSet, split: Split, cell: Cell, result: Result) -> bool:
    """Return whether the cell would be tested on the same segments today.

    The key of a cell does not include the sessions and recordings, which may have changed.
    """
    same = result.test == split.test.tolist()
    if not (same and result.recordings == data.groups[split.test].tolist()):
        warnings.warn(
            f"reproduce: {cell.title} was tested on other segments than {cell.protocol!r} selects "
            "now (other sessions or recordings?) and counts as unfinished",
            stacklevel=3,
        )
        return False
    return True


def _finished(cells: list[Cell], executor: Executor) -> Iterator[tuple[Cell, Future[Result]]]:
    if isinstance(executor, InProcess):
        for cell in cells:  # each result is stored before the next cell starts
            yield cell, executor.submit(compute, cell)
        return
    rounds_without_result = 0
    while cells:
        futures = {_submitted(executor, cell): cell for cell in cells}
        lost = []
        try:
            for future in as_completed(futures):
                if rounds_without_result < 2 and _is_lost(future):
                    lost.append(futures[future])
                else:
                    yield futures[future], future
        finally:
            for future in futures:
                future.cancel()
        rounds_without_result = rounds_without_result + 1 if len(lost) == len(cells) else 0
        cells = lost
        if lost:
            warnings.warn(
                "reproduce: a worker process was killed (out of memory?); the unfinished cells, "
                f"{len(lost)}, are tried again",
                stacklevel=3,
            )


def _submitted(executor: Executor, cell: Cell) -> Future[Result]:
    try:
        return executor.submit(compute, cell)
    except BrokenExecutor as error:  # the executor does not replace its broken pool
        future: Future[Result] = Future()
        future.set_exception(error)
        return future


def _is_lost(future: Future[Result]) -> bool:
    """Return whether the process died, which is not a failure of its cell."""
    return not future.cancelled() and isinstance(future.exception(), BrokenExecutor)
