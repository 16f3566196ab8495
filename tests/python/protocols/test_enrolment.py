"""Templates and probes of the enrolment protocol, by hand and by a rule."""

import numpy as np
import pytest
from support.ecg_sets import cohort

from dt4ecg.biometrics import curves, trial_scores
from dt4ecg.metrics import identification_rate
from dt4ecg.protocols import enrolment_trials

SUBJECT = np.repeat(["Ann", "Bo", "Cy"], [6, 5, 3])
SESSION = np.array(["1", "1", "2", "1", "2", "2", "2", "2", "3", "3", "3", "2", "2", "2"])


def test_parts_by_hand():
    trials = enrolment_trials(SUBJECT, SESSION)
    assert trials.enrolled.tolist() == ["Ann", "Bo"]
    assert [rows.tolist() for rows in trials.templates] == [[0, 1, 3], [6, 7]]
    assert trials.probe_people.tolist() == ["Ann"] * 3 + ["Bo"] * 3 + ["Cy"] * 3
    assert [rows.tolist() for rows in trials.probes] == [
        [k] for k in (2, 4, 5, 8, 9, 10, 11, 12, 13)
    ]
    assert trials.leaks == (0, 0, 0, 0)
    assert "3 of strangers" in repr(trials)


def test_numbers_of_segments_and_the_session_of_the_templates():
    trials = enrolment_trials(
        SUBJECT, SESSION, enrol_session="2", enrol_segments=2, probe_segments=2, trained=["Cy"]
    )
    assert [rows.tolist() for rows in trials.templates] == [[2, 4], [6, 7]]
    assert [rows.tolist() for rows in trials.probes] == [[0, 1], [8, 9]]
    assert trials.train.tolist() == [11, 12, 13]


def test_a_segment_set_is_divided_without_leaks():
    data = cohort(subjects=6, sessions=("e1", "e2"), segments=4)
    trials = enrolment_trials(data, trained=0.5, seed=3)
    subject, session = data.meta["subject"], data.meta["session"]
    assert len(np.unique(subject[trials.train])) == len(trials.enrolled) == 3
    assert not set(subject[trials.train]) & set(trials.probe_people)
    for rows, person in zip(trials.templates, trials.enrolled, strict=True):
        assert set(subject[rows]) == {person}
        assert set(session[rows]) == {"e1"}
    for rows, person in zip(trials.probes, trials.probe_people, strict=True):
        assert set(subject[rows]) == {person}
        assert set(session[rows]) == {"e2"}
    assert trials.leaks == (0, 0, 0, 0)
    assert np.array_equal(trials.train, enrolment_trials(data, trained=0.5, seed=3).train)
    different = enrolment_trials(data, trained=0.5, seed=4).train
    assert not np.array_equal(trials.train, different)


def test_a_shared_recording_is_counted():
    trials = enrolment_trials(SUBJECT, SESSION, groups=SUBJECT)
    assert trials.leaks.recordings == 2
    assert trials.leaks.sessions == 0


def test_scores_are_cosines_of_mean_embeddings():
    embeddings = np.random.default_rng(0).normal(size=(14, 5))
    trials = enrolment_trials(SUBJECT, SESSION, probe_segments=2)
    scores = trial_scores(embeddings, trials)
    unit = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    for p, rows in enumerate(trials.probes):
        for t, own in enumerate(trials.templates):
            a, b = unit[rows].mean(axis=0), unit[own].mean(axis=0)
            expected = a @ b / np.linalg.norm(a) / np.linalg.norm(b)
            assert scores[p, t] == pytest.approx(expected, abs=1e-6)
    pairs = trials.people.reshape(*scores.shape, 2)
    assert pairs[2, 1].tolist() == [trials.enrolled[1], trials.probe_people[2]]
    found = curves(scores.ravel(), trials.same, trials.people, [0.5], n_resamples=20)
    assert found.n_same + found.n_different == scores.size
    rate = identification_rate(scores, trials.enrolled, trials.probe_people, 1, n_resamples=5)
    assert rate.n_strangers == 1
    with pytest.raises(ValueError, match="index segment 12"):
        trial_scores(embeddings[:5], trials)


@pytest.mark.parametrize(
    ("subject", "settings", "message"),
    [
        (SUBJECT, {}, "needs the session"),
        (SUBJECT, {"session": SESSION[:3]}, "each of the 14 segments"),
        (SUBJECT, {"session": ["?", *SESSION[1:]]}, "session is unknown for 1 of 14 segments"),
        (["", *SUBJECT[1:]], {"session": SESSION}, "subject is unknown for 1 of 14 segments"),
        (SUBJECT, {"session": np.full(14, "1")}, "no one has a template and a probe"),
        (SUBJECT, {"session": SESSION, "trained": ["Ann", "Bo"]}, "no one has a template"),
        (SUBJECT, {"session": SESSION, "trained": ["Dee"]}, r"\['Dee'\], who have no segment"),
        (SUBJECT, {"session": SESSION, "trained": "Ann"}, "sequence of names"),
        (SUBJECT, {"session": SESSION, "trained": 1}, "below 1"),
        (SUBJECT, {"session": SESSION, "trained": float("nan")}, "below 1"),
        (SUBJECT, {"session": SESSION, "groups": [1]}, "groups must have the shape"),
        (SUBJECT, {"session": SESSION, "probe_segments": 0}, "probe_segments"),
        (SUBJECT, {"session": SESSION, "enrol_segments": 1.5}, "enrol_segments"),
    ],
)
def test_illegal_values_are_refused(subject, settings, message):
    with pytest.raises(ValueError, match=message):
        enrolment_trials(subject, **settings)
