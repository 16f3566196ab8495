"""Recordings become labelled segments."""

import numpy as np
import pytest
from support.ecg_sets import Windows

from dt4ecg.datasets import Recording, from_recordings
from dt4ecg.datasets.assembly import default_preprocessor


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
