"""The leak report against counts made by hand."""

import numpy as np
import pytest
from support.ecg_sets import cohort
from support.placed_segments import placed_segments

from dt4ecg.protocols import LeakReport, Split, leak_report, split

SEGMENT = 3.0  # s


def divided(train, test, protocol="random") -> Split:
    none = np.zeros(0, dtype=np.int64)
    return Split(np.array(train), none, np.array(test), protocol, 0, ("identity",))


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize(
    ("distance", "overlapping", "neighbour"),
    [
        (0.0, True, True),
        (0.99 * SEGMENT, True, True),
        (SEGMENT, False, True),
        (1.99 * SEGMENT, False, True),
        (2 * SEGMENT, False, False),
        (10 * SEGMENT, False, False),
    ],
)
def test_neighbours_are_less_than_a_segment_away(direction, distance, overlapping, neighbour):
    data = placed_segments([100.0, 100.0 + direction * distance])
    leaks = leak_report(data, divided([0], [1]))
    assert (leaks.overlapping, leaks.neighbours) == (overlapping, neighbour)


@pytest.mark.parametrize(("error", "counted"), [(5e-4, False), (2e-3, True)])
def test_start_times_may_be_a_thousandth_of_a_segment_inexact(error, counted):
    data = placed_segments([0.0, (1 - error) * SEGMENT, (2 - error) * SEGMENT])
    assert leak_report(data, divided([0], [1])).overlapping == counted
    assert leak_report(data, divided([0], [2])).neighbours == counted


def test_every_training_segment_of_the_recording_is_compared():
    # The starts are not sorted. The tested segments at 3, 57, 87 and 93 s have a neighbour, and
    # those at 30 and 120 s have none.
    data = placed_segments([60, 3, 57, 0, 63, 30, 90, 87, 93, 120])
    leaks = leak_report(data, divided([0, 3, 4, 6], [1, 2, 5, 7, 8, 9]))
    assert leaks.neighbours == 4


def test_segments_of_other_recordings_are_not_neighbours():
    data = placed_segments([0, 0, 3], groups=[0, 1, 1])
    assert leak_report(data, divided([0], [1, 2])).neighbours == 0
    assert leak_report(data, divided([0, 1], [2])).neighbours == 1


def test_shared_recordings_sessions_and_people_are_counted():
    data = placed_segments(
        start=[0, 30, 0, 0, 0, 0],
        groups=[0, 0, 1, 2, 3, 4],
        subject=["a", "a", "a", "b", "b", "c"],
        session=["x", "x", "y", "x", "", "z"],
        activity=["rest", "rest", "rest", "rest", "run", ""],
    )
    leaks = leak_report(data, divided([0, 3], [1, 2, 4, 5]))
    assert (leaks.n_train, leaks.n_test) == (2, 4)
    assert leaks.recordings == (1, 4)  # 0 of 0, 1, 3, 4
    assert leaks.sessions == (1, 3)  # (a, x) of (a, x), (a, y), (c, z)
    assert leaks.subjects == (2, 3)  # a and b of a, b, c
    assert leaks.one_recording_pairs == (2, 3)  # (b, rest) and (b, run), not (a, rest)


def test_the_paper_s_protocol_leaks_as_computed():
    # A test segment has no training neighbour if both neighbours are tested: 1 - 0.3^2 = 0.91.
    data = cohort(subjects=10, segments=60)
    leaks = leak_report(data, split(data, "random"))
    assert leaks.neighbours / leaks.n_test == pytest.approx(0.91, abs=0.02)
    assert leaks.overlapping == 0
    assert leaks.recordings == (60, 60)
    overlapped = cohort(overlap=0.5)
    leaks = leak_report(overlapped, split(overlapped, "random"))
    assert leaks.overlapping > leaks.n_test / 2


def test_people_held_out_share_nothing():
    data = cohort()
    leaks = leak_report(data, split(data, "subject"))
    assert (leaks.neighbours, leaks.recordings[0], leaks.sessions[0], leaks.subjects[0]) == (0,) * 4


def test_the_text_holds_the_counts():
    report = LeakReport("random", 70, 30, 4, 27, (12, 13), (5, 6), (7, 8), (9, 10))
    lines = str(report).splitlines()
    assert lines[0] == "random: 70 training and 30 test segments"
    facts = ["90.0%", "(27 of 30; 4 share", "12 of 13 tested", "5 of 6 tested", "7 of 8 tested"]
    facts.append("9 of 10 (subject, activity) pairs")
    assert all(fact in "\n".join(lines) for fact in facts)
    assert len(lines) == 6


@pytest.mark.parametrize(
    ("recordings", "sessions", "pairs", "lines"),
    [
        ((1, 1), (0, 0), (1, 1), 5),  # no session has a name
        ((1, 1), (0, 1), (0, 1), 5),  # no pair is a single recording
        ((0, 1), (0, 1), (1, 1), 5),  # no recording is shared, so none reveals its labels
        ((1, 1), (0, 1), (1, 1), 6),
    ],
)
def test_the_text_leaves_out_what_does_not_apply(recordings, sessions, pairs, lines):
    report = LeakReport("random", 1, 1, 0, 0, recordings, sessions, (1, 1), pairs)
    assert len(str(report).splitlines()) == lines


@pytest.mark.parametrize(("train", "test"), [([0], [3]), ([3], [0])])
def test_a_split_of_a_larger_set_is_refused(train, test):
    with pytest.raises(ValueError, match="larger set than these 3 segments"):
        leak_report(placed_segments([0, 3, 6]), divided(train, test))


def test_the_last_segment_is_inside_the_set():
    assert leak_report(placed_segments([0, 3, 6]), divided([0], [2])).n_test == 1


def test_a_recording_of_several_activities_reveals_no_label():
    data = placed_segments(
        start=[0, 3, 0, 0],
        groups=[0, 0, 1, 2],
        subject=["a", "a", "a", "b"],
        activity=["rest", "run", "walk", "rest"],
    )
    # (a, walk) and (b, rest) are recordings of their own, (a, rest) and (a, run) share one.
    assert leak_report(data, divided([0], [1])).one_recording_pairs == (2, 4)


def test_the_frame_holds_the_counts():
    report = LeakReport("random", 70, 30, 4, 27, (12, 13), (5, 6), (7, 8), (9, 10))
    frame = report.to_frame()
    assert frame["shared"].tolist() == [4, 27, 12, 5, 7, 9]
    assert frame["total"].tolist() == [30, 30, 13, 6, 8, 10]
    assert frame.index[:2].tolist() == ["overlapping segments", "neighbours in time"]
    html = report._repr_html_()
    assert all(f">{number}<" in html for number in (4, 27, 12, 13, 9, 10))
    assert "70 training and 30 test segments" in html
