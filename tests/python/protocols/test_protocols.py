"""Every protocol holds out what it says, whatever the set."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ecg_sets import Windows, cohort

from dt4ecg.datasets import Recording, from_recordings
from dt4ecg.protocols import PROTOCOLS, folds, leak_report, split

sets = st.builds(
    cohort,
    subjects=st.integers(3, 5),
    sessions=st.sampled_from([("e1", "e2"), ("e1", "e2", "e3")]),
    segments=st.integers(18, 24),
    overlap=st.sampled_from([0.0, 0.5]),
    rate=st.sampled_from([20.0, 59 / 3]),
)
names = st.sampled_from(sorted(PROTOCOLS))
seeds = st.integers(0, 2**32 - 1)


def parts(found):
    return np.concatenate([found.train, found.validation, found.test])


@settings(max_examples=40, deadline=None)
@given(data=sets, protocol=names, validation_size=st.sampled_from([0.0, 0.2]), seed=seeds)
def test_parts_are_disjoint_whole_and_repeatable(data, protocol, validation_size, seed):
    found = split(data, protocol, validation_size=validation_size, seed=seed)
    used = parts(found)
    assert len(np.unique(used)) == len(used)
    if protocol != "blocked":
        assert len(used) == len(data)
    if protocol == "random":
        assert len(found.test) == round(0.3 * len(data))
    assert all(
        np.all(np.diff(part) > 0) and part.dtype == np.int64 for part in (found.train, used[:0])
    )
    again = split(data, protocol, validation_size=validation_size, seed=seed)
    assert (parts(again) == used).all()


@settings(max_examples=40, deadline=None)
@given(data=sets, validation_size=st.sampled_from([0.0, 0.2]))
def test_blocked_keeps_a_guard_of_one_segment_between_all_parts(data, validation_size):
    found = split(data, "blocked", validation_size=validation_size)
    start, stop = data.meta["start"], data.meta["stop"]
    divided = [found.train, found.validation, found.test]
    for earlier, later in ((0, 1), (0, 2), (1, 2)):
        for recording in np.unique(data.groups):
            before = divided[earlier][data.groups[divided[earlier]] == recording]
            after = divided[later][data.groups[divided[later]] == recording]
            if len(before) and len(after):
                assert start[after].min() - stop[before].max() >= 3.0 - 1e-3
    assert leak_report(data, found).neighbours == 0
    assert set(data.groups[found.test]) == set(data.groups)


@settings(max_examples=40, deadline=None)
@given(data=sets, seed=seeds, protocol=st.sampled_from(["session", "subject"]))
def test_nothing_of_a_held_out_unit_is_trained(data, seed, protocol):
    found = split(data, protocol, validation_size=0.3, seed=seed)
    for part in (found.validation, found.test):
        units = {
            "session": set(zip(data.meta["subject"], data.meta["session"], strict=True)),
            "subject": set(data.meta["subject"]),
        }[protocol]
        keys = (
            list(zip(data.meta["subject"], data.meta["session"], strict=True))
            if protocol == "session"
            else data.meta["subject"].tolist()
        )
        held = {keys[i] for i in part}
        assert held <= units
        assert not held & {keys[i] for i in found.train}
    assert not set(found.test) & set(found.validation)


@settings(max_examples=30, deadline=None)
@given(data=sets, protocol=names, seed=seeds)
def test_folds_test_every_segment_once(data, protocol, seed):
    rotation = folds(data, protocol, seed=seed)
    tested = np.concatenate([found.test for found in rotation])
    assert sorted(tested) == list(range(len(data)))
    for found in rotation:
        assert not set(found.train) & set(found.test)
        if protocol == "blocked":
            assert leak_report(data, found).neighbours == 0


def test_the_paper_s_protocol_leaks_as_computed():
    # a test segment is alone if both neighbours are tested too: 1 - 0.3^2 = 0.91
    data = cohort(subjects=10, segments=60)
    leaks = leak_report(data, split(data, "random"))
    assert leaks.neighbours / leaks.n_test == pytest.approx(0.91, abs=0.02)
    assert leaks.overlapping == 0
    assert leaks.recordings == (60, 60)
    overlapped = cohort(overlap=0.5)
    leaks = leak_report(overlapped, split(overlapped, "random"))
    assert leaks.overlapping > leaks.n_test / 2


def test_leak_report_counts_by_hand():
    data = cohort(subjects=2, activities=("rest",), sessions=("e1",), segments=5)
    found = split(data, "random", test_size=0.2, seed=1)
    near = sum(
        any(
            abs(data.meta["start"][i] - data.meta["start"][j]) <= 3.0
            for j in found.train
            if data.groups[i] == data.groups[j]
        )
        for i in found.test
    )
    leaks = leak_report(data, found)
    assert leaks.neighbours == near > 0
    assert leaks.one_recording_pairs == (2, 2)
    text = str(leaks)
    assert f"({near} of 2; 0 share samples with it)" in text
    assert "its baseline and gain alone tell both labels" in text


def test_leak_report_of_people_held_out_is_clean():
    data = cohort()
    leaks = leak_report(data, split(data, "subject"))
    assert (leaks.neighbours, leaks.recordings[0], leaks.sessions[0], leaks.subjects[0]) == (0,) * 4
    assert "0 of 1 tested people are in training too" in str(leaks)


def test_only_people_held_out_leave_identity_unscored():
    data = cohort()
    scored = {name: split(data, name).scored_tasks for name in PROTOCOLS}
    assert scored.pop("subject") == ("activity",)
    assert set(scored.values()) == {("identity", "activity")}


def test_a_task_without_labels_is_not_scored():
    data = cohort(activities=(None,))
    assert split(data, "session").scored_tasks == ("identity",)
    with pytest.raises(ValueError, match="subject: leaves no task to score"):
        split(data, "subject")


def test_session_holds_out_one_electrode_for_all():
    data = cohort()
    electrodes = {
        tuple(np.unique(data.meta["session"][split(data, "session", seed=seed).test]))
        for seed in range(10)
    }
    assert electrodes == {("e1",), ("e2",), ("e3",)}
    assert len(folds(data, "session")) == 3


def test_people_with_one_session_only_train():
    recordings = [
        Recording(np.arange(300.0), 10.0, subject, "rest", session=day)
        for subject, day in [("a", "mon"), ("a", "tue"), ("b", "mon"), ("c", "wed")]
    ]
    data = from_recordings(recordings, Windows())
    for found in (split(data, "session"), *folds(data, "session")):
        assert set(data.meta["subject"][found.test]) == {"a"}


def test_short_recordings_only_train_when_blocked():
    recordings = [
        Recording(np.arange(n * 30.0), 10.0, "a", "rest", name=str(n)) for n in (1, 2, 3, 10)
    ]
    data = from_recordings(recordings, Windows())
    found = split(data, "blocked")
    assert np.bincount(data.groups[found.test], minlength=4).tolist() == [0, 0, 1, 3]
    assert np.bincount(data.groups[found.train], minlength=4).tolist() == [1, 2, 1, 6]


def test_a_class_that_is_only_tested_warns():
    data = from_recordings(
        [Recording(np.arange(90.0), 10.0, s, a) for s, a in [("a", "rest"), ("b", "run")]],
        Windows(),
    )
    with pytest.warns(UserWarning, match="activity (rest|run) is tested but never trained"):
        split(data, "subject")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda d: split(d, "stratified"),
            "unknown name 'stratified'; known: random, blocked, session, subject",
        ),
        (lambda d: split(d, "random", test_size=0.0), "test_size > 0"),
        (lambda d: split(d, "random", 0.7, 0.3), "sum below 1, got 0.7 and 0.3"),
        (lambda d: split(d[d.meta["subject"] == "00"], "subject"), "one subject"),
        (lambda d: split(d[d.meta["session"] == "e1"], "session"), "nobody has a second session"),
        (
            lambda d: split(cohort(sessions=("e1", None)), "session"),
            "80 of 160 segments have no session",
        ),
        (lambda d: split(d[:1], "random"), "leave 0 for training"),
        (lambda d: folds(d, "subject", 9), "9 folds need as many subjects, got 4"),
        (lambda d: folds(d, "session", 4), "nobody has more than 3 sessions"),
        (lambda d: folds(d, "random", 1), "at least 2 folds, got 1"),
        (lambda d: leak_report(d[:5], split(d, "random")), "larger set than these 5"),
    ],
)
def test_errors_say_what_to_do(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call(cohort())
