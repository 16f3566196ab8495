"""Computation of one cell, on one thread. A worker needs only an installed dt4ecg."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from dt4ecg import DT4ECGClassifier, metrics, protocols
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.datasets import SegmentSet
from dt4ecg.paper.comparators import COMPARATORS, FitSettings
from dt4ecg.paper.design.cells import Cell, ComparatorCell, NetworkCell
from dt4ecg.paper.design.published import TEST_SIZE
from dt4ecg.paper.design.sources import Source, segments
from dt4ecg.paper.run.environment import environment
from dt4ecg.paper.run.result import Result
from dt4ecg.protocols import Split


class Tested(NamedTuple):
    """Predicted class names (test segments, tasks), and facts about the network."""

    predicted: np.ndarray
    history: dict[str, Any] | None = None
    parameters: int | None = None
    multiply_adds: int | None = None


# Warnings, thread counts and torch's generator belong to the process, so that it computes one cell
# at a time.
_one_cell = threading.Lock()


def compute(cell: Cell) -> Result:
    """Split the data, train and test.

    Equal cells, builds and processors give equal predictions. Errors of the training are not
    caught here: the grid continues without this cell.
    """
    with _one_cell:
        return _compute(cell)


def load_split(source: Source, protocol: str, seed: int) -> tuple[SegmentSet, Split]:
    """Return the segments of a cell, and the split into training and test part."""
    data = segments(source)
    return data, protocols.split(data, protocol, test_size=TEST_SIZE, seed=seed)


def _compute(cell: Cell) -> Result:
    started = time.perf_counter()
    with warnings.catch_warnings(record=True) as caught, _one_thread():
        warnings.simplefilter("always")
        data, split = load_split(cell.source, cell.protocol, cell.seed)
        tested = _TESTS[type(cell)](cell, data, split)
    scored = [task for task in cell.tasks if task in split.scored_tasks]
    names = data.labels_of(cell.tasks)[split.test]
    report = metrics.report(
        names,
        tested.predicted,
        {task: data.classes[task] for task in cell.tasks},
    ).to_dict()
    return Result(
        test=split.test.tolist(),
        recordings=data.groups[split.test].tolist(),
        truth={task: data.y[split.test, data.tasks.index(task)].tolist() for task in scored},
        predicted={
            task: _codes(tested.predicted[:, cell.tasks.index(task)], data.classes[task])
            for task in scored
        },
        scores={task: report[task] for task in scored},
        history=tested.history,
        parameters=tested.parameters,
        multiply_adds=tested.multiply_adds,
        n_train=len(split.train),
        leaks=str(protocols.leak_report(data, split)),
        data=_description(data),
        warnings=list(dict.fromkeys(str(warning.message) for warning in caught)),
        seconds=time.perf_counter() - started,
        environment=environment(),
    )


def _train_network(cell: NetworkCell, data: SegmentSet, split: Split) -> Tested:
    labels = data.labels_of(cell.tasks)
    classifier = DT4ECGClassifier(
        backbone=cell.backbone,
        attention=cell.attention,
        weighting=cell.weighting,
        recipe=cell.recipe,
        tasks=cell.tasks,
        epochs=cell.epochs,
        batch_size=cell.batch_size,
        learning_rate=cell.learning_rate,
        n_threads=1,
        random_state=cell.seed,
    )
    classifier.fit(data.X[split.train], labels[split.train])
    history = classifier.history_
    parts = classifier.network_.parts().values()
    return Tested(
        classifier.predict(data.X[split.test]).reshape(len(split.test), -1),
        {
            "tasks": list(history["tasks"]),
            "epoch": history["epoch"].tolist(),
            "loss": _finite(history["train"]["loss"]),
            "accuracy": _finite(history["train"]["accuracy"]),
            "weight": _finite(history["weight"]),
        },
        sum(part["parameters"] for part in parts),
        sum(part["multiply_adds"] for part in parts),
    )


def _fit_comparator(cell: ComparatorCell, data: SegmentSet, split: Split) -> Tested:
    labels = data.labels_of(cell.tasks)[:, 0]
    train = split.train[labels[split.train] != UNKNOWN]
    fit = COMPARATORS[cell.comparator].fit
    settings = FitSettings(_sampling_rate(data), cell.seed, cell.epochs)
    predict = fit(data.X[train], labels[train].astype(str), settings)
    return Tested(np.asarray(predict(data.X[split.test])).reshape(len(split.test), 1))


_TESTS: dict[type[Cell], Callable[..., Tested]] = {
    NetworkCell: _train_network,
    ComparatorCell: _fit_comparator,
}


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):  # for NumPy and scikit-learn
            yield
    finally:
        torch.set_num_threads(before)


def _sampling_rate(data: SegmentSet) -> float:
    """Return the sampling rate of the segments in Hz."""
    seconds = float(data.meta["stop"][0] - data.meta["start"][0])
    return int(data.X.shape[2]) / seconds


def _codes(names: np.ndarray, classes: list[str]) -> list[int]:
    index = {name: code for code, name in enumerate(classes)}
    return [index[name] for name in names.tolist()]


def _finite(table: np.ndarray) -> list[list[float | None]]:
    return [[value if np.isfinite(value) else None for value in row] for row in table.tolist()]


def _description(data: SegmentSet) -> dict[str, Any]:
    return {
        "name": data.name,
        "simulated": data.simulated,
        "citation": data.citation,
        "segments": len(data),
        "recordings": len(np.unique(data.groups)),
        "classes": {task: len(names) for task, names in data.classes.items()},
    }
