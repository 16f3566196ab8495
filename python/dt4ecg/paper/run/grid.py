"""Compute the cells of a run that are not there yet; one that fails costs no other."""

from __future__ import annotations

import sys
import traceback
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from functools import cache, lru_cache

from dt4ecg.datasets import SegmentSet
from dt4ecg.nn import Network
from dt4ecg.paper.design.cells import Cell, ComparatorCell, NetworkCell
from dt4ecg.paper.run.compute import compute, divided
from dt4ecg.paper.run.executors import InProcess
from dt4ecg.paper.run.results import Result
from dt4ecg.paper.run.store import Store
from dt4ecg.protocols import Split


def run(
    cells: Iterable[Cell],
    store: Store,
    executor: Executor,
    progress: bool = True,
    compute_missing: bool = True,
) -> tuple[dict[Cell, Result], dict[Cell, str]]:
    """Results of all cells, from the store where it has them, and tracebacks of those that failed.

    Each result is stored as soon as it is there: after Ctrl-C or a kill the next run goes on.

    Parameters
    ----------
    cells : iterable of Cell
        Equal ones are computed once.
    store : Store
    executor : concurrent.futures.Executor
        Any; cells do not depend on each other.
    progress : bool
        Show a bar with an estimate of the time left.
    compute_missing : bool
        False: only what the store has.
    """
    results: dict[Cell, Result] = {}
    failures: dict[Cell, str] = {}
    missing = []
    division = cache(divided)  # of this run: the files may change before the next
    for cell in dict.fromkeys(cells):
        found = store.read(cell)
        if found is not None and _was_tested_on(
            *division(cell.source, cell.protocol, cell.seed), cell, found
        ):
            results[cell] = found
        elif compute_missing:
            store.require_writable(cell)
            missing.append(cell)
    with _Bar(missing, enabled=progress) as bar:
        for cell, future in _finished(missing, executor):
            try:
                result = future.result()
            except Exception:  # a worker's own traceback is the cause of this one
                failures[cell] = traceback.format_exc()
            else:
                store.write(cell, result)
                results[cell] = result
            bar.done(cell)
    return results, failures


def _was_tested_on(data: SegmentSet, split: Split, cell: Cell, result: Result) -> bool:
    """Whether the cell would be tested on the same segments now; its key knows no sessions."""
    same = result.test == split.test.tolist()
    if not (same and result.recordings == data.groups[split.test].tolist()):
        warnings.warn(
            f"reproduce: {cell.title} was tested on other segments than {cell.protocol!r} gives "
            "now (other sessions or recordings?) and counts as unfinished",
            stacklevel=3,
        )
        return False
    return True


def _finished(cells: list[Cell], executor: Executor) -> Iterator[tuple[Cell, Future]]:
    if isinstance(executor, InProcess):
        for cell in cells:  # one by one: each is stored before the next begins
            yield cell, executor.submit(compute, cell)
        return
    in_vain = 0  # rounds of which nothing came
    while cells:
        futures = {_submitted(executor, cell): cell for cell in cells}
        lost = []
        try:
            for future in as_completed(futures):
                if in_vain < 2 and _is_lost(future):
                    lost.append(futures[future])
                else:
                    yield futures[future], future
        finally:
            for future in futures:
                future.cancel()
        in_vain = in_vain + 1 if len(lost) == len(cells) else 0
        cells = lost
        if lost:
            warnings.warn(
                "reproduce: a process that computes cells was killed (for want of memory?); cells "
                f"that it and the others had not finished, {len(lost)}, are tried again",
                stacklevel=3,
            )


def _submitted(executor: Executor, cell: Cell) -> Future:
    try:
        return executor.submit(compute, cell)
    except BrokenExecutor as error:  # one that does not begin anew
        future: Future = Future()
        future.set_exception(error)
        return future


def _is_lost(future: Future) -> bool:
    """Whether the process died under it, which says nothing about its cell."""
    return not future.cancelled() and isinstance(future.exception(), BrokenExecutor)


class _Bar:
    """tqdm over multiply-adds, as cells differ by orders of magnitude; it counts cells beside."""

    def __init__(self, cells: list[Cell], enabled: bool):
        self.left = len(cells)
        self.enabled = enabled and bool(cells)
        self.total = sum(map(_work, cells)) if self.enabled else 0

    def __enter__(self) -> _Bar:
        if self.enabled:
            from tqdm.auto import tqdm

            self.bar = tqdm(
                total=self.total,
                file=sys.stderr,
                bar_format="{percentage:3.0f}%|{bar}| {elapsed}, {remaining} left {postfix}",
            )
            self.bar.set_postfix_str(f"{self.left} cells to go")
        return self

    def done(self, cell: Cell) -> None:
        self.left -= 1
        if self.enabled:
            self.bar.set_postfix_str(f"{self.left} cells to go; last: {cell.title}", refresh=False)
            self.bar.update(_work(cell))

    def __exit__(self, *_) -> None:
        if self.enabled:
            self.bar.close()


def _work(cell: Cell) -> float:
    """What a cell costs beside others: for the estimate of the time left only."""
    if not isinstance(cell, NetworkCell):
        return 2e7 * cell.epochs if isinstance(cell, ComparatorCell) else 0.0
    backwards = 1 if cell.weighting == "none" else 2
    return cell.epochs * (1 + backwards) * (1e6 + _multiply_adds(cell.backbone, cell.attention))


@lru_cache(maxsize=64)
def _multiply_adds(backbone: str, attention: str) -> int:
    try:
        parts = Network(backbone, attention, seed=0).parts()
    except Exception:  # the cell itself will say so
        return 0
    return sum(part["multiply_adds"] for part in parts.values())
