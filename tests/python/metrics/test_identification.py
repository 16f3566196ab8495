"""The detection and identification rate against a loop over the probes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dt4ecg.metrics import identification_rate

ENROLLED = ["Ann", "Bo", "Bo"]
SUBJECTS = ["Ann", "Bo", "Bo", "Cy", "Dee"]
SCORES = [[0.9, 0.2, 0.1], [0.3, 0.2, 0.8], [0.7, 0.7, 0.1], [0.75, 0.3, 0.2], [0.1, 0.2, 0.3]]


def test_rate_by_hand():
    # The third probe has the same score for two names. Cy reaches 0.75, Dee 0.3.
    strict = identification_rate(SCORES, ENROLLED, SUBJECTS, fpir=0)
    assert (strict.correct, strict.n_enrolled, strict.false_positives) == (2, 3, 0)
    assert strict.threshold == np.nextafter(0.75, 1)
    half = identification_rate(SCORES, ENROLLED, SUBJECTS, fpir=0.5)
    assert (half.correct, half.false_positives, half.threshold) == (2, 1, 0.75)
    assert half.rate == pytest.approx(2 / 3)
    assert "2/3" in str(half)


@settings(max_examples=40)
@given(seed=st.integers(0, 10**6), fpir=st.sampled_from([0, 0.1, 0.5, 1]))
def test_rate_is_that_of_a_loop(seed, fpir):
    generator = np.random.default_rng(seed)
    enrolled = generator.choice(list("ABC"), size=5)
    subjects = np.append(generator.choice(list("ABCXYZ"), size=18), [enrolled[0], "X"])
    scores = generator.integers(10, size=(20, 5)).astype(float)
    found = identification_rate(scores, enrolled, subjects, fpir, n_resamples=1)
    by_name = [
        {n: max(s for s, e in zip(row, enrolled, strict=True) if e == n) for n in set(enrolled)}
        for row in scores
    ]
    strangers = [
        max(row.values()) for row, s in zip(by_name, subjects, strict=True) if s not in enrolled
    ]
    reached = [t for t in strangers if np.mean(np.array(strangers) >= t) <= fpir]
    threshold = min(reached, default=np.nextafter(max(strangers), np.inf))
    correct = sum(
        row.get(s, -1) >= threshold and all(row[s] > v for n, v in row.items() if n != s)
        for row, s in zip(by_name, subjects, strict=True)
        if s in enrolled
    )
    assert (found.threshold, found.correct) == (threshold, correct)
    assert found.false_positives / found.n_strangers <= fpir


def test_interval_contains_the_rate_and_follows_the_seed():
    generator = np.random.default_rng(0)
    subjects = np.arange(30)
    scores = generator.normal(size=(30, 15)) + 3 * np.eye(30, 15)
    found = identification_rate(scores, subjects[:15], subjects, 0.1, n_resamples=200)
    assert found.interval[0] < found.rate < found.interval[1]
    assert found == identification_rate(scores, subjects[:15], subjects, 0.1, n_resamples=200)


@pytest.mark.parametrize(
    ("scores", "subjects", "message"),
    [
        (SCORES[:3], SUBJECTS[:3], "no probes of strangers"),
        (SCORES[3:], SUBJECTS[3:], "no probes of enrolled people"),
        (SCORES[:3], SUBJECTS, r"shape \(probes, templates\)"),
        ([[np.nan] * 3] * 5, SUBJECTS, "NaN"),
        ([0.1] * 5, SUBJECTS, "2 dimensions"),
    ],
)
def test_illegal_values_are_refused(scores, subjects, message):
    with pytest.raises(ValueError, match=message):
        identification_rate(scores, ENROLLED, subjects)
    with pytest.raises(ValueError, match="fpir must be a number from 0 to 1"):
        identification_rate(SCORES, ENROLLED, SUBJECTS, fpir=2)


@pytest.mark.parametrize("unknown", [-1, None, np.nan, "?"])
def test_an_unknown_person_is_no_stranger(unknown):
    subjects = np.array([*SUBJECTS[:4], unknown], object)
    with pytest.raises(ValueError, match=r"subject is unknown for 1 of 5 probes; leave these out"):
        identification_rate(SCORES, ENROLLED, subjects)
    with pytest.raises(ValueError, match=r"enrolled is unknown for 1 of 3 templates"):
        identification_rate(SCORES, np.array([*ENROLLED[:2], unknown], object), SUBJECTS)
