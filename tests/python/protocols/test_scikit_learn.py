"""The splitters give scikit-learn the folds of the protocols."""

import copy
import pickle
import re

import numpy as np
import pytest
import sklearn
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score
from support.ecg_sets import cohort

from dt4ecg.protocols import BlockedKFold, RandomKFold, SessionKFold, SubjectKFold, folds

DATA = cohort()  # 4 people, 2 activities, 3 sessions
SPLITTERS = {
    "random": RandomKFold,
    "blocked": BlockedKFold,
    "session": SessionKFold,
    "subject": SubjectKFold,
}
ACTIVITY = DATA.labels_of(["activity"]).ravel()


@pytest.mark.parametrize("protocol", SPLITTERS)
@pytest.mark.parametrize(
    "groups",
    [DATA, DATA.to_frame(), {"groups": DATA.groups, **DATA.meta}],
    ids=["set", "frame", "dict"],
)
@pytest.mark.parametrize("n_splits", [2, 3])
def test_the_folds_are_those_of_the_protocol(protocol, groups, n_splits):
    splitter = SPLITTERS[protocol](n_splits, seed=3)
    expected = folds(DATA, protocol, n_splits, seed=3)
    found = list(splitter.split(DATA.X, DATA.labels, groups))
    assert len(found) == splitter.get_n_splits() == n_splits
    for (train, test), fold in zip(found, expected, strict=True):
        np.testing.assert_array_equal(train, fold.train)
        np.testing.assert_array_equal(test, fold.test)


@pytest.mark.parametrize(
    ("protocol", "expected"), [("random", 5), ("blocked", 5), ("session", 3), ("subject", 4)]
)
def test_the_default_number_of_folds(protocol, expected):
    splitter = SPLITTERS[protocol]()
    assert splitter.get_n_splits(DATA.X, ACTIVITY, DATA) == expected
    assert len(list(splitter.split(DATA.X, groups=DATA))) == expected
    assert len(folds(DATA, protocol)) == expected


def test_groups_of_one_column_are_the_unit_of_the_protocol():
    found = [test for _, test in SubjectKFold(4).split(DATA.X, groups=DATA.meta["subject"])]
    assert [len(set(DATA.meta["subject"][test])) for test in found] == [1] * 4
    assert sorted(np.concatenate(found).tolist()) == list(range(len(DATA)))


@pytest.mark.parametrize("protocol", SPLITTERS)
def test_scikit_learn_takes_each_splitter(protocol):
    splitter = SPLITTERS[protocol](2)
    X = DATA.X[:, 0]
    pairs = [(fold.train, fold.test) for fold in folds(DATA, protocol, 2)]
    expected = cross_val_score(DummyClassifier(), X, ACTIVITY, cv=pairs)
    for groups in (DATA, DATA.to_frame()):
        scores = cross_val_score(DummyClassifier(), X, ACTIVITY, cv=splitter, groups=groups)
        np.testing.assert_array_equal(scores, expected)
        grid = {"strategy": ["prior", "uniform"]}
        search = GridSearchCV(DummyClassifier(random_state=0), grid, cv=splitter)
        assert search.fit(X, ACTIVITY, groups=groups).n_splits_ == 2


def test_each_segment_is_predicted_once():
    predicted = cross_val_predict(
        DummyClassifier(), DATA.X[:, 0], ACTIVITY, cv=SubjectKFold(), groups=DATA.meta["subject"]
    )
    assert predicted.shape == (len(DATA),)


def test_groups_are_routed_if_routing_is_enabled():
    with sklearn.config_context(enable_metadata_routing=True):
        scores = cross_val_score(
            DummyClassifier(), DATA.X[:, 0], ACTIVITY, cv=SubjectKFold(2), params={"groups": DATA}
        )
    assert scores.tolist() == [0.5, 0.5]


def test_a_class_that_is_tested_but_never_trained_is_reported():
    with pytest.warns(UserWarning, match="is tested but never trained"):
        list(SubjectKFold(2).split(DATA.X, DATA.labels_of(["identity"]), DATA.meta["subject"]))
    # Both tasks are named in the usual order, so that identity is known not to be scored.
    list(SubjectKFold(2).split(DATA.X, DATA.labels, DATA.meta["subject"]))


@pytest.mark.parametrize(
    ("splitter", "groups", "message"),
    [
        (SubjectKFold(), None, "240 of 240 segments have no subject"),
        (SessionKFold(), DATA.meta["session"], "240 of 240 segments have no subject"),
        (BlockedKFold(), DATA.groups, "240 of 240 segments have no start time"),
        (SubjectKFold(), {"person": ["a"]}, "needs some of the columns groups, subject, session"),
        (SubjectKFold(), DATA[:9], "groups is a set of 9 segments, but X has 240"),
        (SubjectKFold(), ["a"], "subject must have one value for each of the 240 segments"),
        (RandomKFold(1), None, "needs at least 2 folds, got 1"),
    ],
)
def test_what_the_protocol_does_not_know_is_named(splitter, groups, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        list(splitter.split(DATA.X, groups=groups))


def test_the_number_of_folds_needs_the_data():
    with pytest.raises(ValueError, match="SubjectKFold: the number of folds depends on the data"):
        SubjectKFold().get_n_splits()


def test_a_splitter_is_a_value():
    splitter = SessionKFold(3, seed=1)
    assert repr(splitter) == "SessionKFold(n_splits=3, seed=1)"
    assert pickle.loads(pickle.dumps(splitter)) == copy.deepcopy(splitter) == splitter
