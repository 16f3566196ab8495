"""Leaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.protocols.base import Split, near_others

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


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
        neighbours += int(near_others(data, tested, trained).sum())
        overlapping += int(near_others(data, tested, trained, reach=0.0).sum())
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
