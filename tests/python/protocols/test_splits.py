"""Properties that the splits of all protocols have."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.ecg_sets import Windows, cohort
from support.placed_segments import placed_segments

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
    return [found.train, found.validation, found.test]


def same(first, second) -> bool:
    return all(map(np.array_equal, parts(first), parts(second)))


def test_the_table_has_the_documented_protocols():
    assert list(PROTOCOLS) == ["random", "blocked", "session", "subject"]
    assert all(name == protocol.name for name, protocol in PROTOCOLS.items())


@settings(max_examples=40, deadline=None)
@given(data=sets, protocol=names, validation_size=st.sampled_from([0.0, 0.2]), seed=seeds)
def test_parts_are_disjoint_sorted_and_repeatable(data, protocol, validation_size, seed):
    found = split(data, protocol, validation_size=validation_size, seed=seed)
    used = np.concatenate(parts(found))
    assert len(np.unique(used)) == len(used)
    if protocol != "blocked":
        assert len(used) == len(data)
    for part in parts(found):
        assert part.dtype == np.int64
        assert np.all(np.diff(part) > 0)
    assert (found.protocol, found.seed) == (protocol, seed)
    assert same(split(data, protocol, validation_size=validation_size, seed=seed), found)


@settings(max_examples=30, deadline=None)
@given(data=sets, protocol=names, seed=seeds)
def test_folds_test_every_segment_once(data, protocol, seed):
    rotation = folds(data, protocol, seed=seed)
    tested = np.concatenate([found.test for found in rotation])
    assert sorted(tested) == list(range(len(data)))
    for found in rotation:
        assert not set(found.train) & set(found.test)
        assert len(found.validation) == 0
        assert (found.protocol, found.seed) == (protocol, seed)
        if protocol == "blocked":
            assert leak_report(data, found).neighbours == 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_defaults_are_30_percent_test_no_validation_and_seed_0(protocol):
    data = cohort()
    found = split(data, protocol)
    assert same(found, split(data, protocol, 0.3, 0.0, 0))
    assert found.seed == 0
    assert all(map(same, folds(data, protocol), folds(data, protocol, seed=0)))


def test_a_split_shows_its_sizes():
    text = repr(split(cohort(), "random", 0.25, 0.125, seed=3))
    assert text.startswith("Split(random, seed 3: 150 train, 30 validation, 60 test; ")
    assert "identity and activity" in text


def test_other_seeds_divide_otherwise():
    data = cohort()
    for protocol in ("random", "session", "subject"):
        tests = {tuple(split(data, protocol, seed=seed).test) for seed in range(20)}
        assert len(tests) > 1
        rotations = {tuple(folds(data, protocol, seed=seed)[0].test) for seed in range(20)}
        assert len(rotations) > 1
    assert same(split(data, "blocked", seed=0), split(data, "blocked", seed=1))


# Scored tasks


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


def test_the_first_class_is_a_label_like_others():
    data = placed_segments([0, 3, 6], activity=["rest"] * 3)
    assert (data.y == 0).all()
    assert split(data, "random").scored_tasks == ("identity", "activity")


# Warnings and errors


def test_a_class_that_is_only_tested_warns():
    data = from_recordings(
        [Recording(np.arange(90.0), 10.0, s, a) for s, a in [("a", "rest"), ("b", "run")]],
        Windows(),
    )
    with pytest.warns(UserWarning, match="activity (rest|run) is tested but never trained"):
        split(data, "subject")


def test_a_missing_label_is_not_an_unseen_class():
    data = placed_segments(
        [0, 3, 6, 9], [0, 0, 1, 1], subject=["a", "a", "b", "b"], activity=["", "run", "run", "run"]
    )
    for seed in range(4):  # warnings are errors
        assert split(data, "subject", test_size=0.5, seed=seed).scored_tasks == ("activity",)


def test_a_warning_names_the_line_that_divides():
    data = placed_segments([0, 3], [0, 1], subject=["a", "b"], activity=["rest", "run"])
    with pytest.warns(UserWarning, match="never trained") as caught:
        split(data, "subject")
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda d: split(d, "stratified"),
            "unknown name 'stratified'; known: random, blocked, session, subject",
        ),
        (lambda d: split(d, "random", test_size=0.0), "test_size > 0"),
        (lambda d: split(d, "random", test_size=-0.1, validation_size=0.5), "test_size > 0"),
        (lambda d: split(d, "random", 0.3, -0.1), "validation_size >= 0"),
        (lambda d: split(d, "random", 0.7, 0.3), "sum below 1, got 0.7 and 0.3"),
        (lambda d: split(d[d.meta["subject"] == "00"], "subject"), "one subject"),
        (lambda d: split(d[d.meta["session"] == "e1"], "session"), "no subject has a second"),
        (
            lambda d: split(cohort(sessions=("e1", None)), "session"),
            "80 of 160 segments have no session",
        ),
        (
            lambda d: split(d[:1], "random"),
            "random: of 1 segment, 0 would be for training and 1 for",
        ),
        (
            lambda d: split(placed_segments([0, 3]), "blocked"),
            "blocked: of 2 segments, 2 would be for training and 0 for",
        ),
        (lambda d: folds(d, "subject", 9), "9 folds need as many subjects, got 4"),
        (lambda d: folds(d[:3], "random"), "5 folds need as many segments, got 3"),
        (lambda d: folds(d, "session", 4), "no subject has more than 3 sessions"),
        (lambda d: folds(d, "random", 1), "at least 2 folds, got 1"),
        (lambda d: folds(d, "stratified"), "unknown name 'stratified'"),
    ],
)
def test_an_error_names_the_value_and_the_legal_range(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call(cohort())


def test_the_frame_holds_the_part_of_each_segment():
    found = split(cohort(), "blocked", 0.3, 0.2)
    frame = found.to_frame()
    assert frame.index.is_monotonic_increasing
    assert len(frame) == len(found.train) + len(found.validation) + len(found.test) < len(cohort())
    for part in ("train", "validation", "test"):
        indices = frame.index[frame["part"] == part]
        np.testing.assert_array_equal(indices, getattr(found, part))


def test_the_html_holds_the_sizes():
    found = split(cohort(), "random", 0.25, 0.125)
    html = found._repr_html_()
    assert "protocol random" in html
    assert all(f">{n}<" in html for n in (150, 30, 60))
