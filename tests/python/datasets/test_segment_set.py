"""A part of a set keeps the meaning of labels."""

import re
from dataclasses import replace

import numpy as np
import pytest
from support.ecg_sets import Windows, cohort

from dt4ecg.datasets import Recording, SegmentSet, from_recordings
from dt4ecg.datasets.segment_set import labelled_tasks


def recording(**changes):
    given = {"samples": np.arange(100.0), "sampling_rate": 10.0, "subject": "a", "activity": "rest"}
    return Recording(**(given | changes))


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
    assert repr(cohort()).startswith("SegmentSet test cohort: 240 segments")
    assert "(simulated)" in repr(from_recordings([recording()], Windows(), simulated=True))


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


def test_a_frame_has_a_row_for_each_segment():
    data = from_recordings(
        [
            recording(subject="b", activity="run", session="day 2", name="first"),
            recording(name="x"),
        ],
        Windows(),
    )
    data = replace(data, y=np.where(data.groups[:, None] == [[1, 0]], -1, data.y))
    frame = data.to_frame()
    assert list(frame) == [
        *("groups", "subject", "activity", "session", "recording", "start", "stop", "identity"),
    ]
    assert frame["identity"].fillna("?").tolist() == ["b"] * 3 + ["?"] * 3
    assert frame["activity"].fillna("?").tolist() == ["?"] * 3 + ["rest"] * 3
    assert frame["session"].fillna("?").tolist() == ["day 2"] * 3 + ["?"] * 3
    for column in ("subject", "recording", "start", "stop"):
        assert frame[column].tolist() == data.meta[column].tolist()
    assert frame["groups"].tolist() == data.groups.tolist()


def test_a_set_of_its_own_frame_has_the_same_labels_and_origin():
    data = cohort(subjects=2, segments=2)
    frame = data.to_frame()
    again = SegmentSet.from_arrays(
        data.X,
        frame[list(data.tasks)],
        **{name: frame[name] for name in ("groups", "subject", "session", "start")},
    )
    assert again.classes == data.classes
    np.testing.assert_array_equal(again.y, data.y)
    np.testing.assert_array_equal(again.groups, data.groups)
    for column in ("subject", "activity", "session", "start", "stop"):
        np.testing.assert_array_equal(again.meta[column], data.meta[column])


def test_the_html_holds_the_content_and_escapes_names():
    data = SegmentSet.from_arrays(
        np.zeros((12, 2, 5)),
        {"identity": [f"p{i:02d}" for i in range(12)], "activity": ["<b>"] * 12},
        name="<script>",
        lead_names=["I", "II"],
        simulated=True,
    )
    html = data._repr_html_()
    for text in ("12", "I, II", "5", "simulated", "1: &lt;b&gt;", "SegmentSet &lt;script&gt;"):
        assert f">{text}<" in html
    assert "12: p00, p01, p02, p03, p04, p05, p06, p07, ..." in html
    assert "<script>" not in html


def test_the_old_place_of_from_recordings_still_works():
    from dt4ecg.datasets import from_recordings, segment_set

    with pytest.warns(DeprecationWarning, match=r"import it from dt4ecg\.datasets"):
        assert segment_set.from_recordings is from_recordings
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        segment_set.nothing  # noqa: B018
