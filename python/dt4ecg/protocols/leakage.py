"""The leak report: recordings, sessions, subjects and neighbours that a split's parts share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.tables import Columns, frame, html_table
from dt4ecg._common.wording import counted
from dt4ecg.protocols.base import Indices, Split, near_others

if TYPE_CHECKING:
    import pandas

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
    overlapping : int or None
        Test segments that share samples with a training segment; None without start times.
    neighbours : int or None
        Test segments less than one segment length away from a training segment of the same
        recording, overlapping ones included; None without start times.
    recordings, sessions, subjects : (int, int)
        Shared and total numbers. ``sessions`` counts pairs of subject and session. Unknown
        subjects and sessions do not count.
    one_recording_pairs : (int, int)
        Pairs of subject and activity that are a single recording without another pair in the whole
        set, and all pairs. In such a pair, properties of the recording (baseline, gain) reveal both
        labels.

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
    overlapping: int | None
    neighbours: int | None
    recordings: tuple[int, int]
    sessions: tuple[int, int]
    subjects: tuple[int, int]
    one_recording_pairs: tuple[int, int]

    def __str__(self) -> str:
        def ratio(counts: tuple[int, int]) -> str:
            return f"{counts[0]} of {counts[1]}"

        lines = [
            f"{self.protocol}: {self.n_train} training and {counted(self.n_test, 'test segment')}",
            "  neighbours in time are not counted, because start times are unknown"
            if self.neighbours is None
            else f"  {self.neighbours / self.n_test:6.1%} of the test segments lie less than a "
            f"segment from a training one ({ratio((self.neighbours, self.n_test))}; "
            f"{self.overlapping} share samples with it)",
            f"  {ratio(self.recordings)} tested recordings are in training too",
        ]
        if self.sessions[1]:
            lines.append(
                f"  {ratio(self.sessions)} tested sessions of a person are in training too"
            )
        if self.subjects[1]:
            lines.append(f"  {ratio(self.subjects)} tested people are in training too")
        single, pairs = self.one_recording_pairs
        if single and self.recordings[0]:
            lines.append(
                f"  {single} of {pairs} (subject, activity) pairs are one recording each: its "
                "baseline and gain alone reveal both labels"
            )
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        title = f"Leaks of {self.protocol}: {self.n_train} training and {self.n_test} test segments"
        return html_table(title, self._columns())

    def to_frame(self) -> pandas.DataFrame:
        """Return the counts as a data frame with the columns ``shared`` and ``total``.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> from dt4ecg.protocols import LeakReport
        >>> leaks = LeakReport("blocked", 72, 36, 0, 3, (12, 12), (0, 0), (4, 4), (0, 12))
        >>> leaks.to_frame().loc["neighbours in time"].tolist()
        [3, 36]
        """
        columns = self._columns()
        return frame(columns).set_index("shared with the training part")

    def _columns(self) -> Columns:
        counts = {
            "overlapping segments": (self.overlapping, self.n_test),
            "neighbours in time": (self.neighbours, self.n_test),
            "recordings": self.recordings,
            "sessions of a person": self.sessions,
            "people": self.subjects,
            "(subject, activity) pairs of one recording": self.one_recording_pairs,
        }
        shared, total = zip(*counts.values(), strict=True)
        return {"shared with the training part": [*counts], "shared": shared, "total": total}


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
    subject, session = data.meta["subject"], data.meta["session"]
    known = subject != ""
    named = known & (session != "")
    neighbours, overlapping = _near_training(data, train, test)
    return LeakReport(
        protocol=split.protocol,
        n_train=len(train),
        n_test=len(test),
        overlapping=overlapping,
        neighbours=neighbours,
        recordings=_shared(data.groups[:, None], train, test),
        sessions=_shared(np.stack([subject, session], 1), train[named[train]], test[named[test]]),
        subjects=_shared(subject[:, None], train[known[train]], test[known[test]]),
        one_recording_pairs=_one_recording_pairs(data),
    )


def _shared(keys: NDArray[Any], train: Indices, test: Indices) -> tuple[int, int]:
    """Count the distinct rows of ``keys`` in the test part: those also in training, and all."""
    trained = {tuple(key) for key in keys[train].tolist()}
    tested = {tuple(key) for key in keys[test].tolist()}
    return len(tested & trained), len(tested)


def _near_training(
    data: SegmentSet, train: Indices, test: Indices
) -> tuple[int, int] | tuple[None, None]:
    """Count the test segments that are neighbours of a training one, and those that overlap it."""
    if np.isnan(data.meta["start"][np.concatenate([train, test])]).any():
        return None, None
    neighbours = overlapping = 0
    for recording in np.unique(data.groups[test]):
        tested = test[data.groups[test] == recording]
        trained = train[data.groups[train] == recording]
        neighbours += int(near_others(data, tested, trained).sum())
        overlapping += int(near_others(data, tested, trained, reach=0.0).sum())
    return neighbours, overlapping


def _one_recording_pairs(data: SegmentSet) -> tuple[int, int]:
    """Count the (subject, activity) pairs of one recording without another pair, and all pairs."""
    labelled = (data.meta["activity"] != "") & (data.meta["subject"] != "")
    recordings: dict[tuple[str, str], set[int]] = {}
    pairs: dict[int, set[tuple[str, str]]] = {}
    columns = (data.meta["subject"], data.meta["activity"], data.groups)
    for subject, activity, recording in zip(*(c[labelled].tolist() for c in columns), strict=True):
        recordings.setdefault((subject, activity), set()).add(recording)
        pairs.setdefault(recording, set()).add((subject, activity))
    single = sum(
        len(places) == 1 and len(pairs[next(iter(places))]) == 1 for places in recordings.values()
    )
    return single, len(recordings)
