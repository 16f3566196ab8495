"""Recordings become labelled segments, and a part of a set keeps the meaning of labels."""

import re
from dataclasses import replace

import numpy as np
import pytest
from support.ecg_sets import Windows, cohort

from dt4ecg.datasets import Recording, from_recordings
from dt4ecg.datasets.segment_set import default_preprocessor, labelled_tasks


def recording(**changes):
    given = {"samples": np.arange(100.0), "sampling_rate": 10.0, "subject": "a", "activity": "rest"}
    return Recording(**(given | changes))


def test_segments_carry_labels_and_origin():
    data = from_recordings(
        [
            recording(subject="b", activity="run", session="day 2", name="first"),
            recording(subject="a", activity=None, samples=np.arange(65.0), gaps=(31,)),
        ],
        Windows(),
    )
    assert data.X.shape == (5, 1, 30)
    assert data.X.dtype == np.float32
    assert data.y.dtype == np.int64
    assert data.classes == {"identity": ["a", "b"], "activity": ["run"]}
    assert data.y.tolist() == [[1, 0]] * 3 + [[0, -1]] * 2
    assert data.groups.tolist() == [0, 0, 0, 1, 1]
    assert data.meta["start"].tolist() == [0, 3, 6, 0, 3.1]
    assert data.meta["stop"].tolist() == [3, 6, 9, 3, 6.1]
    assert data.meta["recording"].tolist() == ["first"] * 3 + ["1"] * 2
    assert data.meta["session"].tolist() == ["day 2"] * 3 + [""] * 2
    assert data.meta["activity"].tolist() == ["run"] * 3 + [""] * 2
    assert data.meta["subject"].tolist() == ["b"] * 3 + ["a"] * 2
    assert data.X[4, 0, 0] == 31
    # 1 s at the end of the first, 0.1 s before the gap and 0.4 s at the end of the second
    assert data.dropped_seconds == pytest.approx(1.5)
    assert data.dropped_pieces == 0


def test_overlapping_segments_do_not_count_twice_as_covered():
    data = from_recordings([recording()], Windows(overlap=0.5))
    assert len(data) == 5
    assert data.dropped_seconds == pytest.approx(1.0)


def test_parts_keep_the_meaning_of_labels():
    data = cohort(subjects=3)
    part = data[data.meta["subject"] == "02"]
    assert part.classes == data.classes
    assert set(part.y[:, 0]) == {2}
    assert len(part) == len(data) // 3 == len(part.groups) == len(part.meta["start"])
    assert len(data[5]) == 1
    assert data[[7, 3]].X.tolist() == data.X[[7, 3]].tolist()


def test_repr_states_the_content_and_whether_it_is_simulated():
    assert "240 segments of 1 x 60 samples from 24 recordings" in repr(cohort())
    assert "simulated" not in repr(cohort())
    assert "(simulated)" in repr(from_recordings([recording()], Windows(), simulated=True))


def test_all_failures_are_reported_at_once():
    bad = np.full(100, np.nan)
    with pytest.raises(ValueError, match=r"(?s)2 of 3 recordings.*x: .*not finite.*z: ") as error:
        from_recordings(
            [recording(samples=bad, name="x"), recording(), recording(samples=bad, name="z")],
            Windows(),
        )
    assert "\n" in str(error.value)


def test_recordings_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="at least 3 s"):
        from_recordings([recording(samples=np.arange(20.0))], Windows())
    with pytest.raises(ValueError, match=r"\(1, 30\) and \(2, 30\)"):
        from_recordings([recording(), recording(samples=np.zeros((2, 100)))], Windows())
    with pytest.raises(ValueError, match=r"\['a'\] are not among \['b'\]"):
        from_recordings([recording()], Windows(), classes={"identity": ["b"]})
    with pytest.raises(ValueError, match="50 and 60 Hz"):
        from_recordings([recording(mains_frequency=50.0), recording(mains_frequency=60.0)])


def test_the_default_notch_is_at_the_mains_of_the_recordings():
    assert default_preprocessor([recording(mains_frequency=50.0)]).notch == 50.0
    assert default_preprocessor([recording()]).notch == 60.0
    assert default_preprocessor([recording(), recording(mains_frequency=60.0)]).notch == 60.0
    assert default_preprocessor([]).notch == 60.0
    with pytest.raises(ValueError, match="50 and 60 Hz need two filters"):
        default_preprocessor([recording(), recording(mains_frequency=50.0)])


def test_labels_are_the_names():
    data = from_recordings(
        [recording(subject="b", activity="run"), recording(subject="a", activity=None)], Windows()
    )
    assert data.labels.tolist() == [["b", "run"]] * 3 + [["a", -1]] * 3
    assert data.labels_of(("activity",)).tolist() == [["run"]] * 3 + [[-1]] * 3
    assert data.labels_of(("activity", "identity"))[0].tolist() == ["run", "b"]
    unknown = replace(data, y=np.full_like(data.y, -1))
    assert (unknown.labels == -1).all()


def test_tasks_with_a_known_label():
    data = from_recordings([recording(activity="run"), recording(activity=None)], Windows())
    assert labelled_tasks(data, np.arange(6)) == ("identity", "activity")
    assert labelled_tasks(data, np.arange(3, 6)) == ("identity",)
    assert labelled_tasks(data, np.arange(0)) == ()


def test_given_classes_keep_their_order_and_may_have_no_segment():
    data = from_recordings([recording()], Windows(), classes={"activity": ["walk", "rest", "run"]})
    assert data.classes == {"identity": ["a"], "activity": ["walk", "rest", "run"]}
    assert set(data.y[:, 1]) == {1}


def test_what_is_dropped_is_summed_over_the_recordings():
    pieces = {"samples": np.arange(45.0), "gaps": (5, 10)}  # 0.5 s, 0.5 s and 3.5 s at 10 Hz
    data = from_recordings([recording(**pieces), recording(**pieces)], Windows())
    assert len(data) == 2
    assert data.dropped_pieces == 4
    assert data.dropped_seconds == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"X": np.zeros((6, 30))}, "X must have shape (n, leads, L), got (6, 30)"),
        ({"y": np.zeros((6, 1))}, "y must have shape (6, 2), got (6, 1)"),
        ({"groups": np.zeros(5)}, "groups must have shape (6,), one value for each segment"),
        ({"meta": {"start": np.zeros((6, 1))}}, "start must have shape (6,)"),
    ],
)
def test_arrays_of_other_shapes_are_refused(changes, message):
    data = from_recordings([recording(), recording()], Windows())
    with pytest.raises(ValueError, match=re.escape(message)):
        replace(data, **changes)
