"""Splits."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.defaults import TEST_SIZE
from dt4ecg.protocols.base import TEST, TRAIN, VALIDATION, Protocol, Split
from dt4ecg.protocols.blocked import BLOCKED
from dt4ecg.protocols.random_segments import RANDOM
from dt4ecg.protocols.session import SESSION
from dt4ecg.protocols.subject import SUBJECT

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


PROTOCOLS: dict[str, Protocol] = {
    protocol.name: protocol for protocol in (RANDOM, BLOCKED, SESSION, SUBJECT)
}


def split(
    data: SegmentSet,
    protocol: str,
    test_size: float = TEST_SIZE,
    validation_size: float = 0.0,
    seed: int = 0,
) -> Split:
    """Divide a set once.

    Parameters
    ----------
    data : SegmentSet
    protocol : {"random", "blocked", "session", "subject"}
        ``random`` (the paper's 7:3): segments, plainly at random, as it says no more than that.
        ``blocked``: the end of each recording, so that the past predicts the future; at least one
        segment's length of guard lies between the parts, and recordings too short for a part, a
        guard and a segment of training train only; the seed plays no role.
        ``session``: sessions of each subject, the same ones for all where all have the same; who
        has one session only trains.
        ``subject``: people; identity is not scored.
    test_size, validation_size : float
        Share of what the protocol deals in: segments, time, sessions, subjects. At least one is
        held out for each size above 0.
    seed : int

    Returns
    -------
    Split

    Raises
    ------
    ValueError
        Unknown protocol, sizes outside 0 < test_size + validation_size < 1, or a set that cannot be
        divided so.
    """
    chosen = _protocol(protocol)
    if not (test_size > 0 and validation_size >= 0 and test_size + validation_size < 1):
        raise ValueError(
            "split: needs test_size > 0, validation_size >= 0 and a sum below 1, got "
            f"{test_size} and {validation_size}"
        )
    parts = chosen.cut(data, test_size, validation_size, np.random.default_rng(seed))
    return _split(data, chosen, parts, seed)


def folds(
    data: SegmentSet, protocol: str, n_folds: int | None = None, seed: int = 0
) -> list[Split]:
    """Divide a set so that each segment is tested once: cross-validation by the protocol's units.

    ``session`` never tests a subject's only session, nor ``blocked`` a recording too short for it.

    Parameters
    ----------
    data : SegmentSet
    protocol : as in ``split``
    n_folds : int, optional
        At least 2. Default: 5, or fewer where there are fewer subjects; for ``session`` the largest
        number of sessions of a subject.
    seed : int

    Raises
    ------
    ValueError
        Unknown protocol, or more folds than the set has units.
    """
    chosen = _protocol(protocol)
    if n_folds is not None and n_folds < 2:
        raise ValueError(f"folds: needs at least 2 folds, got {n_folds}")
    rotation = chosen.rotate(data, n_folds, np.random.default_rng(seed))
    return [_split(data, chosen, parts, seed) for parts in rotation]


def _protocol(name: str) -> Protocol:
    try:
        return PROTOCOLS[name]
    except KeyError:
        raise ValueError(
            f"protocol: unknown name {name!r}; known: {', '.join(PROTOCOLS)}"
        ) from None


def _split(data: SegmentSet, protocol: Protocol, parts: np.ndarray, seed: int) -> Split:
    train, validation, test = (np.flatnonzero(parts == part) for part in (TRAIN, VALIDATION, TEST))
    if not len(train) or not len(test):
        raise ValueError(
            f"{protocol.name}: {len(data)} segments leave {len(train)} for training and "
            f"{len(test)} for the test; use longer recordings, or other sizes"
        )
    scored = tuple(
        task
        for column, task in enumerate(data.tasks)
        if task not in protocol.not_scored and (data.y[test, column] >= 0).any()
    )
    if not scored:
        raise ValueError(
            f"{protocol.name}: leaves no task to score: {' and '.join(data.tasks)} have no labels "
            "in the test part or cannot be asked of it"
        )
    for task in scored:
        _warn_of_unseen_classes(data, protocol, task, train, test)
    return Split(train, validation, test, protocol.name, seed, scored)


def _warn_of_unseen_classes(
    data: SegmentSet, protocol: Protocol, task: str, train: np.ndarray, test: np.ndarray
) -> None:
    labels = data.y[:, data.tasks.index(task)]
    unseen = np.setdiff1d(labels[test], np.append(labels[train], -1))
    if len(unseen):
        names = ", ".join(data.classes[task][label] for label in unseen)
        warnings.warn(
            f"{protocol.name}: {task} {names} is tested but never trained and will count as wrong; "
            "use more data or another seed or size",
            stacklevel=4,
        )
