"""What a cell leaves: enough to write every table again without training anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """Outcome of one cell, in lists and numbers that JSON takes.

    Attributes
    ----------
    test : list of int
        Indices of the test segments in their set, ascending.
    recordings : list of int
        Recording of each test segment.
    truth, predicted : dict of scored task to list of int
        Class indices of the test segments; a truth of -1 is a missing label.
    scores : dict of scored task to dict
        ``dt4ecg.metrics.TaskReport.to_dict``: k, N, precision, recall, F1, confusion matrix.
    history : dict or None
        ``epoch``; ``loss`` and ``accuracy`` in training, and ``weight``: (epochs, tasks) each.
    parameters, multiply_adds : int or None
        Of the network; multiply-adds per segment.
    n_train : int
    leaks : str
        ``dt4ecg.protocols.leak_report`` of the split.
    data : dict
        Name, size, origin of the set.
    warnings : list of str
    seconds : float
    environment : dict
        Versions and commit.
    """

    test: list[int]
    recordings: list[int]
    truth: dict[str, list[int]]
    predicted: dict[str, list[int]]
    scores: dict[str, dict[str, Any]]
    history: dict[str, Any] | None
    parameters: int | None
    multiply_adds: int | None
    n_train: int
    leaks: str
    data: dict[str, Any]
    warnings: list[str]
    seconds: float
    environment: dict[str, str]
