"""The result of a cell: everything that the tables need, so that a report trains nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """Result of one cell, in lists and numbers that JSON can store.

    Attributes
    ----------
    test : list of int
        Indices of the test segments in the data set, ascending.
    recordings : list of int
        Recording of each test segment.
    truth, predicted : dict of scored task to list of int
        Class indices of the test segments; -1 in ``truth`` is a missing label.
    scores : dict of scored task to dict
        Scores as ``dt4ecg.metrics.TaskReport.to_dict`` returns them.
    history : dict or None
        History of a training: ``tasks``, ``epoch``, and ``loss``, ``accuracy`` and ``weight`` with
        one list per epoch and one value per task.
    parameters, multiply_adds : int or None
        Size of the network, and its multiply-adds per segment.
    n_train : int
        Number of training segments.
    leaks : str
        Text of ``dt4ecg.protocols.leak_report`` for the split.
    data : dict
        Name, size and citation of the data set.
    warnings : list of str
        Texts of the warnings during the computation.
    seconds : float
        Duration of the computation.
    environment : dict
        Versions, processor and commit.
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
