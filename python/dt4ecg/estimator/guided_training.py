"""Module, objective and targets of a classifier whose recipe has guidance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from dt4ecg._common.labels import UNKNOWN
from dt4ecg.nn import MapNetwork, Network
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.training.guidance import GuidanceLoss, GuidanceTargets, guidance_targets
from dt4ecg.training.guidance.loss import RHYTHM_OUTPUT
from dt4ecg.training.guidance.targets import RHYTHM
from dt4ecg.training.recipes import Recipe


def module_to_train(
    recipe: Recipe, network: Network, confounders: Mapping[str, int]
) -> torch.nn.Module:
    """Return the network, or for a recipe with guidance the module that returns its maps.

    Raises
    ------
    ValueError
        If a guided training has confounders, or the backbone has no time axis.
    """
    if recipe.guidance is None:
        return network
    if confounders:
        raise ValueError(
            "fit: recipe='guided' has an objective of its own, without confounders; leave them "
            "out, or choose another recipe"
        )
    return MapNetwork(network, {RHYTHM_OUTPUT: RHYTHM})


def objective(recipe: Recipe, network: Network) -> dict[str, Any]:
    """Return the arguments of :class:`dt4ecg.Trainer` that choose its losses."""
    if recipe.guidance is None:
        return {"label_smoothing": recipe.label_smoothing}
    smoothing = recipe.label_smoothing
    return {"objective": GuidanceLoss(network.tasks, label_smoothing=smoothing, **recipe.guidance)}


class Targets:
    """Targets of the training part, and then of other parts with the scale of the training part.

    Parameters
    ----------
    module : torch.nn.Module
        What :func:`module_to_train` returned.
    preprocessor : Preprocessor or None
        It states the sampling rate of the segments.
    """

    def __init__(self, module: torch.nn.Module, preprocessor: Preprocessor | None) -> None:
        self._module = module
        self._preprocessor = preprocessor
        self._training: GuidanceTargets | None = None

    def __call__(self, X: np.ndarray, y: np.ndarray) -> Any:
        """Return class indices, or for a guided training a dictionary with windows and rhythm too.

        The first call is for the training part.

        Raises
        ------
        ValueError
            If a guided training has no preprocessor, or segments in which no beat can be found.
        """
        if not isinstance(self._module, MapNetwork):
            return y
        if self._preprocessor is None:
            raise ValueError(
                "fit: recipe='guided' looks for R peaks, so it has to know the sampling rate; pass "
                "the preprocessor that made the segments, or choose another recipe"
            )
        rate = X.shape[2] / self._preprocessor.segment_seconds
        try:
            found = guidance_targets(X, rate, self._module.length, scale_of=self._training)
        except ValueError as error:
            raise ValueError(f"fit: recipe='guided': {error}") from None
        self._training = self._training or found
        # As for any recipe, a task with one class is not trained.
        several = [classes > 1 for classes in self._module.classes.values()]
        return found.with_labels(np.where(several, y, UNKNOWN))


def finish(module: torch.nn.Module) -> None:
    """Write the weights of the heads back into the network after a guided training."""
    if isinstance(module, MapNetwork):
        module.write_heads()
