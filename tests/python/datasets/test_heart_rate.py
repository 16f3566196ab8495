"""Series of heart rate, windows of them, and the two sets of heart rate."""

import numpy as np
import pytest

from dt4ecg import protocols
from dt4ecg.datasets import (
    HeartRateSeries,
    Part,
    heart_rate_windows,
    load_noneeg_hr,
    load_wesad_hr,
    wesad_heart_rate,
)
from dt4ecg.protocols.base import near_others


def series(subject="Anna", n=100, **changes):
    parts = changes.pop("parts", [Part(0, 40, {"state": "calm"}, rest=True)])
    return HeartRateSeries.from_rate(np.arange(n), 60.0 + np.arange(n) % 7, subject, parts)


def test_windows_are_scaled_by_the_first_part_at_rest():
    parts = [
        Part(40, 60, {"state": "busy"}),
        Part(60, 80, {"state": "calm"}, rest=True),
        Part(80, 100, {"state": "calm"}, rest=True),
    ]
    one = series(parts=parts)
    data = heart_rate_windows([one], length=10)
    rest = one.values[60:80]
    expected = (one.values[40:50] - rest.mean()) / rest.std()
    np.testing.assert_allclose(data.X[0, 0], expected, rtol=1e-6)
    assert data.classes == {"state": ["busy", "calm"]}
    assert data.y[:, 0].tolist() == [0, 0, 1, 1, 1, 1]
    assert data.meta["start"].tolist() == [0, 10] * 3
    assert data.meta["session"].tolist() == ["Anna 0"] * 2 + ["Anna 1"] * 2 + ["Anna 2"] * 2


def test_windows_contain_no_gap_and_stay_in_their_part():
    times = np.r_[0:25, 30:60].astype(float)
    one = HeartRateSeries.from_rate(times, times + 50, "Bo", [Part(0, 50, {"state": "calm"})])
    data = heart_rate_windows([one], length=10, step=5, normalize=False)
    assert (data.X[:, 0, 0] - 50).tolist() == [0, 5, 10, 15, 30, 35, 40]
    assert (np.diff(data.X, axis=-1) == 1).all()


def test_changes_are_a_second_lead():
    data = heart_rate_windows([series()], length=8, normalize=False, changes=True)
    assert data.X.shape == (5, 2, 8)
    assert (data.X[:, 1, 0] == 0).all()
    np.testing.assert_array_equal(data.X[:, 1, 1:], np.diff(data.X[:, 0], axis=1))
    assert data.lead_names == ("value", "change")


def test_rate_and_intervals_of_beats():
    peaks = np.cumsum([0.0, *[0.8] * 10, *[1.0] * 10])
    intervals = HeartRateSeries.from_beats(peaks, "Anna", kind="rr")
    np.testing.assert_allclose(intervals.values, np.diff(peaks))
    np.testing.assert_allclose(intervals.times, peaks[:-1])
    rate = HeartRateSeries.from_beats(peaks, "Anna")
    assert rate.times.tolist() == list(range(18))
    np.testing.assert_allclose(rate.values, [75.0] * 8 + [60.0] * 10)


def test_windows_of_intervals_last_as_long_as_their_beats():
    peaks = np.cumsum([0.0, *[0.8] * 10, *[1.2] * 10, *[0.5] * 10])
    one = HeartRateSeries.from_beats(peaks, "Anna", [Part(0, 30, {"state": "calm"})], kind="rr")
    data = heart_rate_windows([one], length=10, normalize=False)
    np.testing.assert_allclose(data.meta["start"], [0, 8, 20])
    np.testing.assert_allclose(data.meta["stop"], [8, 20, 25])
    assert len(protocols.non_overlapping(data)) == 3
    half = heart_rate_windows([one], length=10, step=5, normalize=False)
    assert protocols.non_overlapping(half).tolist() == [0, 2, 4]
    others = np.array([2])  # from 8 s to 20 s
    assert near_others(half, np.array([0, 1, 3, 4]), others, 0.0).tolist() == [
        False,
        True,
        True,
        False,
    ]
    late = heart_rate_windows([one], length=5, normalize=False)  # last: 22.5 s to 25 s
    assert near_others(late, np.arange(6), np.array([1]), 1.0).tolist() == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]


def test_several_series_of_a_person_have_one_scale():
    parts = [Part(0, 20, {"state": "busy"}), Part(20, 40, {"state": "busy"})]
    first, second = series(), series(parts=parts)
    data = heart_rate_windows([first, series("Bo"), second], length=10)
    rest = first.values[:40]
    mine = data.X[data.meta["recording"] == "Anna 1", 0]
    expected = (second.values[:20].reshape(2, 10) - rest.mean()) / rest.std()
    np.testing.assert_allclose(mine, expected, rtol=1e-5, atol=1e-6)
    assert sorted(set(data.meta["recording"])) == ["Anna 0", "Anna 1", "Anna 2", "Bo 0"]


def test_a_missed_beat_is_a_gap():
    peaks = np.delete(np.arange(0.0, 60.0), [30, 31, 32, 33, 34])
    found = HeartRateSeries.from_beats(peaks, "Anna")
    assert 32.0 not in found.times
    assert (~found.follows).sum() == 2  # the first sample, and the one after the gap


@pytest.mark.parametrize(
    ("times", "values", "message"),
    [
        ([0, 1], [60, np.nan], "values must be finite, but number 1"),
        ([0, np.inf], [60, 61], "times must be finite"),
        ([], [], "at least one"),
        ([0, 1], [60], "equal lengths"),
        ([1, 1], [60, 61], "times must ascend"),
        ([0, 1], ["a", "b"], "must be numbers"),
    ],
)
def test_samples_that_are_refused(times, values, message):
    with pytest.raises(ValueError, match=message):
        HeartRateSeries.from_rate(np.array(times, float), np.array(values), "Anna")


def test_windows_that_are_refused():
    with pytest.raises(ValueError, match="no part has 90 samples"):
        heart_rate_windows([series()], length=90)
    with pytest.raises(ValueError, match="length must be an integer"):
        heart_rate_windows([series()], length=1)
    with pytest.raises(ValueError, match="no part with rest=True"):
        heart_rate_windows([series(parts=[Part(0, 60, {"state": "calm"})])], length=10)
    flat = HeartRateSeries.from_rate(np.arange(50), np.full(50, 60.0), "Bo", series().parts)
    with pytest.raises(ValueError, match="do not vary"):
        heart_rate_windows([flat], length=10)
    with pytest.raises(ValueError, match="kind must be"):
        HeartRateSeries.from_beats([0.0, 1.0], "Anna", kind="bpm")
    with pytest.raises(ValueError, match="no RR interval"):
        HeartRateSeries.from_beats([0.0], "Anna")


def test_noneeg(noneeg_folder):
    data = load_noneeg_hr(noneeg_folder)
    assert data.X.shape == (718, 1, 60)
    assert np.bincount(data.y[:, 0]).tolist() == [392, 100, 101, 125]
    first = data.X[data.groups == data.groups[0], 0]
    assert abs(first.mean()) < 0.2  # the part at rest itself
    split = protocols.folds(data, "subject", n_folds=20)[0]
    assert len(np.unique(data.meta["subject"][split.test])) == 1


def test_wesad(wesad_folder):
    data = load_wesad_hr(wesad_folder)
    assert len(np.unique(data.meta["subject"])) == 12
    assert data.classes["arousal"] == [str(rating) for rating in range(1, 10)]
    groups = np.unique(data.groups)
    rating = [data.y[data.groups == group, data.tasks.index("arousal")][0] + 1 for group in groups]
    assert (len(groups), sum(one >= 5 for one in rating)) == (60, 13)
    assert len(wesad_heart_rate(wesad_folder, aligned=False)) == 15
