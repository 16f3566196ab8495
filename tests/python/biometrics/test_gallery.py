"""Enrolment, verification, identification and rejection with a simple encoder."""

import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from support.encoders import Active, Spectrum, people

import dt4ecg
from dt4ecg.biometrics import (
    AlreadyEnrolledError,
    DoubtfulProbeError,
    EncoderMismatchError,
    Gallery,
    NotEnrolledError,
    NoThresholdError,
)

NOISE = np.random.default_rng(0).normal(size=(5, 1, 300)).astype(np.float32)


def of(person: int, start: int = 0, stop: int = 20) -> np.ndarray:
    """Return segments of one person of the simulated cohort."""
    data = people()
    return data.X[data.meta["subject"] == f"S{person + 1:02d}"][start:stop]


def background(gallery: Gallery, first: int = 12, **more) -> Gallery:
    data = people()
    rows = np.isin(data.meta["subject"], [f"S{k + 1:02d}" for k in range(first, 24)])
    return gallery.fit_thresholds(data.X[rows], data.meta["subject"][rows], **more)


@pytest.fixture
def gallery() -> Gallery:
    found = Gallery(Spectrum(), sampling_rate=100)
    for person in range(6):
        found.enroll(f"person {person}", of(person, 0, 10))
    return background(found)


def cosine(a, b):
    unit = [v / np.linalg.norm(v, axis=-1, keepdims=True) for v in (a, b)]
    means = [u.mean(axis=0) for u in unit]
    return means[0] @ means[1] / np.linalg.norm(means[0]) / np.linalg.norm(means[1])


def test_scores_are_cosines_of_mean_embeddings(gallery):
    probe = of(2, 10, 15)
    expected = [cosine(Spectrum().embed(of(k, 0, 10)), Spectrum().embed(probe)) for k in range(6)]
    np.testing.assert_allclose(gallery.scores(probe), expected, atol=1e-6)


def test_decisions_follow_score_and_threshold(gallery):
    for person in range(6):
        found = gallery.verify("person 1", of(person, 10, 14), far=0.05)
        assert found.accepted == bool(found) == (found.score >= found.threshold)
        assert found.score == pytest.approx(gallery.scores(of(person, 10, 14))[1])
        assert (found.n_segments, found.n_usable) == (4, 4)
    assert gallery.verify("person 1", of(1, 0, 10), far=0.05)


def test_threshold_keeps_the_rate_on_the_cohort(gallery):
    """Each probe of one segment from the cohort claims to be each other person of it."""
    templates = np.array([Spectrum().embed(of(k, 0, 10)) for k in range(12, 24)])
    scores = [
        cosine(templates[other], Spectrum().embed(of(person, at, at + 1)))
        for person in range(12, 24)
        for at in range(10, 20)
        for other in range(12)
        if other != person - 12
    ]
    for far in (0.01, 0.05, 0.2):
        threshold = gallery.verify("person 0", of(0, 10, 11), far).threshold
        reached = np.array(scores) >= threshold - 1e-6
        assert far - 2 / len(scores) <= reached.mean() <= far


def test_identification_threshold_is_of_the_enrolled_people(gallery):
    best = [gallery.scores(of(k, at, at + 1)).max() for k in range(12, 24) for at in range(10, 20)]
    threshold = gallery.identify(of(0, 10, 11), reject=0.1).threshold
    assert np.mean(np.array(best) >= threshold - 1e-6) == pytest.approx(0.1)
    for person in range(6, 12):
        gallery.enroll(f"person {person}", of(person, 0, 10))
    more = gallery.identify(of(0, 10, 11), reject=0.1).threshold
    assert more >= threshold
    for person in range(6, 12):
        gallery.dismiss(f"person {person}")
    assert gallery.identify(of(0, 10, 11), reject=0.1).threshold == threshold


def test_identify_names_the_best_or_no_one(gallery):
    own = gallery.identify(of(3, 0, 10), reject=0.1)
    assert own.name == own.candidates[0].name == "person 3"
    scores = [one.score for one in own.candidates]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 5
    strangers = [gallery.identify(of(k, 10, 11), reject=0.1) for k in range(12, 24)]
    for found in strangers:
        assert bool(found) == (found.name is not None) == (found.score >= found.threshold)
        assert found.candidates
    assert not all(strangers)


def test_equal_scores_give_no_name():
    found = Gallery(Spectrum(), sampling_rate=100)
    found.enroll("Ann", of(0, 0, 10))
    found.enroll("Ann's twin", of(0, 0, 10))
    background(found)
    answer = found.identify(of(0, 0, 10), reject=0.2)
    assert answer.score > answer.threshold
    assert answer.name is None
    with pytest.raises(DoubtfulProbeError, match="as similar"):
        found.update("Ann", of(0, 0, 10), far=0.1)


def test_noise_is_left_out_and_rejected(gallery):
    mixed = np.concatenate([of(0, 0, 4), NOISE])
    found = gallery.verify("person 0", mixed, far=0.1)
    assert (found.n_segments, found.n_usable) == (9, 4)
    assert found.score == gallery.verify("person 0", of(0, 0, 4), far=0.1).score
    rejected = gallery.verify("person 0", NOISE)
    assert not rejected
    assert rejected.n_usable == 0
    assert np.isnan(rejected.score)
    assert rejected.to_dict()["score"] is None
    nameless = gallery.identify(NOISE)
    assert nameless.name is None
    assert nameless.candidates == ()
    assert "no usable segment" in str(nameless)
    assert np.isnan(gallery.scores(NOISE)).all()
    with pytest.raises(DoubtfulProbeError, match="none of 5 segments"):
        gallery.enroll("noise", NOISE)
    with pytest.raises(DoubtfulProbeError, match="no usable segment"):
        gallery.update("person 0", NOISE)


def test_an_enrolment_with_much_noise_gives_a_warning():
    found = Gallery(Spectrum(), sampling_rate=100)
    found.enroll("clean enough", np.concatenate([of(0, 0, 8), NOISE[:2]]))  # 8 of 10
    with pytest.warns(UserWarning, match="only 7 of 9 segments of 'noisy' look like an ECG"):
        found.enroll("noisy", np.concatenate([of(1, 0, 7), NOISE[:2]]))
    assert len(found) == 2


def test_without_thresholds_there_is_no_decision():
    found = Gallery(Spectrum(), sampling_rate=100)
    found.enroll("Ann", of(0))
    for decide in (lambda: found.verify("Ann", of(0)), lambda: found.identify(of(0))):
        with pytest.raises(NoThresholdError, match="fit_thresholds"):
            decide()
    assert found.scores(of(0)) == pytest.approx([1])


def test_a_small_cohort_cannot_show_a_small_rate(gallery):
    with pytest.raises(NoThresholdError, match=r"cannot show a rate of 0\.0001"):
        gallery.verify("person 0", of(0), far=0.0001)
    with pytest.raises(NoThresholdError, match=r"cannot show a rate of 0\.001"):
        gallery.identify(of(0), reject=0.001)


def test_update_moves_the_template(gallery):
    before = gallery.scores(of(2, 10, 20))[2]
    gallery.update("person 2", of(2, 0, 10), far=0.05)
    assert gallery.scores(of(2, 10, 20))[2] == pytest.approx(before, abs=1e-6)
    both = np.concatenate([of(2, 0, 10), of(2, 0, 10)])
    assert gallery.scores(both)[2] == pytest.approx(1)
    stranger = next(k for k in range(6, 12) if not gallery.verify("person 2", of(k), far=0.05))
    scores = gallery.scores(of(2, 10, 20))
    with pytest.raises(DoubtfulProbeError, match="rejected as person 2"):
        gallery.update("person 2", of(stranger), far=0.05)
    np.testing.assert_array_equal(gallery.scores(of(2, 10, 20)), scores)


def test_names_are_enrolled_once_and_dismissed(gallery):
    with pytest.raises(AlreadyEnrolledError, match="person 0"):
        gallery.enroll("person 0", of(0))
    gallery.dismiss("person 0")
    assert "person 0" not in gallery
    assert len(gallery) == len(gallery.names) == 5
    for act in (
        gallery.dismiss,
        lambda n: gallery.verify(n, of(0)),
        lambda n: gallery.update(n, 0),
    ):
        with pytest.raises(NotEnrolledError, match="'person 0' is not among the 5"):
            act("person 0")
    expected = cosine(Spectrum().embed(of(1, 0, 10)), Spectrum().embed(of(1)))
    assert gallery.scores(of(1))[0] == pytest.approx(expected, abs=1e-6)
    for name in gallery.names:
        gallery.dismiss(name)
    with pytest.raises(NotEnrolledError, match="empty"):
        gallery.identify(of(0))


def test_a_second_name_of_one_person_is_noticed():
    data = people(40)
    subject = data.meta["subject"]
    found = Gallery(Spectrum(), sampling_rate=100)
    found.fit_thresholds(data.X[subject > "S05"], subject[subject > "S05"])
    found.enroll("Ann", of(0, 0, 10))
    with pytest.warns(UserWarning, match="as similar to the enrolled Ann"):
        found.enroll("Bo", of(0, 0, 10))


def test_names_are_shown_without_control_characters(gallery):
    found = Gallery(Spectrum(), sampling_rate=100)
    for text in (
        str(found.enroll("\x1b[31mAnn\n", of(0))),
        str(background(found).verify("\x1b[31mAnn\n", of(0), 0.1)),
    ):
        assert "\x1b" not in text
        assert "\n" not in text


def test_recordings_are_prepared_as_segments():
    recordings = dt4ecg.datasets.simulate_cohort(
        subjects=1, activities=("rest",), seconds=60, sampling_rate=250.0, seed=5
    )
    encoder = Spectrum(people().preprocessor)
    found = Gallery(encoder)
    assert found.enroll("Ann", recordings[0]).n_segments == 20
    assert found.scores(of(0)) == pytest.approx([1], abs=1e-5)


@pytest.mark.parametrize(
    ("name", "x", "message"),
    [
        ("", None, "not empty"),
        (" ", None, "not empty"),
        (3, None, "not empty"),
        ("Ann", np.full((2, 300), np.nan), "NaN"),
        ("Ann", np.zeros((0, 300)), "no segments"),
        ("Ann", np.zeros(300), r"x\[None\]"),
    ],
)
def test_illegal_enrolments_are_refused(name, x, message):
    with pytest.raises(ValueError, match=message):
        Gallery(Spectrum(), sampling_rate=100).enroll(name, of(0) if x is None else x)


def test_illegal_encoders_are_refused():
    with pytest.raises(TypeError, match="method embed"):
        Gallery(object())
    with pytest.raises(ValueError, match="pass sampling_rate"):
        Gallery(Spectrum())
    for rate in (0, -1, np.nan, np.inf, "100", True):
        with pytest.raises(ValueError, match="above 0 Hz"):
            Gallery(Spectrum(), sampling_rate=rate)
    for wrong in (lambda X: X[:, 0] * np.nan, lambda X: X[:, 0] * 0, lambda X: X):
        encoder = Spectrum()
        encoder.embed = wrong
        with pytest.raises(ValueError, match="embeddings"):
            Gallery(encoder, sampling_rate=100).enroll("Ann", of(0))
    encoder.embed = lambda X: X[:1, 0]
    with pytest.raises(ValueError, match="one for each"):
        Gallery(encoder, sampling_rate=100).enroll("Ann", of(0))


def test_segments_of_another_length_are_refused(gallery):
    with pytest.raises(EncoderMismatchError, match="leads of 200 samples"):
        gallery.verify("person 0", of(0)[..., :200])
    with pytest.raises(ValueError, match="has no preprocessor for recordings"):
        gallery.scores(dt4ecg.datasets.simulate_cohort(subjects=1, seconds=9)[0])


@pytest.mark.parametrize("value", [0, 1, -0.1, np.nan, "0.1", None])
def test_illegal_rates_are_refused(gallery, value):
    with pytest.raises(ValueError, match="between 0 and 1"):
        gallery.verify("person 0", of(0), far=value)
    with pytest.raises(ValueError, match="between 0 and 1"):
        gallery.identify(of(0), reject=value)


def test_illegal_cohorts_are_refused(gallery):
    X, names = people().X, people().meta["subject"]
    for subjects, more, message in (
        (names[:-1], {}, "one entry for each of the 480 segments"),
        (np.where(names == "S01", "", names), {}, "unknown for 20"),
        (np.where(names == "S01", "person 1", names), {}, r"\['person 1'\] are enrolled"),
        (np.full(len(X), "S01"), {}, "at least two people"),
        (names, {"activity": "guess"}, '"predicted" or None'),
        (names, {"activity": "predicted"}, "no task activity"),
        (names, {"activity": ["rest"]}, "activity must have one entry"),
    ):
        with pytest.raises(ValueError, match=message):
            gallery.fit_thresholds(X, subjects, **more)


def test_thresholds_by_activity():
    data = people(10, ("rest", "exercise"))
    gallery = Gallery(Active(), sampling_rate=100)
    mine = data.meta["subject"] == "S01"
    activity = data.meta["activity"]
    gallery.enroll("Ann", data.X[mine])
    gallery.fit_thresholds(data.X[~mine], data.meta["subject"][~mine], activity[~mine])
    assert gallery.activities == ("exercise", "rest")
    rest = data.X[mine & (activity == "rest")][:1]
    named = {a: gallery.verify("Ann", rest, 0.1, activity=a) for a in gallery.activities}
    assert named["rest"].threshold != named["exercise"].threshold
    chosen = gallery.verify("Ann", rest, 0.1)
    head = Active().predict_proba(rest)[1].argmax()
    assert chosen == named[("rest", "exercise")[head]]
    with pytest.raises(ValueError, match="'swim' has no threshold; known: exercise, rest"):
        gallery.verify("Ann", rest, 0.1, activity="swim")
    gallery.fit_thresholds(data.X[~mine], data.meta["subject"][~mine], "predicted")
    assert set(gallery.activities) <= {"rest", "exercise"}


def test_without_a_head_the_strictest_threshold_counts():
    data = people(10, ("rest", "exercise"))
    gallery = Gallery(Spectrum(), sampling_rate=100)
    mine = data.meta["subject"] == "S01"
    gallery.enroll("Ann", data.X[mine])
    columns = data.meta["subject"][~mine], data.meta["activity"][~mine]
    gallery.fit_thresholds(data.X[~mine], *columns)
    strict = gallery.verify("Ann", data.X[mine][:1], 0.1)
    named = [gallery.verify("Ann", data.X[mine][:1], 0.1, activity=a) for a in ("rest", "exercise")]
    assert strict.activity is None
    assert strict.threshold == max(found.threshold for found in named)
    gallery.fit_thresholds(data.X[~mine], columns[0])
    with pytest.raises(ValueError, match="one threshold for all"):
        gallery.verify("Ann", data.X[mine], 0.1, activity="rest")


def test_embeddings_of_another_length_are_refused(gallery):
    gallery.encoder.lines = 1
    attempts = (
        lambda: gallery.enroll("new", of(8)),
        lambda: gallery.scores(of(0)),
        lambda: gallery.verify("person 0", of(0), 0.1),
        lambda: gallery.identify(of(0), 0.1),
        lambda: background(gallery),
    )
    for attempt in attempts:
        with pytest.raises(EncoderMismatchError, match="of this gallery have 32"):
            attempt()


def test_people_of_the_cohort_are_not_enrolled(gallery):
    with pytest.raises(ValueError, match="in the background cohort"):
        gallery.enroll("S13", of(12))


def test_complex_segments_and_names_of_another_type_are_refused(gallery):
    with pytest.raises(TypeError, match="complex"):
        gallery.scores(of(0) + 1j)
    with pytest.raises(NotEnrolledError, match="not among"):
        gallery.verify(["person 0"], of(0))


def test_threads_share_a_gallery(gallery):
    """Each enrols and dismisses people; the names keep their templates."""

    def work(k):
        for i in range(20):
            gallery.enroll(f"{k} {i}", of(k, 0, 4))
            if i % 2:
                gallery.dismiss(f"{k} {i - 1}")
        return gallery.identify(of(k), 0.1).candidates[0].score

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some are similar to enrolled people
        with ThreadPoolExecutor(4) as pool:
            assert all(score > 0.9 for score in pool.map(work, range(6, 10)))
    assert len(gallery) == 6 + 4 * 10
    copied = pickle.loads(pickle.dumps(gallery))
    for one in (gallery, copied):
        for k in range(6, 10):
            scores = dict(zip(one.names, one.scores(of(k, 0, 4)), strict=True))
            assert [scores[f"{k} {i}"] for i in range(1, 20, 2)] == pytest.approx([1] * 10)


def test_an_unknown_name_gets_the_similar_names_or_all_of_few():
    gallery = Gallery(Spectrum(), sampling_rate=100)
    with pytest.raises(NotEnrolledError, match=r"^dismiss: 'Ann' .* 0 enrolled names; enroll some"):
        gallery.dismiss("Ann")
    for name in ("Ann", "Bo", "Cy"):
        gallery.enroll(name, of(0, 0, 4))
    with pytest.raises(
        NotEnrolledError, match=r"3 enrolled names; the names are 'Ann', 'Bo', 'Cy'"
    ):
        gallery.dismiss("Zoe")
    with pytest.raises(NotEnrolledError, match=r"similar names are 'Ann'$"):
        gallery.verify("Anne", of(0))
    for name in ("Dee", "Eve", "Flo"):
        gallery.enroll(name, of(0, 0, 4))
    with pytest.raises(NotEnrolledError, match=r"no name is similar; .* names .* lists all"):
        gallery.update("12", of(0))


def test_a_long_name_is_refused():
    gallery = Gallery(Spectrum(), sampling_rate=100)
    with pytest.raises(ValueError, match=r"^enroll: .* at most 1000 characters, got 1001; choose"):
        gallery.enroll("A" * 1001, of(0, 0, 4))
    assert gallery.enroll("A" * 1000, of(0, 0, 4)).n_usable == 4


def test_embeddings_with_a_gradient_or_of_different_lengths_are_refused():
    class Learning(Spectrum):
        def embed(self, X):
            return torch.tensor(super().embed(X), requires_grad=True)

    class Ragged(Spectrum):
        def embed(self, X):
            return [[1.0], *([[1.0, 2.0]] * (len(X) - 1))]

    for encoder, error, text in (
        (Learning(), TypeError, r"requires grad; .*no_grad\(\), or return it with detach"),
        (Ragged(), ValueError, "rows of 1 to 2 entries"),
    ):
        with pytest.raises(error, match=f"^embeddings: .*{text}"):
            Gallery(encoder, sampling_rate=100).enroll("Ann", of(0, 0, 4))
