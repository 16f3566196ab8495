"""Checks of a trainer's settings, and the settings that a continued training must share."""

from typing import Any

from dt4ecg import _core
from dt4ecg import weighting as weightings
from dt4ecg.training import objectives
from dt4ecg.training.class_weights import class_weights
from dt4ecg.training.data import data_digest
from dt4ecg.training.settings import TrainingSettings


def checked(settings: Any, objective: objectives.Objective) -> TrainingSettings:
    """Return the settings, or the default ones for None; check them against the objective.

    Raises
    ------
    TypeError
        If the settings are another object.
    ValueError
        If they need cross-entropy, and the objective is another one.
    """
    if settings is None:
        return TrainingSettings()
    if not isinstance(settings, TrainingSettings):
        raise TypeError(
            "Trainer: settings must be a dt4ecg.training.TrainingSettings or None, got "
            f"{settings!r}"
        )
    if not isinstance(objective, objectives.CrossEntropy):
        stopping = settings.early_stopping
        if settings.class_weight is not None or (stopping and stopping.monitor == "accuracy"):
            raise ValueError(
                "Trainer: class_weight and the accuracy as monitor belong to "
                "objective='cross_entropy'; weigh the classes in your objective, and monitor 'loss'"
            )
    return settings


def shared_settings(
    trainer: Any, tasks: dict[str, int], data: _core.train.TrainingData
) -> dict[str, Any]:
    """Return the settings and a digest of the data, which a continued training must share.

    Parameters
    ----------
    trainer : dt4ecg.Trainer
    tasks : dict of str to int
        Number of classes of each task of the network.
    data : TrainingData

    Raises
    ------
    ValueError
        If class weights do not belong to the tasks.
    """
    shared = settings_of(trainer)
    if trainer.settings.class_weight is not None:
        shared["class_weight"] = class_weights(
            trainer.settings.class_weight, data.targets[0], tasks
        )
    # The patience may change, because it changes no step and no best epoch.
    shared["early_stopping"] = getattr(trainer.settings.early_stopping, "monitor", None)
    shared["data"] = data_digest(data)
    if trainer.schedule != "constant":
        shared["epochs"] = trainer.epochs  # the learning rate of every step depends on them
    return shared


def settings_of(trainer: Any) -> dict[str, Any]:
    """Return the settings of a trainer as JSON can hold them.

    Parameters
    ----------
    trainer : dt4ecg.Trainer
    """
    return {
        "learning_rate": trainer.learning_rate,
        **trainer.settings.to_dict(),
        "batch_size": trainer.batch_size,
        "schedule": trainer.schedule,
        "label_smoothing": trainer.label_smoothing,
        "objective": objectives.describe(trainer.objective),
        "norm_scope": trainer.norm_scope,
        "precision": trainer.precision,
        "seed": trainer.seed,
        "weighting": weightings.describe(trainer.weighting),
    }
