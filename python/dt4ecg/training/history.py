"""The history of a training: one row per epoch, one column per task."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dt4ecg import _core
from dt4ecg.storage.model_file import HISTORY_COLUMNS, SKIPPED_STEPS


def from_records(
    records: Sequence[_core.train.EpochRecord], tasks: tuple[str, ...], validated: bool
) -> dict[str, Any]:
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
    history : dict
        As documented for :attr:`dt4ecg.Trainer.history`.
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
) -> dict[str, Any]:
    """Build the history from the columns of a model file."""
    train, validation = (
        {kind: columns[f"{part}_{kind}"] for kind in ("loss", "accuracy")}
        for part in ("train", "validation")
    )
    # A diverged network has a finite accuracy, and an objective of the caller a finite loss.
    validated = validated or any(bool(np.isfinite(v).any()) for v in validation.values())
    return {
        "tasks": tasks,
        "epoch": np.arange(1, len(columns[SKIPPED_STEPS]) + 1),
        "train": train,
        "validation": validation if validated else None,
        "weight": columns["weight"],
        "gradient_norm": columns["gradient_norm"],
        "skipped_steps": columns[SKIPPED_STEPS],
    }


def to_columns(history: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Return the columns of a history as a model file holds them."""
    unknown = np.full_like(history["weight"], np.nan)
    columns = {name: history[name] for name in ("weight", "gradient_norm", "skipped_steps")}
    for part in ("train", "validation"):
        for kind in ("loss", "accuracy"):
            columns[f"{part}_{kind}"] = (history[part] or {}).get(kind, unknown)
    return columns
