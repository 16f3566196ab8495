"""The table of protocols, and the functions that divide a segment set by one of them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.defaults import TEST_SIZE
from dt4ecg._common.labels import UNKNOWN
from dt4ecg._common.wording import counted
from dt4ecg.protocols.base import TEST, TRAIN, VALIDATION, Indices, Parts, Protocol, Split
from dt4ecg.protocols.blocked import BLOCKED
from dt4ecg.protocols.random_segments import RANDOM
from dt4ecg.protocols.session import SESSION
from dt4ecg.protocols.subject import SUBJECT

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet

PROTOCOLS: dict[str, Protocol] = {
    protocol.name: protocol for protocol in (RANDOM, BLOCKED, SESSION, SUBJECT)
}
"""Protocols by name, in the order of the documentation."""


def split(
    data: SegmentSet,
    protocol: str,
    test_size: float = TEST_SIZE,
    validation_size: float = 0.0,
    seed: int = 0,
) -> Split:
    """Divide a segment set once.

    Parameters
    ----------
    data : SegmentSet
        The set to divide.
    protocol : {"random", "blocked", "session", "subject"}
        The unit that is held out.

        - ``random``: segments at random (the paper's protocol, 7:3).
        - ``blocked``: the end of each recording, so that the past predicts the future. At least
          one segment's length of guard lies between the parts. A recording is only used for
          training if it is too short for a test part, a guard and a training segment. The seed has
          no effect.
        - ``session``: sessions of each subject. If all subjects have the same sessions, the same
          ones are held out for all. Subjects with one session are only used for training.
        - ``subject``: all segments of some subjects. Identity is not scored.
    test_size, validation_size : float, default 0.3 and 0.0
        Fractions of the units of the protocol: segments, time, sessions or subjects. Sizes are
        rounded to whole units; a size above 0 holds out at least one.
    seed : int, default 0
        Seed of the random choice.

    Returns
    -------
    Split
        Indices of the training, validation and test segments, and the tasks to score.

    Raises
    ------
    ValueError
        If the protocol is unknown, if not 0 < ``test_size + validation_size`` < 1, or if the set
        cannot be divided by this protocol.

    Warns
    -----
    UserWarning
        If the test part holds a class without a training segment.

    See Also
    --------
    folds : Divide a set so that each segment is tested once.
    leak_report : Measure what the test part shares with the training part.

    Notes
    -----
    The paper says that the segments are divided 7:3 at random and gives no further details.

    Examples
    --------
    >>> from dt4ecg import datasets, protocols
    >>> recordings = datasets.simulate_cohort(subjects=4, seconds=30, seed=0)
    >>> data = datasets.from_recordings(recordings)
    >>> protocols.split(data, "random")
    Split(random, seed 0: 84 train, 0 validation, 36 test; scores identity and activity)
    >>> protocols.split(data, "subject", test_size=0.5, seed=1)
    Split(subject, seed 1: 60 train, 0 validation, 60 test; scores activity)
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
    """Divide a segment set for cross-validation, so that each segment is tested once.

    ``session`` never tests a subject's only session, and ``blocked`` never tests a recording that
    is too short for a guard and a training segment.

    Parameters
    ----------
    data : SegmentSet
        The set to divide.
    protocol : {"random", "blocked", "session", "subject"}
        The unit that is held out, as in :func:`split`.
    n_folds : int, optional
        Number of folds, at least 2. By default 5, or the number of subjects if it is smaller
        (``subject``), or the largest number of sessions of a subject (``session``).
    seed : int, default 0
        Seed of the random choice.

    Returns
    -------
    list of Split
        One split for each fold.

    Raises
    ------
    ValueError
        If the protocol is unknown, if there are more folds than units, or if the set cannot be
        divided by this protocol.

    See Also
    --------
    split : Divide a set once.

    Examples
    --------
    >>> from dt4ecg import datasets, protocols
    >>> recordings = datasets.simulate_cohort(subjects=3, seconds=12, seed=0)
    >>> data = datasets.from_recordings(recordings)
    >>> rotation = protocols.folds(data, "subject")
    >>> [len(fold.test) for fold in rotation]
    [12, 12, 12]
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


def _split(data: SegmentSet, protocol: Protocol, parts: Parts, seed: int) -> Split:
    """Turn the part of each segment into a split; refuse empty parts and warn of unseen classes."""
    train, validation, test = (np.flatnonzero(parts == part) for part in (TRAIN, VALIDATION, TEST))
    if not len(train) or not len(test):
        raise ValueError(
            f"{protocol.name}: of {counted(len(data), 'segment')}, {len(train)} would be for "
            f"training and {len(test)} for the test; use longer recordings, or other sizes"
        )
    scored = tuple(
        task
        for column, task in enumerate(data.tasks)
        if task not in protocol.not_scored and (data.y[test, column] != UNKNOWN).any()
    )
    if data.tasks and not scored:
        raise ValueError(
            f"{protocol.name}: leaves no task to score; each of {' and '.join(data.tasks)} has no "
            "labels in the test part, or this protocol cannot score it"
        )
    for task in scored:
        _warn_of_unseen_classes(data, protocol, task, train, test)
    return Split(train, validation, test, protocol.name, seed, scored)


def _warn_of_unseen_classes(
    data: SegmentSet, protocol: Protocol, task: str, train: Indices, test: Indices
) -> None:
    labels = data.y[:, data.tasks.index(task)]
    unseen = np.setdiff1d(labels[test], np.append(labels[train], UNKNOWN))
    if len(unseen):
        names = ", ".join(data.classes[task][label] for label in unseen)
        warnings.warn(
            f"{protocol.name}: {task} {names} is tested but never trained; "
            "use more data or another seed or size",
            stacklevel=4,
        )
