"""Protocol ``session``: held-out sessions and subjects with one session."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ecg_sets import Windows, cohort
from support.placed_segments import placed_segments

from dt4ecg.datasets import Recording, from_recordings
from dt4ecg.protocols import folds, split


def sessions_of(data, part) -> set[tuple[str, str]]:
    columns = (data.meta["subject"][part].tolist(), data.meta["session"][part].tolist())
    return set(zip(*columns, strict=True))


def one_subject(n_sessions: int):
    """One segment in each of the sessions "0", "1", ... of one subject."""
    return placed_segments(
        [0.0] * n_sessions,
        groups=list(range(n_sessions)),
        session=[str(i) for i in range(n_sessions)],
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), subjects=st.integers(3, 5))
def test_nothing_of_a_held_out_session_is_trained(seed, subjects):
    data = cohort(subjects=subjects, segments=3)
    found = split(data, "session", validation_size=0.3, seed=seed)
    parts = [sessions_of(data, part) for part in (found.train, found.validation, found.test)]
    assert [len(part) for part in parts] == [subjects] * 3
    assert len(set.union(*parts)) == 3 * subjects


@pytest.mark.parametrize("seed", range(5))
def test_sessions_are_ranked_by_a_permutation_of_their_names(seed):
    place = np.random.default_rng(seed).permutation(4)
    found = split(one_subject(4), "session", 0.25, 0.5, seed)
    np.testing.assert_array_equal(found.test, np.flatnonzero(place < 1))
    np.testing.assert_array_equal(found.validation, np.flatnonzero((place >= 1) & (place < 3)))


@pytest.mark.parametrize(
    ("n_sessions", "test_size", "validation_size", "sizes"),
    [
        (2, 0.3, 0.0, (1, 0, 1)),
        (2, 0.3, 0.3, (1, 0, 1)),  # a session remains for training
        (3, 0.3, 0.3, (1, 1, 1)),
        (4, 0.9, 0.05, (1, 0, 3)),
        (4, 0.5, 0.4, (1, 1, 2)),
        (10, 0.34, 0.16, (5, 2, 3)),
    ],
)
def test_sizes_leave_a_session_for_training(n_sessions, test_size, validation_size, sizes):
    found = split(one_subject(n_sessions), "session", test_size, validation_size)
    assert (len(found.train), len(found.validation), len(found.test)) == sizes


def test_one_electrode_is_held_out_for_all():
    data = cohort()
    electrodes = {
        tuple(np.unique(data.meta["session"][split(data, "session", seed=seed).test]))
        for seed in range(10)
    }
    assert electrodes == {("e1",), ("e2",), ("e3",)}


def test_by_default_there_are_as_many_folds_as_sessions():
    assert len(folds(cohort(), "session")) == 3
    assert len(folds(one_subject(5), "session")) == 5


def test_fewer_folds_test_several_sessions():
    rotation = folds(one_subject(5), "session", 2)
    assert [len(found.test) for found in rotation] == [3, 2]


def test_people_with_one_session_only_train():
    recordings = [
        Recording(np.arange(300.0), 10.0, subject, "rest", session=day)
        for subject, day in [("a", "mon"), ("b", "mon"), ("b", "tue"), ("c", "wed")]
    ]
    data = from_recordings(recordings, Windows())
    for found in (split(data, "session"), *folds(data, "session")):
        assert set(data.meta["subject"][found.test]) == {"b"}
        assert {"a", "c"} <= set(data.meta["subject"][found.train])
