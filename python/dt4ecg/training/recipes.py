"""Recipes: named combinations of input standardisation, random changes, schedule and smoothing.

This module does not import torch, so that the command line can show its help quickly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["DEFAULT", "RECIPES", "Recipe", "recipe"]


@dataclass(frozen=True)
class Recipe:
    """A named combination of training settings.

    Attributes
    ----------
    summary : str
        One line for the command line.
    standardize : bool
        Argument of :class:`dt4ecg.nn.Network`.
    schedule : str
        Argument of :class:`dt4ecg.Trainer`.
    label_smoothing : float
        Argument of :class:`dt4ecg.Trainer`.
    augmentation : dict of str to float, optional
        Arguments of :class:`dt4ecg.training.Augmentation`, which changes the segments at random in
        each epoch. None leaves them as they are.
    exchange : str, optional
        Task within whose classes :class:`dt4ecg.training.SlowExchange` exchanges the slow parts of
        segments in each epoch. It has no effect on a classifier without this task. A classifier
        without a preprocessor takes the sampling rate as 100 Hz.
    overlap : float
        Overlap of the training segments that ``dt4ecg train`` cuts, as a fraction of a segment.
        Other segments never overlap.
    guidance : dict of str to float, optional
        Arguments ``weight`` and ``rhythm_weight`` of
        :class:`dt4ecg.training.guidance.GuidanceLoss`, which then is the objective. None trains
        with cross-entropy alone.
    streamable : bool
        Whether ``dt4ecg train`` chooses causal filters, so that the model can label a stream.

    Examples
    --------
    >>> from dt4ecg.training.recipes import RECIPES
    >>> RECIPES["strong"].schedule
    'cosine'
    """

    summary: str
    standardize: bool = False
    schedule: str = "constant"
    label_smoothing: float = 0.0
    augmentation: Mapping[str, float] | None = None
    exchange: str | None = None
    overlap: float = 0.0
    guidance: Mapping[str, float] | None = None
    streamable: bool = False


DEFAULT = "paper"

RECIPES: dict[str, Recipe] = {
    DEFAULT: Recipe("segments as they come, cross-entropy, a constant learning rate"),
    # Chosen on segments that no report tests on, see benchmarks/recipe_choice.py.
    "strong": Recipe(
        "segments standardised, a rate that falls to 0, labels smoothed: meant for electrodes and "
        "people never seen",
        standardize=True,
        schedule="cosine",
        label_smoothing=0.1,
        streamable=True,
    ),
    # Chosen within the training parts, see benchmarks/robust.
    "robust": Recipe(
        "strong with overlapping training segments, whose slow waves are exchanged at random",
        standardize=True,
        schedule="cosine",
        label_smoothing=0.1,
        exchange="activity",
        overlap=2 / 3,
        streamable=True,
    ),
    # Set before any result was known, see benchmarks/guided.py.
    "guided": Recipe(
        "as strong, and maps of Grad-CAM are guided towards the P, QRS and T waves",
        standardize=True,
        schedule="cosine",
        label_smoothing=0.1,
        guidance={"weight": 1.0, "rhythm_weight": 0.1},
    ),
}
"""The recipes by name. ``"paper"`` is the training of the paper."""


def recipe(name: str) -> Recipe:
    """Return the recipe of a name.

    Parameters
    ----------
    name : str
        A key of :data:`RECIPES`.

    Returns
    -------
    recipe : Recipe

    Raises
    ------
    ValueError
        If no recipe has this name.

    Examples
    --------
    >>> from dt4ecg.training.recipes import recipe
    >>> recipe("strong").label_smoothing
    0.1
    """
    if not isinstance(name, str) or name not in RECIPES:
        raise ValueError(f"recipe: must be one of {', '.join(RECIPES)}, got {name!r}")
    return RECIPES[name]


def require_recipe_of(network: Mapping[str, Any], name: str) -> None:
    """Raise ValueError unless a recipe belongs to a network with these arguments."""
    standardize = network.get("standardize", False)
    if recipe(name).standardize != standardize:
        raise ValueError(
            f"recipe {name!r} builds another network than the fitted one, which has "
            f"standardize={standardize}; set recipe back, or call fit"
        )


def __dir__() -> list[str]:
    return sorted(__all__)
