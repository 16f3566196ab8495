"""Protocol session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.protocols.base import TEST, TRAIN, VALIDATION, Protocol, counts, test_each

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


def _cut_session(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> np.ndarray:
    parts = np.full(len(data), TRAIN)
    for of_subject, rank in _sessions(data, rng):
        n_sessions = rank.max() + 1
        if n_sessions < 2:
            continue
        n_test, n_validation = counts(n_sessions, test_size, validation_size)
        n_test = min(n_test, n_sessions - 1)
        n_validation = min(n_validation, n_sessions - 1 - n_test)
        parts[of_subject] = np.where(
            rank < n_test, TEST, np.where(rank < n_test + n_validation, VALIDATION, TRAIN)
        )
    return parts


def _rotate_session(
    data: SegmentSet, n_folds: int | None, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    sessions = _sessions(data, rng)
    most = max(rank.max() + 1 for _, rank in sessions)
    n_folds = most if n_folds is None else n_folds
    if n_folds > most:
        raise ValueError(f"session: {n_folds} folds, but nobody has more than {most} sessions")
    fold_of = np.full(len(data), -1)
    for of_subject, rank in sessions:
        if rank.max() > 0:
            fold_of[of_subject] = rank % n_folds
    return test_each(fold_of)


def _sessions(data: SegmentSet, rng: np.random.Generator) -> list[tuple[np.ndarray, np.ndarray]]:
    """Segments of each subject, and the rank of their session among the subject's.

    One shuffled order of all names ranks everybody's, so that a design in which everybody has the
    same sessions (electrodes, say) holds out the same one for all.
    """
    session = data.meta["session"]
    if (session == "").any():
        raise ValueError(
            f"session: {int((session == '').sum())} of {len(data)} segments have no session; "
            "give recordings one, or use blocked or subject"
        )
    names = np.unique(session)
    order = dict(zip(names.tolist(), rng.permutation(len(names)).tolist(), strict=True))
    sessions = []
    for subject in np.unique(data.meta["subject"]):
        of_subject = np.flatnonzero(data.meta["subject"] == subject)
        places = np.array([order[name] for name in session[of_subject].tolist()])
        sessions.append((of_subject, np.unique(places, return_inverse=True)[1]))
    if all(rank.max() == 0 for _, rank in sessions):
        raise ValueError("session: nobody has a second session to hold out; use blocked or subject")
    return sessions


SESSION = Protocol("session", "sessions of each subject", _cut_session, _rotate_session)
