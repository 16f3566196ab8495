"""Damage to a recording changes no answer outside the damaged segment; other signals get no name.

Three simulated people are learned from one minute each, and tested on the half minute after it.
"""

import numpy as np
import pytest

import dt4ecg

RATE, SECONDS = 250, 30
HIT = 12 * RATE + 100  # a sample in the segment at 12 s


@pytest.fixture(scope="module")
def classifier():
    recordings = dt4ecg.datasets.simulate_cohort(
        subjects=3, activities=("rest", "exercise"), seconds=60, sampling_rate=500, seed=0
    )
    data = dt4ecg.datasets.from_recordings(recordings)
    classifier = dt4ecg.DT4ECGClassifier(epochs=12, preprocessor=data.preprocessor, n_threads=1)
    return classifier.fit(data.X, data.labels)


@pytest.fixture(scope="module")
def unseen():
    """Return the half minute after the training part of each person and activity, in mV."""
    recordings = dt4ecg.datasets.simulate_cohort(
        subjects=3,
        activities=("rest", "exercise"),
        seconds=60 + SECONDS,
        sampling_rate=RATE,
        seed=0,
    )
    return [(one.subject, one.samples[0, 60 * RATE :]) for one in recordings]


def errors(classifier, unseen, damage=lambda x: x):
    """Return the wrong names of persons by the segment, with the one at 12 s left out."""
    wrong = 0
    for subject, samples in unseen:
        labels, starts = classifier.predict_recording(damage(samples.copy()), RATE)
        kept = starts != 12.0
        wrong += 9 - int((labels[kept, 0] == subject).sum())
    return wrong


def with_pop(x):
    x[HIT] += 10
    return x


def with_sentinels(x):
    counts = np.round(x * 1000).astype(np.int32)
    counts[HIT : HIT + 10] = -32768
    return counts


def with_hum(x):
    return x + np.sin(2 * np.pi * 60 * np.arange(len(x)) / RATE)


@pytest.mark.filterwarnings("ignore:transform. ")
def test_damage_stays_where_it_is(classifier, unseen):
    clean = errors(classifier, unseen)
    assert clean <= 6  # of 54
    for damage in (with_pop, with_sentinels, with_hum):
        assert errors(classifier, unseen, damage) <= clean + 1, damage.__name__


@pytest.mark.filterwarnings("ignore:transform. ", "ignore:recording. lead 0 is clipped")
@pytest.mark.parametrize("signal", ["zeros", "white", "pink", "mains", "square"])
def test_what_is_no_ecg_gets_no_name(classifier, signal):
    rng, n = np.random.default_rng(5), 100 * 3 * RATE
    time = np.arange(n) / RATE
    spectrum = np.fft.rfft(rng.normal(size=n)) / np.sqrt(np.maximum(np.arange(n // 2 + 1), 1))
    samples = {
        "zeros": np.zeros(n),
        "white": rng.normal(size=n),
        "pink": np.fft.irfft(spectrum, n),
        "mains": np.sin(2 * np.pi * 50 * time),
        "square": np.sign(np.sin(2 * np.pi * 1.2 * time)),
    }[signal]
    found = classifier.predict_recording(samples, RATE)
    assert (found.labels == "unusable").all(axis=1).mean() >= 0.98
