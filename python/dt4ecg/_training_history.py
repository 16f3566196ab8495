"""A training as it is told: the history as arrays, and the progress bar."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from dt4ecg.training import Trainer


def history_of(records, tasks: tuple[str, ...], validated: bool) -> dict[str, Any]:
    def column(name: str) -> np.ndarray:
        rows = [getattr(record, name) for record in records]
        return np.array(rows, float).reshape(len(records), len(tasks))

    validation = {
        "loss": column("validation_loss"),
        "accuracy": column("validation_accuracy"),
    }
    return {
        "tasks": tasks,
        "epoch": np.array([record.epoch for record in records], int),
        "train": {"loss": column("train_loss"), "accuracy": column("train_accuracy")},
        "validation": validation if validated or any(map(has_validation, records)) else None,
        "weight": column("weight"),
        "gradient_norm": column("gradient_norm"),
        "skipped_steps": np.array([record.skipped_steps for record in records], int),
    }


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
