"""Segments of a recording whose labels hold for a part of its time."""

import numpy as np
import pytest
from support.ecg_sets import Windows

from dt4ecg.datasets import Recording, from_recordings
from dt4ecg.datasets.interval_labels import labels_of_segments


def recording(*intervals, **changes) -> Recording:
    given = {"samples": np.arange(200.0), "sampling_rate": 10.0, "labels": intervals}
    return Recording(**(given | changes))


def activities(*intervals, starts=(0.0, 3.0, 6.0, 9.0, 12.0, 15.0), **changes) -> list:
    """Return the activity of segments of 3 s; each interval is (start, stop, label)."""
    labels = [(start, stop, "activity", label) for start, stop, label in intervals]
    return labels_of_segments(
        recording(*labels, **changes), "activity", np.array(starts), 3.0
    ).tolist()


@pytest.mark.parametrize(
    ("intervals", "expected"),
    [
        ([], [None] * 6),
        ([(0, 20, "rest")], ["rest"] * 6),
        ([(0, 9, "rest"), (9, 20, "run")], ["rest"] * 3 + ["run"] * 3),
        ([(9, 20, "run"), (0, 9, "rest")], ["rest"] * 3 + ["run"] * 3),
        # The change of activity lies inside the third segment.
        ([(0, 7, "rest"), (7, 20, "run")], ["rest", "rest", None, "run", "run", "run"]),
        ([(3, 6, "rest")], [None, "rest", None, None, None, None]),
        ([(3.001, 6, "rest")], [None] * 6),
        ([(3, 5.999, "rest")], [None] * 6),
        # One activity that is noted in pieces
        ([(0, 4, "rest"), (4, 9, "rest")], ["rest"] * 3 + [None] * 3),
        ([(0, 4, "rest"), (4.5, 9, "rest")], ["rest", None, "rest", None, None, None]),
        # Contradictions
        ([(0, 9, "rest"), (4, 12, "run")], ["rest", None, None, "run", None, None]),
        ([(0, 20, "rest"), (3, 6, "run")], ["rest", None, "rest", "rest", "rest", "rest"]),
        ([(0, 20, "rest"), (3, 6, "rest")], ["rest"] * 6),
        ([(0, 6, "")], ["", "", None, None, None, None]),
    ],
)
def test_a_segment_has_the_label_of_the_interval_that_contains_it(intervals, expected):
    assert activities(*intervals) == expected


def test_outside_all_intervals_the_activity_of_the_recording_holds():
    found = activities((4, 10, "run"), activity="rest")
    assert found == ["rest", None, "run", None, "rest", "rest"]


def test_start_times_may_be_inexact():
    third = 1 / 3
    found = activities((third, 3 + third, "rest"), starts=[third * (1 - 1e-15), third + 1e-9])
    assert found == ["rest", "rest"]


def test_intervals_of_other_tasks_do_not_count():
    one = recording((0, 20, "posture", "sitting"), activity="rest")
    starts = np.array([0.0, 3.0])
    assert labels_of_segments(one, "activity", starts, 3.0).tolist() == ["rest"] * 2
    assert labels_of_segments(one, "posture", starts, 3.0).tolist() == ["sitting"] * 2
    assert labels_of_segments(one, "identity", starts, 3.0).tolist() == [None] * 2


def test_a_set_has_the_labels_of_the_intervals():
    data = from_recordings(
        [
            recording((0, 9, "activity", "rest"), (9, 20, "activity", "run"), subject="a"),
            recording(activity="rest"),
        ],
        Windows(),
    )
    assert data.classes == {"identity": ["a"], "activity": ["rest", "run"]}
    assert data.y.tolist() == [[0, 0]] * 3 + [[0, 1]] * 3 + [[-1, 0]] * 6
    assert data.meta["activity"].tolist() == ["rest"] * 3 + ["run"] * 3 + ["rest"] * 6
    assert data.meta["subject"].tolist() == ["a"] * 6 + [""] * 6


def test_a_gap_does_not_move_the_labels():
    # Seconds count stored samples: the second piece starts at 4 s whatever was lost before it.
    data = from_recordings(
        [recording((0, 4, "activity", "rest"), (4, 20, "activity", "run"), gaps=(40,))], Windows()
    )
    assert data.meta["start"].tolist() == [0, 4, 7, 10, 13, 16]
    assert data.meta["activity"].tolist() == ["rest"] + ["run"] * 5


def test_classes_choose_further_tasks():
    one = recording((0, 9, "posture", "sitting"), subject="a")
    assert from_recordings([one], Windows()).tasks == ("identity", "activity")
    data = from_recordings([one], Windows(), classes={"posture": ["lying", "sitting"]})
    assert data.tasks == ("identity", "activity", "posture")
    assert data.y[:, 2].tolist() == [1, 1, 1, -1, -1, -1]
