"""The history of a training: one row per epoch, one column per task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg import _core
from dt4ecg._common.tables import frame, html_table
from dt4ecg.storage.model_file import HISTORY_COLUMNS, SKIPPED_STEPS

if TYPE_CHECKING:
    import pandas


class History(dict[str, Any]):
    """The finished epochs of a training, as a dictionary of arrays.

    ``tasks`` : tuple of str
        Names of the columns.
    ``epoch`` : int array (epochs,)
        Number of each epoch, from 1.
    ``train``, ``validation`` : dict
        ``loss`` and ``accuracy``, each an array (epochs, tasks). ``validation`` is None without
        validation data. Accuracies are NaN with an objective of your own.
    ``weight`` : array (epochs, tasks)
        Task weights at the last step of each epoch.
    ``gradient_norm`` : array (epochs, tasks)
        Norms of the tasks' gradients, averaged over the steps of an epoch.
    ``skipped_steps`` : int array (epochs,)
        Steps skipped because losses or gradients were not finite, counted from the first epoch.

    See Also
    --------
    dt4ecg.Trainer.history : The history of a trainer.
    dt4ecg.DT4ECGClassifier : ``history_`` is that of its training.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier
    >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=2).fit(X, y)
    >>> fitted.history_["train"]["loss"].shape
    (2, 1)
    """

    def to_frame(self) -> pandas.DataFrame:
        """Return the history as a data frame with one row for each epoch and task.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=2).fit(X, y)
        >>> fitted.history_.to_frame()[["epoch", "task", "weight", "skipped_steps"]]
           epoch      task  weight  skipped_steps
        0      1  identity     1.0              0
        1      2  identity     1.0              0
        """
        n_epochs, n_tasks = self["weight"].shape
        return frame(
            {
                "epoch": np.repeat(self["epoch"], n_tasks),
                "task": np.tile(np.array(self["tasks"], dtype=object), n_epochs),
                **{name: values.ravel() for name, values in self._columns().items()},
                "skipped_steps": np.repeat(self["skipped_steps"], n_tasks),
            }
        )

    def _repr_html_(self) -> str:
        n = len(self["epoch"])
        if n == 0:
            return html_table("No epoch is finished", {})
        last = {name.replace("_", " "): values[-1] for name, values in self._columns().items()}
        return html_table(f"The last of {n} finished epochs", {"task": self["tasks"], **last})

    def _columns(self) -> dict[str, np.ndarray]:
        """Return the arrays (epochs, tasks) by their names."""
        parts = [part for part in ("train", "validation") if self[part] is not None]
        return {
            **{
                f"{part}_{kind}": self[part][kind]
                for part in parts
                for kind in ("loss", "accuracy")
            },
            "weight": self["weight"],
            "gradient_norm": self["gradient_norm"],
        }


def from_records(
    records: Sequence[_core.train.EpochRecord], tasks: tuple[str, ...], validated: bool
) -> History:
    """Build the history from the records of the C++ core.

    Parameters
    ----------
    records : sequence of EpochRecord
    tasks : tuple of str
    validated : bool
        Whether the training has validation data. The history has a validation part then, even
        without any epoch.

    Returns
    -------
    history : History
    """
    columns = {
        name: np.array([getattr(record, name) for record in records], float).reshape(
            len(records), len(tasks)
        )
        for name in HISTORY_COLUMNS
    }
    columns[SKIPPED_STEPS] = np.array([record.skipped_steps for record in records], int)
    return from_columns(columns, tasks, validated)


def from_columns(
    columns: Mapping[str, np.ndarray], tasks: tuple[str, ...], validated: bool = False
) -> History:
    """Build the history from the columns of a model file."""
    train, validation = (
        {kind: columns[f"{part}_{kind}"] for kind in ("loss", "accuracy")}
        for part in ("train", "validation")
    )
    # A diverged network has a finite accuracy, and an objective of the caller a finite loss.
    validated = validated or any(bool(np.isfinite(v).any()) for v in validation.values())
    return History(
        tasks=tasks,
        epoch=np.arange(1, len(columns[SKIPPED_STEPS]) + 1),
        train=train,
        validation=validation if validated else None,
        weight=columns["weight"],
        gradient_norm=columns["gradient_norm"],
        skipped_steps=columns[SKIPPED_STEPS],
    )


def to_columns(history: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the columns of a history as a model file holds them."""
    unknown = np.full_like(history["weight"], np.nan)
    columns = {name: history[name] for name in ("weight", "gradient_norm", "skipped_steps")}
    for part in ("train", "validation"):
        for kind in ("loss", "accuracy"):
            columns[f"{part}_{kind}"] = (history[part] or {}).get(kind, unknown)
    return columns
