"""Protocol ``blocked``, by hand and for many sets."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ecg_sets import Windows, cohort
from support.placed_segments import placed_segments

from dt4ecg.datasets import Recording, from_recordings
from dt4ecg.protocols import folds, leak_report, split

ADJACENT = placed_segments(np.arange(10) * 3.0)
HALF_OVERLAPPING = placed_segments(np.arange(10) * 1.5)


def listed(found) -> list[list[int]]:
    return [part.tolist() for part in (found.train, found.validation, found.test)]


def test_the_end_is_tested_after_a_guard():
    assert listed(split(ADJACENT, "blocked")) == [[0, 1, 2, 3, 4, 5], [], [7, 8, 9]]
    # Segment 3 starts 6 s, two segment lengths, before the first test segment.
    assert listed(split(HALF_OVERLAPPING, "blocked")) == [[0, 1, 2, 3], [], [7, 8, 9]]


def test_a_guard_lies_before_the_validation_part_too():
    found = split(ADJACENT, "blocked", validation_size=0.2)
    assert listed(found) == [[0, 1, 2], [4, 5], [7, 8, 9]]


def test_segments_are_taken_in_the_order_of_time():
    data = placed_segments(np.arange(10)[::-1] * 3.0)
    assert split(data, "blocked").test.tolist() == [0, 1, 2]


def test_each_recording_gives_its_end():
    data = placed_segments([*(np.arange(5) * 3.0)] * 2, groups=[0, 1] * 5)
    expected = set(split(data[data.groups == 0], "blocked").test)
    assert len(expected) == 2
    found = split(data, "blocked")
    assert np.bincount(data.groups[found.test]).tolist() == [2, 2]
    assert data.meta["start"][found.test].min() == 9.0


def test_folds_are_consecutive_stretches_with_guards_on_both_sides():
    assert [listed(found) for found in folds(ADJACENT, "blocked")] == [
        [[3, 4, 5, 6, 7, 8, 9], [], [0, 1]],
        [[0, 5, 6, 7, 8, 9], [], [2, 3]],
        [[0, 1, 2, 7, 8, 9], [], [4, 5]],
        [[0, 1, 2, 3, 4, 9], [], [6, 7]],
        [[0, 1, 2, 3, 4, 5, 6], [], [8, 9]],
    ]
    assert [found.test.tolist() for found in folds(ADJACENT, "blocked", 2)] == [
        [0, 1, 2, 3, 4],
        [5, 6, 7, 8, 9],
    ]


def test_a_recording_is_not_tested_if_nothing_remains_for_training():
    # Of three adjacent segments, each fold of the middle one would leave nothing to train.
    data = placed_segments([0, 3, 6, *(np.arange(10) * 3.0)], groups=[0] * 3 + [1] * 10)
    tested = [set(found.test) & {0, 1, 2} for found in folds(data, "blocked", 3)]
    assert tested == [{0}, set(), {2}]


def test_a_recording_too_short_for_validation_only_trains():
    # Three adjacent segments have one for the test, a guard, and none for both other parts.
    data = placed_segments([0, 3, 6, *(np.arange(10) * 3.0)], groups=[0] * 3 + [1] * 10)
    found = split(data, "blocked", validation_size=0.3)
    assert {0, 1, 2} <= set(found.train)


def test_short_recordings_only_train():
    recordings = [
        Recording(np.arange(n * 30.0), 10.0, "a", "rest", name=str(n)) for n in (1, 2, 3, 10)
    ]
    data = from_recordings(recordings, Windows())
    found = split(data, "blocked")
    assert np.bincount(data.groups[found.test], minlength=4).tolist() == [0, 0, 1, 3]
    assert np.bincount(data.groups[found.train], minlength=4).tolist() == [1, 2, 1, 6]


@settings(max_examples=40, deadline=None)
@given(
    data=st.builds(
        cohort,
        subjects=st.integers(3, 5),
        segments=st.integers(18, 24),
        overlap=st.sampled_from([0.0, 0.5]),
        rate=st.sampled_from([20.0, 59 / 3]),
    ),
    validation_size=st.sampled_from([0.0, 0.2]),
)
def test_parts_are_a_segment_apart(data, validation_size):
    found = split(data, "blocked", validation_size=validation_size)
    start, stop = data.meta["start"], data.meta["stop"]
    divided = [found.train, found.validation, found.test]
    for earlier, later in ((0, 1), (0, 2), (1, 2)):
        for recording in np.unique(data.groups):
            before = divided[earlier][data.groups[divided[earlier]] == recording]
            after = divided[later][data.groups[divided[later]] == recording]
            if len(before) and len(after):
                assert start[after].min() - stop[before].max() >= 3.0 - 1e-3
    assert leak_report(data, found).neighbours == 0
    assert set(data.groups[found.test]) == set(data.groups)
