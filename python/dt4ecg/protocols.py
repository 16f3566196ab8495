"""Which segments train and which test, and what the one knows of the other.

A random split of segments, the paper's protocol, puts a neighbour of most test segments into the
training part and says little about another day or another person. The other protocols ask these
questions one by one; ``leak_report`` measures what a split lets through.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet

# Of a segment: starts are sample counts over a measured rate, so that equal times differ a little.
_SAME_TIME = 1e-3


@dataclass(frozen=True, eq=False)
class Split:
    """Segments of each part, as index arrays into the set; guard segments are in none.

    Attributes
    ----------
    train, validation, test : (n,) int64, ascending
    protocol : str
    seed : int
    scored_tasks : tuple of str
        Tasks for which the test part says something: identity is not scored on people nobody has
        seen, nor a task without labels.
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    protocol: str
    seed: int
    scored_tasks: tuple[str, ...]

    def __repr__(self) -> str:
        return (
            f"Split({self.protocol}, seed {self.seed}: {len(self.train)} train, "
            f"{len(self.validation)} validation, {len(self.test)} test; "
            f"scores {' and '.join(self.scored_tasks)})"
        )


@dataclass(frozen=True)
class Protocol:
    """One entry of the table: what it holds out and how.

    ``cut`` and ``rotate`` give each segment a part: 0 train, 1 validation, 2 test, -1 guard.
    """

    name: str
    holds_out: str
    cut: Callable[[SegmentSet, float, float, np.random.Generator], np.ndarray]
    rotate: Callable[[SegmentSet, int | None, np.random.Generator], Iterator[np.ndarray]]
    not_scored: tuple[str, ...] = field(default=())


TRAIN, VALIDATION, TEST, GUARD = 0, 1, 2, -1


def split(
    data: SegmentSet,
    protocol: str,
    test_size: float = 0.3,
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


# random


def _cut_random(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> np.ndarray:
    n_test, n_validation = _counts(len(data), test_size, validation_size)
    order = rng.permutation(len(data))
    parts = np.full(len(data), TRAIN)
    parts[order[:n_test]] = TEST
    parts[order[n_test : n_test + n_validation]] = VALIDATION
    return parts


def _rotate_random(
    data: SegmentSet, n_folds: int | None, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    return _test_each(_deal(len(data), n_folds or 5, rng, "segments"))


# blocked


def _cut_blocked(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> np.ndarray:
    parts = np.full(len(data), TRAIN)
    for recording in _recordings(data):
        n_test, n_validation = _counts(len(recording), test_size, validation_size)
        before, test = np.split(recording, [len(recording) - n_test])
        before = before[~_nearer_than_a_segment(data, before, test)]
        train, validation = np.split(before, [max(len(before) - n_validation, 0)])
        train = train[~_nearer_than_a_segment(data, train, validation)]
        if len(train):
            parts[recording] = GUARD
            parts[train], parts[validation], parts[test] = TRAIN, VALIDATION, TEST
    return parts


def _rotate_blocked(
    data: SegmentSet, n_folds: int | None, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    n_folds = n_folds or 5
    for fold in range(n_folds):
        parts = np.full(len(data), TRAIN)
        for recording in _recordings(data):
            test = recording[np.arange(len(recording)) * n_folds // len(recording) == fold]
            guard = recording[_nearer_than_a_segment(data, recording, test)]
            if len(guard) < len(recording):
                parts[guard], parts[test] = GUARD, TEST
        yield parts


def _recordings(data: SegmentSet) -> list[np.ndarray]:
    """Segments of each recording in the order of time."""
    order = np.lexsort((data.meta["start"], data.groups))
    _, firsts = np.unique(data.groups[order], return_index=True)
    return np.split(order, firsts[1:])


# session


def _cut_session(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> np.ndarray:
    parts = np.full(len(data), TRAIN)
    for of_subject, rank in _sessions(data, rng):
        n_sessions = rank.max() + 1
        if n_sessions < 2:
            continue
        n_test, n_validation = _counts(n_sessions, test_size, validation_size)
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
    return _test_each(fold_of)


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


# subject


def _cut_subject(
    data: SegmentSet, test_size: float, validation_size: float, rng: np.random.Generator
) -> np.ndarray:
    subject, n_subjects = _subjects(data)
    n_test, n_validation = _counts(n_subjects, test_size, validation_size)
    place = rng.permutation(n_subjects)[subject]
    return np.where(
        place < n_test, TEST, np.where(place < n_test + n_validation, VALIDATION, TRAIN)
    )


def _rotate_subject(
    data: SegmentSet, n_folds: int | None, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    subject, n_subjects = _subjects(data)
    return _test_each(_deal(n_subjects, n_folds or min(5, n_subjects), rng, "subjects")[subject])


def _subjects(data: SegmentSet) -> tuple[np.ndarray, int]:
    names, subject = np.unique(data.meta["subject"], return_inverse=True)
    if len(names) < 2:
        raise ValueError("subject: the set has one subject, so nobody to hold out; use blocked")
    return subject, len(names)


# shared


def _counts(n: int, test_size: float, validation_size: float) -> tuple[int, int]:
    """How many of n units each size takes: rounded, at least one if asked for at all."""
    n_test = max(1, round(test_size * n))
    return n_test, max(1, round(validation_size * n)) if validation_size else 0


def _deal(n: int, n_folds: int, rng: np.random.Generator, units: str) -> np.ndarray:
    """Fold of each of n units, in random order, sizes equal to one."""
    if n_folds > n:
        raise ValueError(f"folds: {n_folds} folds need as many {units}, got {n}")
    return rng.permutation(np.arange(n) % n_folds)


def _test_each(fold_of: np.ndarray) -> Iterator[np.ndarray]:
    for fold in range(fold_of.max() + 1):
        yield np.where(fold_of == fold, TEST, TRAIN)


def _nearer_than_a_segment(
    data: SegmentSet, segments: np.ndarray, others: np.ndarray, reach: float = 1.0
) -> np.ndarray:
    """Which of ``segments`` have one of ``others``, all of one recording, within reach x length.

    Reach 0 asks for overlap.
    """
    if not len(others):
        return np.zeros(len(segments), dtype=bool)
    start = data.meta["start"]
    seconds = float(data.meta["stop"][others[0]] - start[others[0]])
    theirs = np.sort(start[others])
    after = np.searchsorted(theirs, start[segments])
    distance = np.minimum(
        np.abs(start[segments] - theirs[np.maximum(after - 1, 0)]),
        np.abs(start[segments] - theirs[np.minimum(after, len(theirs) - 1)]),
    )
    return distance < (1 + reach - _SAME_TIME) * seconds


PROTOCOLS: dict[str, Protocol] = {
    protocol.name: protocol
    for protocol in (
        Protocol("random", "segments at random, as in the paper", _cut_random, _rotate_random),
        Protocol("blocked", "a stretch of each recording", _cut_blocked, _rotate_blocked),
        Protocol("session", "sessions of each subject", _cut_session, _rotate_session),
        Protocol("subject", "people", _cut_subject, _rotate_subject, not_scored=("identity",)),
    )
}


@dataclass(frozen=True)
class LeakReport:
    """What the test part of a split shares with its training part."""

    protocol: str
    n_train: int
    n_test: int
    overlapping: int  # test segments that share samples with a training segment
    neighbours: int  # test segments less than a segment away from one, or overlapping
    recordings: tuple[int, int]  # of the test part's recordings, how many are in training; all
    sessions: tuple[int, int]  # the same for (subject, session) pairs; (0, 0) without sessions
    subjects: tuple[int, int]
    one_recording_pairs: tuple[int, int]  # (subject, activity) pairs with one recording in the set

    def __str__(self) -> str:
        def share(counts: tuple[int, int]) -> str:
            return f"{counts[0]} of {counts[1]}"

        lines = [
            f"{self.protocol}: {self.n_train} training and {self.n_test} test segments",
            f"  {self.neighbours / self.n_test:6.1%} of the test segments lie less than a segment "
            f"from a training one ({share((self.neighbours, self.n_test))}; "
            f"{self.overlapping} share samples with it)",
            f"  {share(self.recordings)} tested recordings are in training too",
        ]
        if self.sessions[1]:
            lines.append(
                f"  {share(self.sessions)} tested sessions of a person are in training too"
            )
        lines.append(f"  {share(self.subjects)} tested people are in training too")
        single, pairs = self.one_recording_pairs
        if single and self.recordings[0]:
            lines.append(
                f"  {single} of {pairs} (subject, activity) pairs are one recording each: its "
                "baseline and gain alone tell both labels"
            )
        return "\n".join(lines)


def leak_report(data: SegmentSet, split: Split) -> LeakReport:
    """Measure what the test part of a split shares with its training part.

    Parameters
    ----------
    data : SegmentSet
        The set that was divided.
    split : Split

    Raises
    ------
    ValueError
        If the split is of a larger set.
    """
    train, test = split.train, split.test
    if max(train.max(), test.max()) >= len(data):
        raise ValueError(
            f"leak_report: the split is of a larger set than these {len(data)} segments"
        )
    neighbours = overlapping = 0
    for recording in np.unique(data.groups[test]):
        tested = test[data.groups[test] == recording]
        trained = train[data.groups[train] == recording]
        neighbours += int(_nearer_than_a_segment(data, tested, trained).sum())
        overlapping += int(_nearer_than_a_segment(data, tested, trained, reach=0.0).sum())
    subject, session = data.meta["subject"], data.meta["session"]
    named = session != ""
    return LeakReport(
        protocol=split.protocol,
        n_train=len(train),
        n_test=len(test),
        overlapping=overlapping,
        neighbours=neighbours,
        recordings=_shared(data.groups[:, None], train, test),
        sessions=_shared(np.stack([subject, session], 1), train[named[train]], test[named[test]]),
        subjects=_shared(subject[:, None], train, test),
        one_recording_pairs=_one_recording_pairs(data),
    )


def _shared(keys: np.ndarray, train: np.ndarray, test: np.ndarray) -> tuple[int, int]:
    trained = {tuple(key) for key in keys[train].tolist()}
    tested = {tuple(key) for key in keys[test].tolist()}
    return len(tested & trained), len(tested)


def _one_recording_pairs(data: SegmentSet) -> tuple[int, int]:
    labelled = data.meta["activity"] != ""
    pairs: dict[tuple[str, str], set[int]] = {}
    columns = (data.meta["subject"], data.meta["activity"], data.groups)
    for subject, activity, recording in zip(*(c[labelled].tolist() for c in columns), strict=True):
        pairs.setdefault((subject, activity), set()).add(recording)
    return sum(len(recordings) == 1 for recordings in pairs.values()), len(pairs)
