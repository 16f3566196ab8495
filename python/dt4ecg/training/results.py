"""The results of a training: history, task weights, checkpoint, and copies by pickle."""

import os
import threading
from typing import Any

import numpy as np
import torch

from dt4ecg._common.tables import html_facts
from dt4ecg.storage import checkpoint as checkpoints
from dt4ecg.training import history as histories
from dt4ecg.training.best_epoch import best_epoch_of
from dt4ecg.training.run import Run
from dt4ecg.training.settings import TrainingSettings
from dt4ecg.training.shared_settings import settings_of


class Results:
    """The methods of a trainer that read its last training.

    A trainer can be pickled and copied unless it is training. The copy has the network, the
    settings, the history and the training state. A weighting or objective must be importable.
    """

    network: torch.nn.Module
    epochs: int
    header: dict[str, Any]
    settings: TrainingSettings
    _run: Run | None
    _losses: tuple[str, ...]
    _validated: bool
    _fitting: threading.Lock

    def __getstate__(self) -> dict[str, Any]:
        if self._fitting.locked():
            raise TypeError(
                "Trainer: a trainer cannot be pickled or copied while it is training; wait for the "
                "end of fit, or call save in a callback and continue with fit(resume=...)"
            )
        return {name: value for name, value in self.__dict__.items() if name != "_fitting"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _fitting=threading.Lock())

    @property
    def history(self) -> histories.History:
        """The finished epochs; see :class:`History`. Any thread may read them at any time.

        Examples
        --------
        >>> import dt4ecg
        >>> trainer = dt4ecg.Trainer(dt4ecg.nn.Network(tasks={"identity": 2}, segment_length=60))
        >>> trainer.history["epoch"].tolist()  # before fit
        []
        """
        records = [] if self._run is None else self._run.core.history
        return histories.from_records(records, self._losses, self._validated)

    @property
    def best_epoch(self) -> int | None:
        """The epoch whose parameters the network has after early stopping; None without it."""
        return best_epoch_of(self.history, self.settings.early_stopping)

    @property
    def fused(self) -> bool:
        """Whether the last `fit` ran the fused loops, not PyTorch's operators."""
        return self._run is not None and self._run.fused

    @property
    def task_weights(self) -> np.ndarray:
        """Weights (tasks,) after the last step: ones before the first step, empty before `fit`."""
        if self._run is None:
            return np.ones(len(self._losses), np.float32)
        return np.array(self._run.core.weights, np.float32)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write network and training state to one file, atomically.

        Any thread may call it. During :meth:`fit`, the state is that between two steps.

        Parameters
        ----------
        path : path
            File to write. :meth:`fit` continues from it with ``resume=path``.

        Raises
        ------
        ValueError
            Before :meth:`fit`, or if `header` has a reserved name.
        TypeError
            If JSON cannot hold `header`.
        RuntimeError
            If a module or weighting calls it within a step. A callback may save.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import numpy as np
        >>> import dt4ecg
        >>> X, y = np.random.default_rng(0).standard_normal((8, 1, 60)), np.zeros((8, 1), int)
        >>> network = dt4ecg.nn.Network(tasks={"identity": 2}, segment_length=60, seed=0)
        >>> trainer = dt4ecg.Trainer(network, epochs=1, n_threads=1).fit(X, y)
        >>> trainer.save(tempfile.mkdtemp() + "/checkpoint.safetensors")
        """
        if self._run is None:
            raise ValueError("save: nothing has been trained yet; call fit first")
        checkpoints.check_header("save", self.header)
        self._run.save(path, self.header)

    def _repr_html_(self) -> str:
        facts = {"network": type(self.network).__name__, "epochs": self.epochs, **settings_of(self)}
        return html_facts("Trainer", facts) + self.history._repr_html_()
