"""Strangers who are accepted at thresholds for 1 % of false accepts."""

import numpy as np

from benchmarks.verification import sets, trials
from benchmarks.verification.sets import Signal
from dt4ecg.biometrics import Gallery, IdentityEncoder
from dt4ecg.biometrics.cohort import make_cohort
from dt4ecg.metrics import wilson_interval

RATE = 0.01


def accepted(encoder: IdentityEncoder) -> dict:
    """Take thresholds from a cohort; enrol one half of the test people, and try the others.

    The cohort is the validation part of CinC 2017. `claims` counts the probes of test people that
    claim to be another test person, and `names` the probes of strangers that get the name of any of
    the 15 enrolled people.
    """
    new = sets.ecg_id(("test",))
    X, subjects = stacked(list(sets.cinc_2017_signals("validation")))
    made = make_cohort(encoder.embed(X), subjects, None)
    gallery = Gallery(encoder)
    gallery.fit_thresholds(X, subjects)
    limits = {n: made.verification_threshold(RATE, n, None) for n in (1, 5)}
    return {
        "claims": {str(n): claims(encoder, new, n, limit) for n, limit in limits.items()},
        "names": {str(n): names(gallery, new, n) for n in limits},
    }


def stacked(signals: list[Signal]) -> tuple[np.ndarray, np.ndarray]:
    X = np.concatenate([one.segments for one in signals])
    return X, np.repeat([one.subject for one in signals], [len(one.segments) for one in signals])


def claims(encoder: IdentityEncoder, new: list[Signal], n: int, threshold: float) -> dict:
    pairs = trials.other_day(trials.cosine(encoder.embed), new, n)
    impostors = pairs.scores[~pairs.same] >= threshold
    own = pairs.scores[pairs.same] >= threshold
    people = pairs.people[~pairs.same]
    return {
        "impostors": counted(int(impostors.sum()), len(impostors), resampled(impostors, people)),
        "own accepted": counted(int(own.sum()), len(own)),
    }


def names(gallery: Gallery, new: list[Signal], n: int) -> dict:
    """Enrol every second person with the first recording."""
    people = sorted({one.subject for one in new})
    enrolled = set(people[::2])
    for name in gallery.names:
        gallery.dismiss(name)
    first = first_recordings(new)
    for name in sorted(enrolled):
        gallery.enroll(name, first[name].segments)
    strangers, right, own = [], 0, 0
    of_whom = []
    for signal in new:
        runs = len(signal.segments) // n
        for probe in signal.segments[: runs * n].reshape(runs, n, *signal.segments.shape[1:]):
            answer = gallery.identify(probe, reject=RATE)
            if signal.subject not in enrolled:
                strangers.append(answer.name is not None)
                of_whom.append(signal.subject)
            elif signal is not first[signal.subject]:
                own += 1
                right += answer.name == signal.subject
    named = np.array(strangers)
    sides = np.array([of_whom, of_whom]).T
    return {
        "strangers": counted(int(named.sum()), len(named), resampled(named, sides)),
        "right names": counted(right, own),
    }


def first_recordings(signals: list[Signal]) -> dict[str, Signal]:
    """Return the first recording of each person."""
    first: dict[str, Signal] = {}
    for signal in sorted(signals, key=lambda one: (one.subject, one.session)):
        first.setdefault(signal.subject, signal)
    return first


def counted(k: int, n: int, interval: tuple[float, float] | None = None) -> dict:
    return {"k": k, "n": n, "interval": list(interval or wilson_interval(k, n))}


def resampled(errors: np.ndarray, people: np.ndarray) -> tuple[float, float]:
    """Return the percentile interval of a rate over samples of people for both sides."""
    _, index = np.unique(people, return_inverse=True)
    sides = index.reshape(people.shape)
    n, generator, rates = index.max() + 1, np.random.default_rng(0), []
    for _ in range(1000):
        counts = np.bincount(generator.integers(n, size=n), minlength=n)
        same = sides[:, 0] == sides[:, 1]
        weight = np.where(same, counts[sides[:, 0]], counts[sides[:, 0]] * counts[sides[:, 1]])
        if weight.sum():
            rates.append((weight * errors).sum() / weight.sum())
    low, high = np.quantile(rates, (0.025, 0.975))
    return float(low), float(high)
