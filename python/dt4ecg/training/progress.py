"""The progress bar of a training."""

from collections.abc import Sequence
from types import TracebackType
from typing import Any

import numpy as np

from dt4ecg import _core


class ProgressBar:
    """A tqdm bar over epochs that shows the accuracy of each task, or its loss.

    Parameters
    ----------
    tasks : sequence of str
    done, epochs : int
        Number of finished epochs, and of all epochs.
    enabled : bool
        Without it, nothing is shown.
    """

    def __init__(self, tasks: Sequence[str], done: int, epochs: int, enabled: bool) -> None:
        self._tasks = tasks
        self._done = done
        self._epochs = epochs
        self._bar: Any = None
        self._enabled = enabled

    def __enter__(self) -> "ProgressBar":
        if self._enabled:
            from tqdm.auto import tqdm

            self._bar = tqdm(total=self._epochs, initial=self._done, unit="epoch", desc="training")
        return self

    def update(self, record: _core.train.EpochRecord) -> None:
        """Show a finished epoch."""
        if self._bar is None:
            return
        part, kind, shown = _shown(record)
        numbers = (f"{task} {x:.3f}" for task, x in zip(self._tasks, shown, strict=True))
        self._bar.set_postfix_str(f"{part} {kind}{' '.join(numbers)}")
        self._bar.update()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()


def _shown(record: _core.train.EpochRecord) -> tuple[str, str, Sequence[float]]:
    """Validation before training, and accuracy before loss: a diverged network has no loss."""
    columns = (
        ("validation", "", record.validation_accuracy),
        ("validation", "loss ", record.validation_loss),
        ("train", "", record.train_accuracy),
    )
    for part, kind, values in columns:
        if np.isfinite(values).any():
            return part, kind, values
    return "train", "loss ", record.train_loss
