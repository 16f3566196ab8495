"""Training parts with overlapping segments share no sample with the other parts."""

import numpy as np
import pytest

import dt4ecg
from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet, from_recordings, simulate_cohort

RATE = 250.0


@pytest.fixture(scope="module")
def recordings():
    found = simulate_cohort(subjects=4, seconds=40, sampling_rate=RATE)
    return [
        dt4ecg.Recording(
            one.samples, RATE, subject=one.subject, activity=one.activity, gaps=(int(17.3 * RATE),)
        )
        for one in found
    ]


@pytest.fixture(scope="module")
def plain(recordings):
    return from_recordings(recordings, dt4ecg.Preprocessor(normalize="record"))


@pytest.fixture(scope="module", params=[0.5, 2 / 3, 0.75])
def dense(request, recordings):
    return from_recordings(
        recordings, dt4ecg.Preprocessor(normalize="record", overlap=request.param)
    )


def test_segments_that_do_not_overlap_are_those_without_an_overlap(dense, plain):
    rows = protocols.non_overlapping(dense)
    np.testing.assert_array_equal(dense.X[rows], plain.X)
    np.testing.assert_array_equal(dense.y[rows], plain.y)
    np.testing.assert_allclose(dense.meta["start"][rows], plain.meta["start"])


@pytest.mark.parametrize("protocol", ["random", "blocked", "subject"])
def test_no_sample_is_in_two_parts(dense, plain, protocol):
    rows = protocols.non_overlapping(dense)
    small = protocols.split(plain, protocol, validation_size=0.1, seed=1)
    divided = protocols.overlapping_training(
        dense, rows, protocols.split(dense[rows], protocol, validation_size=0.1, seed=1)
    )
    for part in ("validation", "test"):
        np.testing.assert_array_equal(
            dense.X[getattr(divided, part)], plain.X[getattr(small, part)]
        )
    start, stop = dense.meta["start"], dense.meta["stop"]
    others = np.setdiff1d(rows, divided.train)
    assert set(rows[small.train]) <= set(divided.train)
    for row in divided.train:
        same = dense.groups[others] == dense.groups[row]
        shared = np.minimum(stop[row], stop[others]) - np.maximum(start[row], start[others])
        assert (shared[same] < 1e-6).all()
    assert protocols.leak_report(dense, divided).overlapping == 0
    assert divided.scored_tasks == small.scored_tasks
    if protocol == "subject":
        assert len(divided.train) > 1.7 * len(small.train)


def test_start_times_are_needed():
    data = SegmentSet.from_arrays(np.eye(4, 30), {"identity": ["a", "a", "b", "b"]})
    with pytest.raises(ValueError, match="4 of 4 segments have no start time"):
        protocols.non_overlapping(data)
    divided = protocols.split(data, "random", test_size=0.5)
    with pytest.raises(ValueError, match="no start time"):
        protocols.overlapping_training(data, np.arange(4), divided)
