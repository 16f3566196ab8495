"""The training of an encoder, judged on people who are not in it."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score

from dt4ecg.biometrics import Augmentation, Gallery, Verifier
from dt4ecg.metrics import equal_error_rate
from dt4ecg.training.metric_losses import SupervisedContrastive, Triplet


def people(n, seed, segments=6, noise=1.2):
    """Segments of people who differ in two bumps, at random times and in noise."""
    random = np.random.default_rng(seed)
    time = np.arange(70)
    X = []
    for width, height, gap in random.uniform((2, 0.3, 6), (6, 1.0, 16), (n, 3)):
        for start in random.uniform(15, 40, segments):
            first = np.exp(-(((time - start) / 3) ** 2))
            second = height * np.exp(-(((time - start - gap) / width) ** 2))
            X.append(first + second)
    X = np.array(X)[:, None] + 0.05 * noise * random.standard_normal((n * segments, 1, 70))
    return X.astype(np.float32), np.arange(n).repeat(segments)


SMALL = Verifier(
    steps=60,
    subjects_per_batch=16,
    augmentation=Augmentation(60, 100, 0.02, 0.05, 0.05, 0.02),
    n_threads=1,
)


def separation(verifier, X, subject):
    """Area under the ROC curve of the cosine of pairs of new people."""
    vectors = verifier.embed(X[:, :, 5:65])
    scores = vectors @ vectors.T
    pair = np.triu_indices(len(X), 1)
    return roc_auc_score((subject[:, None] == subject)[pair], scores[pair])


def test_new_people_are_separated_better_than_before_the_training():
    X, subject = people(60, 1)
    new = people(30, 2)
    trained = clone(SMALL).fit(X, subject)
    assert trained.losses_[-5:].mean() < trained.losses_[:5].mean()
    untrained = clone(SMALL).set_params(steps=1, learning_rate=1e-9).fit(X, subject)
    assert separation(trained, *new) > separation(untrained, *new) + 0.05
    assert separation(trained, *new) > 0.85


def test_equal_seeds_give_equal_bits():
    X, subject = people(20, 1)
    short = clone(SMALL).set_params(steps=3)
    first, again, other = (
        clone(short).set_params(random_state=seed).fit(X, subject).embed(X[:, :, :60])
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_sessions_reach_the_loss_and_labels_may_be_names():
    X, subject = people(12, 1)
    names = np.array([f"person {i}" for i in subject], object)
    names[:6] = None
    session = np.tile([0, 0, 0, 1, 1, 1], 12)
    loss = SupervisedContrastive(across="session")
    found = clone(SMALL).set_params(steps=2, loss=loss).fit(X, names, session=session)
    assert len(found.subjects_) == 11
    assert np.isfinite(found.losses_).all()
    assert (found.losses_ > 0).all()
    with pytest.raises(ValueError, match="no entry 'activity'"):
        clone(SMALL).set_params(loss=Triplet(across="activity")).fit(X, subject)


@pytest.mark.parametrize("loss", ["contrastive", "triplet", "multi_similarity"])
def test_losses_by_name(loss):
    X, subject = people(12, 1)
    verifier = clone(SMALL).set_params(steps=2, loss=loss, backbone="mlp").fit(X, subject)
    assert verifier.encoder_.network.spec["backbone"] == "mlp"
    assert verifier.encoder_.network.spec["segment_length"] == 60


def test_illegal_arguments():
    X, subject = people(4, 1)
    with pytest.raises(NotFittedError):
        Verifier().embed(X)
    for settings, text in (
        ({"loss": "softmax"}, "loss"),
        ({"steps": 0}, "steps"),
        ({"augmentation": "none"}, "augmentation"),
        ({"backbone": "vgg"}, "backbone"),
    ):
        with pytest.raises(ValueError, match=text):
            clone(SMALL).set_params(**settings).fit(X, subject)
    with pytest.raises(TypeError, match=r"^Verifier: preprocessor must be a .* got 'x'"):
        clone(SMALL).set_params(preprocessor="x").fit(X, subject)
    with pytest.raises(ValueError, match="subject must have one label per row"):
        clone(SMALL).fit(X, subject[:-1])
    with pytest.raises(ValueError, match=r"^fit: session: all rows must have the same length"):
        clone(SMALL).fit(X, subject, session=[[0], [1, 2]])
    with pytest.raises(ValueError, match="at least 2 people"):
        clone(SMALL).fit(X, np.zeros(len(X)))
    with pytest.raises(ValueError, match="NaN"):
        clone(SMALL).fit(np.full_like(X, np.nan), subject)


# The random segments of a rejected probe may fit with the opposite sign.
@pytest.mark.filterwarnings("ignore:.*accepted with the opposite sign")
def test_decisions_are_those_of_the_gallery():
    X, subject = people(30, 1)
    verifier = clone(SMALL).fit(X, subject)
    new, person = people(12, 2, segments=8)
    new = new[:, :, 5:65]
    gallery = Gallery(verifier.encoder_, sampling_rate=100)
    for one in (verifier, gallery):
        one.fit_thresholds(new[32:], 100 + person[32:])
        one.enroll("Ann", new[:4])
        one.enroll("Bo", new[8:12])
    assert verifier.gallery_.names == gallery.names == ("Ann", "Bo")
    for probe in (new[4:8], new[12:16], new[16:20]):
        assert verifier.verify("Ann", probe, 0.3) == gallery.verify("Ann", probe, 0.3)
        found = verifier.identify(probe, 0.3, most=1)
        assert found == gallery.identify(probe, 0.3, most=1)
        assert len(found.candidates) == 1
    verifier.dismiss("Ann")
    assert verifier.gallery_.names == ("Bo",)
    with pytest.raises(ValueError, match=r"\['8'\] are people of the training"):
        verifier.fit_thresholds(new[:16], [8] * 8 + [100] * 8)


def test_the_curve_is_that_of_all_pairs():
    X, subject = people(30, 1)
    verifier = clone(SMALL).set_params(steps=2).fit(X, subject)
    new, person = people(10, 2)
    new, session = new[:, :, 5:65], np.tile(["a", "a", "b", "b", "c", "c"], 10)
    found = verifier.curve(new, 100 + person, session)
    vectors = verifier.embed(new)
    templates = np.array([vectors[(person == k) & (session == "a")].mean(0) for k in range(10)])
    scores = vectors[session != "a"] @ (templates / np.linalg.norm(templates, axis=1)[:, None]).T
    same = person[session != "a"][:, None] == np.arange(10)
    assert (found.n_same, found.n_different) == (40, 360)
    assert found.equal_error_rate == pytest.approx(equal_error_rate(scores.ravel(), same.ravel()))


def test_the_curve_refuses_what_gives_optimistic_or_no_rates():
    X, subject = people(4, 1)
    X, session = X[:, :, 5:65], np.tile(["a", "b"], 12)
    verifier = clone(SMALL).set_params(steps=1, augmentation=None).fit(X, subject)
    unknown = np.where(subject == 3, -1, 100 + subject)
    for who, when, text in (
        (subject, session, r"curve: \['0', '1', '2'\] are people of the training"),
        (100 + subject, np.zeros(24), "another session"),
        (unknown, session, "curve: subject is unknown for 6 of 24"),
        (100 + subject, [None, *session[1:]], "curve: session is unknown for 1 of 24"),
        (np.full(24, 100), session, "different"),
        (100 + subject[:-1], session[:-1], "each of the 24 segments"),
    ):
        with pytest.raises(ValueError, match=text):
            verifier.curve(X, who, when)
    with pytest.raises(NotFittedError):
        Verifier().curve(X, 100 + subject, session)
