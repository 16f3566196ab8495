"""From recordings to labelled segments."""

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from support.ecg_sets import Windows, cohort

from dt4ecg.datasets import Recording, from_recordings, load_paper_cohort


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


def test_repr_says_what_is_inside_and_whether_it_is_simulated():
    assert "240 segments of 1 x 60 samples from 24 recordings" in repr(cohort())
    assert "simulated" not in repr(cohort())
    assert "(simulated)" in repr(from_recordings([recording()], Windows(), simulated=True))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"samples": np.zeros((2, 3, 4))}, "shape (T,) or (leads, T), got (2, 3, 4)"),
        ({"samples": np.zeros(0)}, "got (0,)"),
        ({"samples": np.zeros((50, 2))}, "transpose"),
        ({"samples": np.array(["1", "2"])}, "real numbers"),
        ({"sampling_rate": 0.0}, "above 0 Hz, got 0.0"),
        ({"sampling_rate": float("nan")}, "above 0 Hz, got nan"),
        ({"gaps": (100,)}, "inside the 100 samples, got (100,)"),
        ({"gaps": (0,)}, "inside the 100 samples, got (0,)"),
    ],
)
def test_impossible_recordings_are_refused(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        recording(**changes)


def test_failures_are_named_all_at_once():
    bad = np.full(100, np.nan)
    with pytest.raises(ValueError, match=r"(?s)2 of 3 recordings.*x: .*not finite.*z: ") as error:
        from_recordings(
            [recording(samples=bad, name="x"), recording(), recording(samples=bad, name="z")],
            Windows(),
        )
    assert "\n" in str(error.value)


def test_sets_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="at least 3 s"):
        from_recordings([recording(samples=np.arange(20.0))], Windows())
    with pytest.raises(ValueError, match=r"\(1, 30\) and \(2, 30\)"):
        from_recordings([recording(), recording(samples=np.zeros((2, 100)))], Windows())
    with pytest.raises(ValueError, match=r"\['a'\] are not among \['b'\]"):
        from_recordings([recording()], Windows(), classes={"identity": ["b"]})
    with pytest.raises(ValueError, match="50 and 60 Hz"):
        from_recordings([recording(mains_frequency=50.0), recording(mains_frequency=60.0)])


def test_importing_the_rooms_loads_no_heavy_library():
    code = (
        "import sys, dt4ecg.datasets, dt4ecg.protocols, dt4ecg.metrics, dt4ecg.plots\n"
        "heavy = {'sklearn', 'scipy', 'matplotlib', 'pooch', 'wfdb', 'pandas', 'requests'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_labels_are_the_names():
    data = load_paper_cohort()[:40]
    assert data.labels.shape == data.y.shape
    for (identity, activity), (who, what) in zip(data.y, data.labels, strict=True):
        assert data.classes["identity"][identity] == who
        assert data.classes["activity"][activity] == what
    unknown = replace(data, y=np.full_like(data.y, -1))
    assert (unknown.labels == -1).all()
