"""A training as it is told: the history, in memory and in a file, and the progress bar."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from dt4ecg.training.trainer import Trainer


_COLUMNS = (
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "weight",
    "gradient_norm",
)
_STORED = "training.history."  # where a checkpoint has the core's own


def history_of(records, tasks: tuple[str, ...], validated: bool) -> dict[str, Any]:
    columns = {
        name: np.array([getattr(record, name) for record in records], float) for name in _COLUMNS
    }
    skipped = np.array([record.skipped_steps for record in records], int)
    return _history(columns, skipped, tasks, validated)


def _history(
    columns: Mapping[str, np.ndarray], skipped: np.ndarray, tasks: tuple[str, ...], validated: bool
) -> dict[str, Any]:
    by_task = {name: column.reshape(len(skipped), len(tasks)) for name, column in columns.items()}
    train, validation = (
        {kind: by_task[f"{part}_{kind}"] for kind in ("loss", "accuracy")}
        for part in ("train", "validation")
    )
    validated = validated or bool(np.isfinite(validation["accuracy"]).any())
    return {
        "tasks": tasks,
        "epoch": np.arange(1, len(skipped) + 1),
        "train": train,
        "validation": validation if validated else None,
        "weight": by_task["weight"],
        "gradient_norm": by_task["gradient_norm"],
        "skipped_steps": skipped,
    }


def stored_history(history: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    """For a model file, in the form of a checkpoint's."""
    unknown = np.full_like(history["weight"], np.nan)
    columns = {name: history[name] for name in ("weight", "gradient_norm", "skipped_steps")}
    for part in ("train", "validation"):
        for kind in ("loss", "accuracy"):
            columns[f"{part}_{kind}"] = (history[part] or {}).get(kind, unknown)
    return {_STORED + name: torch.tensor(column) for name, column in columns.items()}


def restored_history(
    tensors: Mapping[str, torch.Tensor], tasks: tuple[str, ...]
) -> dict[str, Any] | None:
    """The history in a model file or checkpoint; None in files written before models had one."""
    skipped = tensors.get(f"{_STORED}skipped_steps")
    if skipped is None:
        return None
    columns = {name: tensors[_STORED + name] for name in _COLUMNS}
    shape = (skipped.numel(), len(tasks))
    if skipped.dtype != torch.int64 or any(
        column.dtype != torch.float64 or column.shape != shape for column in columns.values()
    ):
        raise ValueError("its history is not one row per epoch and one column per task")
    arrays = {name: column.numpy() for name, column in columns.items()}
    return _history(arrays, skipped.numpy().reshape(-1), tasks, validated=False)


def has_validation(record) -> bool:
    """By the accuracy, which is finite where a network gone astray has no finite loss."""
    return bool(np.isfinite(record.validation_accuracy).any())


class ProgressBar:
    """A tqdm bar over epochs that shows each task's accuracy, or nothing."""

    def __init__(self, trainer: "Trainer", enabled: bool):
        self.trainer = trainer
        self.enabled = enabled

    def __enter__(self):
        if self.enabled:
            from tqdm.auto import tqdm

            done = len(self.trainer._run.history)
            self.bar = tqdm(total=self.trainer.epochs, initial=done, unit="epoch", desc="training")
        return self

    def __call__(self, record) -> None:
        if not self.enabled:
            return
        validated = has_validation(record)
        shown = record.validation_accuracy if validated else record.train_accuracy
        kind = "validation" if validated else "train"
        self.bar.set_postfix_str(
            f"{kind} "
            + " ".join(f"{t} {a:.3f}" for t, a in zip(self.trainer._tasks, shown, strict=True))
        )
        self.bar.update()

    def __exit__(self, *_):
        if self.enabled:
            self.bar.close()
