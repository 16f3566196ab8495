"""Protocol ``session``: the test part holds sessions of subjects that have several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.wording import counted
from dt4ecg.protocols.base import (
    TEST,
    TRAIN,
    VALIDATION,
    Indices,
    Parts,
    Protocol,
    held_out_counts,
    parts_of_folds,
    require_names,
)

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


def _cut(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> Parts:
    parts = np.full(len(data), TRAIN)
    for segments, rank in _ranked_sessions(data, rng):
        n_sessions = rank.max() + 1
        if n_sessions < 2:
            continue
        n_test, n_validation = held_out_counts(n_sessions, test_size, validation_size)
        n_test = min(n_test, n_sessions - 1)
        n_validation = min(n_validation, n_sessions - 1 - n_test)
        parts[segments] = np.where(
            rank < n_test, TEST, np.where(rank < n_test + n_validation, VALIDATION, TRAIN)
        )
    return parts


def _rotate(data: SegmentSet, n_folds: int | None, rng: np.random.Generator) -> Iterator[Parts]:
    sessions = _ranked_sessions(data, rng)
    most = max(rank.max() + 1 for _, rank in sessions)
    n_folds = most if n_folds is None else n_folds
    if n_folds > most:
        raise ValueError(
            f"session: {n_folds} folds, but no subject has more than {counted(most, 'session')}; "
            f"use at most {counted(most, 'fold')}"
        )
    fold_of = np.full(len(data), -1)
    for segments, rank in sessions:
        if rank.max() > 0:
            fold_of[segments] = rank % n_folds
    return parts_of_folds(fold_of)


def _ranked_sessions(data: SegmentSet, rng: np.random.Generator) -> list[tuple[Indices, Indices]]:
    """Return each subject's segments, and the rank of each segment's session from 0.

    All subjects share one random order of the session names. If all subjects have the same
    sessions (electrodes, for example), the same session is held out for all of them.
    """
    require_names(data, "session", "session", "blocked or subject")
    require_names(data, "session", "subject", "blocked")
    session = data.meta["session"]
    names = np.unique(session)
    order = dict(zip(names.tolist(), rng.permutation(len(names)).tolist(), strict=True))
    sessions = []
    for subject in np.unique(data.meta["subject"]):
        segments = np.flatnonzero(data.meta["subject"] == subject)
        places = np.array([order[name] for name in session[segments].tolist()])
        sessions.append((segments, np.unique(places, return_inverse=True)[1]))
    if all(rank.max() == 0 for _, rank in sessions):
        raise ValueError(
            "session: no subject has a second session to hold out; use blocked or subject"
        )
    return sessions


SESSION = Protocol("session", "sessions of each subject", _cut, _rotate)
