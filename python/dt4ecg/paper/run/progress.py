"""The progress bar of a run, and the estimate of the work of each cell."""

from __future__ import annotations

import sys
from functools import lru_cache

from dt4ecg._common.wording import counted
from dt4ecg.nn import Network
from dt4ecg.paper.design.cells import Cell, ComparatorCell, NetworkCell


class ProgressBar:
    """A tqdm bar over multiply-adds, because the work of cells differs by orders of magnitude.

    The text next to the bar counts the remaining cells.
    """

    def __init__(self, cells: list[Cell], enabled: bool):
        self.left = len(cells)
        self.enabled = enabled and bool(cells)
        self.total = sum(map(work, cells)) if self.enabled else 0

    def __enter__(self) -> ProgressBar:
        if self.enabled:
            from tqdm.auto import tqdm

            self.bar = tqdm(
                total=self.total,
                file=sys.stderr,
                bar_format="{percentage:3.0f}%|{bar}| {elapsed}, {remaining} left {postfix}",
            )
            self.bar.set_postfix_str(f"{counted(self.left, 'cell')} to go")
        return self

    def done(self, cell: Cell) -> None:
        """Advance the bar by the work of one cell."""
        self.left -= 1
        if self.enabled:
            self.bar.set_postfix_str(
                f"{counted(self.left, 'cell')} to go; last: {cell.title}", refresh=False
            )
            self.bar.update(work(cell))

    def __exit__(self, *_: object) -> None:
        if self.enabled:
            self.bar.close()


def work(cell: Cell) -> float:
    """Return the approximate work of a cell, for the estimate of the remaining time."""
    if not isinstance(cell, NetworkCell):
        return 2e7 * cell.epochs if isinstance(cell, ComparatorCell) else 0.0
    backwards = 1 if cell.weighting == "none" else 2
    return cell.epochs * (1 + backwards) * (1e6 + _multiply_adds(cell.backbone, cell.attention))


@lru_cache(maxsize=64)
def _multiply_adds(backbone: str, attention: str) -> int:
    try:
        parts = Network(backbone, attention, seed=0).parts()
    except Exception:  # the cell reports the error when it is computed
        return 0
    return sum(part["multiply_adds"] for part in parts.values())
