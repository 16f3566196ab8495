"""Sets of overlapping segments: more segments to train on, while none to test on overlap."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.protocols.base import SAME_TIME, Indices, Split, near_others

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet


def non_overlapping(data: SegmentSet) -> Indices:
    """Return the rows of segments that do not overlap, the first of each recording among them.

    Parameters
    ----------
    data : SegmentSet
        Segments with start times; those of a recording may overlap.

    Returns
    -------
    rows : int array
        Each segment that starts no earlier than the one before it in this list ends, in ascending
        order. They are those that the same preprocessor cuts with ``overlap=0``, if its overlap is
        one half, two thirds, three quarters, or another fraction (k - 1) / k.

    Raises
    ------
    ValueError
        If the set has no start times.

    See Also
    --------
    overlapping_training : Train on the other segments too.

    Examples
    --------
    >>> import dt4ecg
    >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=12)
    >>> data = dt4ecg.datasets.from_recordings(recordings, dt4ecg.Preprocessor(overlap=0.5))
    >>> rows = dt4ecg.protocols.non_overlapping(data)
    >>> data.meta["start"][rows[:4]].tolist(), len(data), len(rows)
    ([0.0, 3.0, 6.0, 9.0], 42, 24)
    """
    _require_times(data)
    start, stop = data.meta["start"], data.meta["stop"]
    rows: list[int] = []
    for group in np.unique(data.groups):
        own = np.flatnonzero(data.groups == group)
        end = -np.inf
        for row in own[np.argsort(start[own], kind="stable")]:
            if start[row] >= end - SAME_TIME * (stop[row] - start[row]):
                rows.append(int(row))
                end = stop[row]
    return np.sort(np.array(rows, dtype=np.int64))


def overlapping_training(data: SegmentSet, rows: Indices, divided: Split) -> Split:
    """Give the training part all segments that share no sample with another part.

    Parameters
    ----------
    data : SegmentSet
        The set with overlapping segments.
    rows : int array
        Those that were divided, as :func:`non_overlapping` returns them.
    divided : Split
        A split of ``data[rows]``.

    Returns
    -------
    Split
        A split of `data`. Validation and test part are those of `divided`. The training part has
        every segment that overlaps a training segment of `divided`, and no segment of `rows` that
        is not one. So guard segments stay unused.

    Raises
    ------
    ValueError
        If the set has no start times.

    See Also
    --------
    leak_report : Counts the test segments that overlap a training one; here there are none.

    Examples
    --------
    >>> import dt4ecg
    >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=30)
    >>> data = dt4ecg.datasets.from_recordings(recordings, dt4ecg.Preprocessor(overlap=2 / 3))
    >>> rows = dt4ecg.protocols.non_overlapping(data)
    >>> divided = dt4ecg.protocols.split(data[rows], "blocked")
    >>> divided
    Split(blocked, seed 0: 36 train, 0 validation, 18 test; scores identity and activity)
    >>> dt4ecg.protocols.overlapping_training(data, rows, divided)
    Split(blocked, seed 0: 96 train, 0 validation, 18 test; scores identity and activity)
    """
    _require_times(data)
    train = rows[divided.train]
    others = np.setdiff1d(rows, train)
    kept = []
    for group in np.unique(data.groups[train]):
        own = np.flatnonzero(data.groups == group)
        inside, outside = (part[data.groups[part] == group] for part in (train, others))
        near = near_others(data, own, inside, reach=0.0)
        kept.append(own[near & ~near_others(data, own, outside, reach=0.0)])
    return replace(
        divided,
        train=np.sort(np.concatenate(kept)),
        validation=rows[divided.validation],
        test=rows[divided.test],
    )


def _require_times(data: SegmentSet) -> None:
    if unknown := int(np.isnan(data.meta["start"]).sum()):
        raise ValueError(
            f"overlapping segments: {unknown} of {len(data)} segments have no start time; give "
            "start= to SegmentSet.from_arrays"
        )
