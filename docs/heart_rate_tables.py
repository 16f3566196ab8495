"""Markdown tables of benchmarks/results/heart-rate.json."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from result_tables import difference, table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "heart-rate.json"
RESAMPLES = 2000
STATES = ("relaxed", "physical", "cognitive", "emotional")


@cache
def content() -> dict[str, Any]:
    """Return truth and trials."""
    found: dict[str, Any] = json.loads(RESULTS.read_bytes())
    return found


def confusions(name: str) -> np.ndarray:
    """Return the confusion matrix of each person, of one trial."""
    truth, person = (np.array(content()["trials"]["noneeg | truth"][key]) for key in ("y", "person"))
    predicted = np.array([*map(int, content()["trials"][f"noneeg | {name}"])])
    found = np.zeros((person.max() + 1, 4, 4))
    np.add.at(found, (person, truth, predicted), 1)
    return found


def f1(matrix: np.ndarray) -> np.ndarray:
    """Return the F1 of each class, of confusion matrices (..., 4, 4)."""
    right = np.diagonal(matrix, axis1=-2, axis2=-1)
    return 2 * right / np.maximum(matrix.sum(-1) + matrix.sum(-2), 1)


def trials_of(cell: str) -> list[str]:
    return [
        name.removeprefix("noneeg | ")
        for name in content()["trials"]
        if name.startswith(f"noneeg | {cell}")
    ]


@cache
def draws(people: int) -> np.ndarray:
    return np.random.default_rng(0).multinomial(people, np.full(people, 1 / people), RESAMPLES)


def resampled(names: list[str]) -> np.ndarray:
    """Return the macro F1, averaged over trials, of each bootstrap sample of the people."""
    several = np.stack([confusions(name) for name in names])
    drawn = np.einsum("rp,spij->rsij", draws(several.shape[1]), several)
    return f1(drawn).mean((-1, -2))
