"""Protocols and the leak report on segments whose subject, session or start is unknown."""

import re

import numpy as np
import pytest

from dt4ecg.datasets import SegmentSet
from dt4ecg.protocols import leak_report, split

X = np.zeros((8, 4))
WHAT = {"activity": ["rest", "rest", "run", "run"] * 2}


def from_arrays(y=WHAT, **origin) -> SegmentSet:
    return SegmentSet.from_arrays(X, y, **origin)


@pytest.mark.parametrize(
    ("protocol", "origin", "message"),
    [
        ("subject", {"subject": ["a", "b", None, "c"] * 2}, "2 of 8 segments have no subject"),
        ("session", {"subject": "a"}, "8 of 8 segments have no session"),
        ("session", {"session": ["1", "2"] * 4}, "8 of 8 segments have no subject"),
        ("blocked", {"subject": "a"}, "8 of 8 segments have no start time; give start="),
    ],
)
def test_a_protocol_refuses_segments_whose_unit_is_unknown(protocol, origin, message):
    with pytest.raises(ValueError, match=re.escape(f"{protocol}: {message}")):
        split(from_arrays(**origin), protocol)


def test_protocols_divide_plain_arrays():
    data = from_arrays(subject=["a", "b"] * 4, session=list("11112222"), start=3 * np.arange(8))
    assert split(data, "subject", 0.5).test.tolist() in ([0, 2, 4, 6], [1, 3, 5, 7])
    assert sorted(split(data, "session", 0.5).test.tolist()) in ([0, 1, 2, 3], [4, 5, 6, 7])
    assert len(split(data, "random", 0.25).test) == 2


def test_without_labels_no_task_is_scored():
    found = split(from_arrays(y=None), "random")
    assert found.scored_tasks == ()
    assert "scores no task" in repr(found)


def test_neighbours_are_not_counted_without_start_times():
    data = from_arrays(subject=["a", "b"] * 4)
    leaks = leak_report(data, split(data, "random", test_size=0.5))
    assert leaks.neighbours is leaks.overlapping is None
    assert "start times are unknown" in str(leaks)
    assert leaks.recordings == leaks.subjects == (2, 2)
    assert np.isnan(leaks.to_frame().loc["neighbours in time", "shared"])
    assert "unknown" in leaks._repr_html_()


def test_unknown_people_are_not_one_person():
    data = from_arrays(groups=[0, 1, 2, 3] * 2, start=np.arange(8) * 3)
    leaks = leak_report(data, split(data, "random"))
    assert leaks.subjects == leaks.sessions == leaks.one_recording_pairs == (0, 0)
    assert "people" not in str(leaks)
