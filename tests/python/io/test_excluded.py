"""Bad parts of a recording give no segments, and the times of the rest stay."""

import warnings

import numpy as np
import pytest

import dt4ecg
from dt4ecg.datasets import load_recordings, simulate_cohort
from dt4ecg.io import Recording
from dt4ecg.io.excluded import exclude_parts, parts_of

X = np.random.default_rng(0).integers(-900, 900, size=(2, 3000))


def test_parts_are_lost_in_all_leads():
    recording = dt4ecg.read(X, 100, exclude=[(None, 2), (12.5, 14), (29, None)])
    lost = np.flatnonzero(np.isnan(recording.samples[1]))
    np.testing.assert_array_equal(lost, np.r_[0:200, 1250:1400, 2900:3000])
    np.testing.assert_array_equal(np.isnan(recording.samples[0]), np.isnan(recording.samples[1]))
    assert "excluded: 0 to 2 s, 12.5 to 14 s, 29 to 30 s" in recording.summary()
    again = dt4ecg.read(Recording(X, 100), exclude=[(0, 2)])
    assert np.isnan(again.samples).sum() == 400
    assert dt4ecg.read(Recording(X, 100)).samples.dtype == X.dtype


@pytest.mark.parametrize("part", [(-1, 2), (3, 3), (5, 4), (30, None), (float("nan"), 2)])
def test_parts_outside_are_refused(part):
    with pytest.raises(ValueError, match=r"not a part of the recording, which has 30.000 s"):
        exclude_parts(Recording(X, 100), [part])


def test_something_must_be_left():
    with pytest.raises(ValueError, match="no sample is left"):
        exclude_parts(Recording(X, 100), [(None, 20), (20, None)])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("0-12.5", [(0.0, 12.5)]),
        (" -3  90- ", [(None, 3.0), (90.0, None)]),
        ("1,5-2", [(1.5, 2.0)]),
    ],
)
def test_cells_of_a_manifest(text, parts):
    assert parts_of(text) == parts


@pytest.mark.parametrize("text", ["5", "1-2-3", "0 - 5", "a-b", "1:30-2:00"])
def test_other_cells_are_refused(text):
    with pytest.raises(ValueError, match="exclude must be parts in seconds separated by spaces"):
        parts_of(text)


@pytest.mark.filterwarnings("ignore:.*became gaps?:UserWarning")
def test_no_segment_touches_an_excluded_part(tmp_path):
    np.save(tmp_path / "x.npy", X)
    (tmp_path / "manifest.csv").write_text(
        "file,sampling_rate,subject,activity,exclude\nx.npy,100,ann,rest,0-4 10.5-20 28-\n"
    )
    pre = dt4ecg.Preprocessor(notch=25, nan="raise")
    assert len(load_recordings(tmp_path, preprocessor=pre)) == 4
    data = load_recordings(tmp_path, mains_frequency=25)
    assert data.meta["start"].tolist() == [4.0, 7.0, 20.0, 23.0]
    (tmp_path / "manifest.csv").write_text(
        "file,sampling_rate,subject,activity,exclude\nx.npy,100,ann,rest,4\n"
    )
    with pytest.raises(ValueError, match=r"line 2: exclude must be parts .* got '4'"):
        load_recordings(tmp_path, mains_frequency=25)


def test_excluded_parts_are_gaps_under_every_policy():
    x = simulate_cohort(subjects=1, seconds=30)[0]
    whole = Recording(x.samples, x.sampling_rate)
    parts = [(0, 2), (11, 11.05), (28, None)]  # the second is short enough to be bridged
    recording = dt4ecg.read(whole, exclude=parts)
    pre = {nan: dt4ecg.Preprocessor(notch=50, nan=nan) for nan in ("interpolate", "drop", "raise")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = pre["interpolate"].segment(recording)
    np.testing.assert_allclose(expected.starts, [2, 5, 8, *(11.05 + np.arange(0, 15, 3))])
    for nan in ("drop", "raise"):
        found = pre[nan].transform_many([recording, whole], return_starts=True)
        np.testing.assert_array_equal(found[0][0], expected.segments)
        np.testing.assert_array_equal(found[1][0], expected.starts)
    training = dt4ecg.Preprocessor(notch=50, nan="raise", normalize="training")
    assert len(training.fit([recording]).transform(recording)) == len(expected.segments)


@pytest.mark.parametrize("lost", [np.nan, np.inf, 1e31, 32767])
def test_other_lost_samples_are_refused(lost):
    x = X.astype(float)
    x[1, 500] = lost
    pre = dt4ecg.Preprocessor(notch=None, nan="raise")
    recording = dt4ecg.read(Recording(x, 100), exclude=[(0, 2)])
    with pytest.raises(ValueError, match="outside the excluded parts, at least 1 of 5600 samples"):
        pre.transform(recording)
    assert len(pre.transform(dt4ecg.read(recording, exclude=[(4, 6)]))) == 8
