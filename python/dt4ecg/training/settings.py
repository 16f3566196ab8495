"""Settings of a training beyond the recipe of the paper: weight decay, class weights, stopping.

This module does not import torch, so that the command line can show its help quickly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dt4ecg._common import numbers
from dt4ecg.training.options import choice

MONITORS = ("loss", "accuracy")
CLASS_WEIGHTS = ("balanced",)


@dataclass(frozen=True)
class EarlyStopping:
    """Stop a training that no longer improves on its validation data.

    At the end of the training, the network has the parameters of its best epoch.

    Parameters
    ----------
    monitor : {"loss", "accuracy"}, default="loss"
        The value to improve: the mean of the tasks' validation losses, or of their accuracies. A
        task without validation labels has no part.
    patience : int, default=10
        Number of epochs without an improvement after which the training stops, at least 1.

    Raises
    ------
    ValueError
        If a setting is outside its legal range.

    Examples
    --------
    >>> from dt4ecg.training import EarlyStopping
    >>> EarlyStopping(patience=5)
    EarlyStopping(monitor='loss', patience=5)
    """

    monitor: str = "loss"
    patience: int = 10

    def __post_init__(self) -> None:
        choice("monitor", self.monitor, MONITORS)
        numbers.integer("EarlyStopping", "patience", self.patience, 1)


@dataclass(frozen=True)
class TrainingSettings:
    """Settings of :class:`dt4ecg.Trainer` that the recipe of the paper does not use.

    Parameters
    ----------
    weight_decay : float, default=0.0
        Decoupled weight decay (AdamW, Loshchilov and Hutter 2019): each step multiplies all
        parameters by ``1 - learning_rate * weight_decay``, as :class:`torch.optim.AdamW` does.
    class_weight : None, "balanced" or dict, default=None
        Weight of the segments of each class in the losses. ``"balanced"`` takes, in each task,
        ``n / (classes * n_class)``, where n counts the labelled segments, as scikit-learn does. A
        dictionary has, for some tasks, ``"balanced"`` or the weights of some classes, ``{class:
        weight}``; the others are 1. The trainer takes class indices, the classifier labels.
    early_stopping : EarlyStopping, optional
        It needs validation data. None trains all epochs.

    Raises
    ------
    ValueError
        If a setting is outside its legal range.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> from dt4ecg.training import EarlyStopping, TrainingSettings
    >>> settings = TrainingSettings(class_weight="balanced", early_stopping=EarlyStopping())
    >>> X, y = np.random.default_rng(0).standard_normal((9, 60)), ["Ann", "Bo", "Bo"] * 3
    >>> classifier = dt4ecg.DT4ECGClassifier(tasks=("identity",), epochs=2, settings=settings)
    >>> classifier.fit(X, y, validation_data=(X, y)).best_epoch_ in (1, 2)
    True
    """

    weight_decay: float = 0.0
    class_weight: str | Mapping[str, Any] | None = None
    early_stopping: EarlyStopping | None = None

    def __post_init__(self) -> None:
        decay = numbers.real(self.weight_decay)
        if not 0 <= decay < math.inf:
            raise ValueError(
                "TrainingSettings: weight_decay must be a finite number of at least 0, got "
                f"{self.weight_decay!r}"
            )
        if self.class_weight not in (None, *CLASS_WEIGHTS) and not isinstance(
            self.class_weight, Mapping
        ):
            raise ValueError(
                "TrainingSettings: class_weight must be None, 'balanced' or a dictionary such as "
                f"{{'activity': 'balanced'}}, got {self.class_weight!r}"
            )
        if self.early_stopping is not None and not isinstance(self.early_stopping, EarlyStopping):
            raise ValueError(
                "TrainingSettings: early_stopping must be None or an EarlyStopping, such as "
                f"EarlyStopping(patience=10), got {self.early_stopping!r}"
            )

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON can hold them.

        Examples
        --------
        >>> from dt4ecg.training import TrainingSettings
        >>> TrainingSettings(class_weight={"activity": {"run": 2.0}}).to_dict()["class_weight"]
        {'activity': [['run', 2.0]]}
        """
        stopping = self.early_stopping
        weights = self.class_weight
        if isinstance(weights, Mapping):
            weights = {
                task: [[_plain(label), float(weight)] for label, weight in own.items()]
                if isinstance(own, Mapping)
                else own
                for task, own in weights.items()
            }
        return {
            "weight_decay": float(self.weight_decay),
            "class_weight": weights,
            "early_stopping": None
            if stopping is None
            else {"monitor": stopping.monitor, "patience": int(stopping.patience)},
        }

    @classmethod
    def from_dict(cls, content: Any) -> TrainingSettings:
        """Return the settings that :meth:`to_dict` wrote.

        Raises
        ------
        ValueError
            If the content is something else.

        Examples
        --------
        >>> from dt4ecg.training import TrainingSettings
        >>> TrainingSettings.from_dict({"weight_decay": 0.01})
        TrainingSettings(weight_decay=0.01, class_weight=None, early_stopping=None)
        """
        try:
            values = dict(content)
            weights, stopping = values.get("class_weight"), values.get("early_stopping")
            if isinstance(weights, Mapping):
                values["class_weight"] = {
                    task: dict(own) if isinstance(own, list) else own
                    for task, own in weights.items()
                }
            if stopping is not None:
                values["early_stopping"] = EarlyStopping(**stopping)
            return cls(**values)
        except (TypeError, ValueError) as error:
            raise ValueError(f"settings must be those of a training: {error}") from None


def _plain(label: Any) -> Any:
    """Return a label of NumPy as Python's, which JSON can hold."""
    return label.item() if hasattr(label, "item") else label
