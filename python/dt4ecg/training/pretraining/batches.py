"""Batches of views, which the trainer takes as one epoch each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg.training.epoch_data import EpochData

Segments = NDArray[np.float32]
Views = Callable[[Segments, np.random.Generator], Segments]


class ViewBatches(EpochData):
    """Draw batches without labels, with several views of each row.

    Parameters
    ----------
    rows : float32 array (n, leads, T)
    views : callable
        ``views(rows, generator)`` returns (views, batch, leads, length).
    batch_size : int
        Rows of a batch. Fewer if there are fewer rows.
    seed : int

    Attributes
    ----------
    steps : int
        Batches of one pass over the rows. Rows that do not fill a batch are left out of this pass.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training.pretraining.batches import ViewBatches
    >>> batches = ViewBatches(np.eye(10, 60, dtype=np.float32)[:, None],
    ...                       lambda rows, generator: np.stack([rows, -rows]), 4, seed=0)
    >>> segments, targets = batches(0)
    >>> segments.shape, targets["row"].tolist(), batches.steps
    ((8, 1, 60), [0, 1, 2, 3, 4, 5, 6, 7], 2)
    """

    def __init__(self, rows: Segments, views: Views, batch_size: int, seed: int) -> None:
        self._rows, self._views, self._seed = rows, views, seed
        self.size = min(batch_size, len(rows))
        self.steps = len(rows) // self.size

    def __call__(self, number: int) -> tuple[Segments, dict[str, Any]]:
        """Return the segments and targets of the batch of a number, from 0."""
        passed, batch = divmod(number, self.steps)
        order = np.random.default_rng([self._seed, 0, passed]).permutation(len(self._rows))
        chosen = order[batch * self.size : (batch + 1) * self.size]
        views = self._views(self._rows[chosen], np.random.default_rng([self._seed, 1, number]))
        segments = views.reshape(-1, *views.shape[2:])
        return segments, {"row": np.arange(len(segments)), "segment": segments}
