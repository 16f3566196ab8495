"""The leak report: recordings, sessions, subjects and neighbours that a split's parts share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg.protocols.base import Indices, Split, near_others

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


@dataclass(frozen=True)
class LeakReport:
    """Counts of what the test part of a split shares with its training part.

    ``print(report)`` shows the counts in sentences. A pair ``(shared, total)`` counts the test
    part's units that are also in the training part, and all of the test part's units.

    Attributes
    ----------
    protocol : str
        Name of the protocol.
    n_train, n_test : int
        Number of training and test segments.
    overlapping : int
        Test segments that share samples with a training segment.
    neighbours : int
        Test segments less than one segment length away from a training segment of the same
        recording, overlapping ones included.
    recordings, sessions, subjects : (int, int)
        Shared and total numbers. ``sessions`` counts pairs of subject and session, and is (0, 0)
        without session names.
    one_recording_pairs : (int, int)
        Pairs of subject and activity that are a single recording in the whole set, and all pairs.
        In such a pair, properties of the recording (baseline, gain) reveal both labels.

    See Also
    --------
    leak_report : Makes this report.

    Examples
    --------
    >>> from dt4ecg.protocols import LeakReport
    >>> print(LeakReport("blocked", 72, 36, 0, 0, (12, 12), (0, 0), (4, 4), (0, 12)))
    blocked: 72 training and 36 test segments
        0.0% of the test segments lie less than a segment from a training one (0 of 36; ...)
      12 of 12 tested recordings are in training too
      4 of 4 tested people are in training too
    """

    protocol: str
    n_train: int
    n_test: int
    overlapping: int
    neighbours: int
    recordings: tuple[int, int]
    sessions: tuple[int, int]
    subjects: tuple[int, int]
    one_recording_pairs: tuple[int, int]

    def __str__(self) -> str:
        def ratio(counts: tuple[int, int]) -> str:
            return f"{counts[0]} of {counts[1]}"

        lines = [
            f"{self.protocol}: {self.n_train} training and {self.n_test} test segments",
            f"  {self.neighbours / self.n_test:6.1%} of the test segments lie less than a segment "
            f"from a training one ({ratio((self.neighbours, self.n_test))}; "
            f"{self.overlapping} share samples with it)",
            f"  {ratio(self.recordings)} tested recordings are in training too",
        ]
        if self.sessions[1]:
            lines.append(
                f"  {ratio(self.sessions)} tested sessions of a person are in training too"
            )
        lines.append(f"  {ratio(self.subjects)} tested people are in training too")
        single, pairs = self.one_recording_pairs
        if single and self.recordings[0]:
            lines.append(
                f"  {single} of {pairs} (subject, activity) pairs are one recording each: its "
                "baseline and gain alone reveal both labels"
            )
        return "\n".join(lines)


def leak_report(data: SegmentSet, split: Split) -> LeakReport:
    """Measure what the test part of a split shares with its training part.

    Parameters
    ----------
    data : SegmentSet
        The set that was divided.
    split : Split
        A division of this set, by :func:`split` or :func:`folds`.

    Returns
    -------
    LeakReport
        The counts; ``print`` shows them in sentences.

    Raises
    ------
    ValueError
        If the split has indices outside the set.

    Notes
    -----
    Two segments of one recording are neighbours if the gap between them is shorter than a segment.
    In the random split of a long recording into 7:3, a test segment has no training neighbour only
    if both neighbours are tested too, so about 1 - 0.3 * 0.3 = 91 % have one.

    Examples
    --------
    >>> from dt4ecg import datasets, protocols
    >>> recordings = datasets.simulate_cohort(subjects=4, seconds=30, seed=0)
    >>> data = datasets.from_recordings(recordings)
    >>> print(protocols.leak_report(data, protocols.split(data, "random")))
    random: 84 training and 36 test segments
       83.3% of the test segments lie less than a segment from a training one (30 of 36; ...)
      12 of 12 tested recordings are in training too
      4 of 4 tested sessions of a person are in training too
      4 of 4 tested people are in training too
      12 of 12 (subject, activity) pairs are one recording each: ...
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


def _shared(keys: NDArray[Any], train: Indices, test: Indices) -> tuple[int, int]:
    """Count the distinct rows of ``keys`` in the test part: those also in training, and all."""
    trained = {tuple(key) for key in keys[train].tolist()}
    tested = {tuple(key) for key in keys[test].tolist()}
    return len(tested & trained), len(tested)


def _one_recording_pairs(data: SegmentSet) -> tuple[int, int]:
    """Count the (subject, activity) pairs of a single recording, and all such pairs."""
    labelled = data.meta["activity"] != ""
    pairs: dict[tuple[str, str], set[int]] = {}
    columns = (data.meta["subject"], data.meta["activity"], data.groups)
    for subject, activity, recording in zip(*(c[labelled].tolist() for c in columns), strict=True):
        pairs.setdefault((subject, activity), set()).add(recording)
    return sum(len(recordings) == 1 for recordings in pairs.values()), len(pairs)
