"""The arguments of network and trainer, and the training data, that a recipe chooses."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from dt4ecg.estimator import guided_training
from dt4ecg.nn import Network
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.training.augmentation import Augmentation
from dt4ecg.training.epoch_data import AugmentedSegments
from dt4ecg.training.recipes import Recipe
from dt4ecg.training.slow_exchange import SlowExchange

_RATE = 100.0  # Hz, of segments without a preprocessor
_USUAL = 300  # samples of a segment at this rate


def network_arguments(recipe: Recipe) -> dict[str, Any]:
    """Return the arguments of :class:`dt4ecg.nn.Network` that a recipe chooses."""
    return {"standardize": recipe.standardize}


def trainer_arguments(recipe: Recipe, network: Network) -> dict[str, Any]:
    """Return the arguments of :class:`dt4ecg.Trainer` that a recipe chooses."""
    return {"schedule": recipe.schedule, **guided_training.objective(recipe, network)}


def training_data(
    recipe: Recipe,
    tasks: Sequence[str],
    X: np.ndarray,
    y: Any,
    sample_weight: Any,
    preprocessor: Preprocessor | None,
    seed: int,
) -> dict[str, Any]:
    """Return the arguments X, y and sample_weight of :meth:`dt4ecg.Trainer.fit`.

    Parameters
    ----------
    recipe : Recipe
    tasks : sequence of str
        Names of the columns of y.
    X : float32 array (n, leads, T)
        Checked segments.
    y : array (n, tasks), or dict of arrays
        Class indices, or the targets of a guided training.
    sample_weight : array (n,) or None
    preprocessor : Preprocessor or None
        It states the sampling rate of the segments; 100 Hz without it.
    seed : int

    Warns
    -----
    UserWarning
        If slow parts are exchanged, there is no preprocessor, and segments do not have 300 samples.
    """
    exchanged = recipe.exchange in tasks
    if recipe.augmentation is None and not exchanged:
        return {"X": X, "y": y, "sample_weight": sample_weight}
    rate = _RATE if preprocessor is None else X.shape[2] / preprocessor.segment_seconds
    if exchanged and preprocessor is None and X.shape[2] != _USUAL:
        warnings.warn(
            f"fit: the recipe exchanges slow waves and takes segments of {X.shape[2]} samples as "
            f"{X.shape[2] / _RATE:g} s at {_RATE:g} Hz, because no preprocessor states their "
            "sampling rate; pass the preprocessor that made them",
            stacklevel=4,  # fit has a decorator
        )
    change = exchange = classes = None
    if recipe.augmentation is not None:
        change = Augmentation(X.shape[2], rate, **recipe.augmentation)
    if exchanged:
        exchange, classes = SlowExchange(rate), y[:, list(tasks).index(str(recipe.exchange))]
    return {"X": AugmentedSegments(X, y, change, sample_weight, seed, exchange, classes)}
