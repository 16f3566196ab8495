"""Recipes: what training does beside the network's shape, the weighting and the optimiser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """One row of the table.

    Attributes
    ----------
    summary : str
    standardize : bool
        Of :class:`dt4ecg.nn.Network`.
    schedule : str
    label_smoothing : float
        Both of :class:`dt4ecg.Trainer`.
    """

    summary: str
    standardize: bool = False
    schedule: str = "constant"
    label_smoothing: float = 0.0


DEFAULT = "paper"

RECIPES = {
    DEFAULT: Recipe("segments as they come, cross-entropy, a constant learning rate"),
    # Chosen on segments that no report tests on, see benchmarks/recipe_choice.py.
    "strong": Recipe(
        "segments standardised, a rate that falls to 0, labels smoothed: meant for electrodes and "
        "people never seen",
        standardize=True,
        schedule="cosine",
        label_smoothing=0.1,
    ),
}


def recipe(name: str) -> Recipe:
    """Row of the table; ValueError with the legal names for another one."""
    if not isinstance(name, str) or name not in RECIPES:
        raise ValueError(f"recipe: must be one of {', '.join(RECIPES)}, got {name!r}")
    return RECIPES[name]
