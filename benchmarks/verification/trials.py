"""Pairs of templates and probes, and their error rates."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from benchmarks.verification.sets import Signal
from dt4ecg.biometrics import curves
from dt4ecg.metrics import VerificationCurves
from dt4ecg.metrics.pairs import RankedPairs, pair_weights, percentile_interval, resampled_people
from dt4ecg.metrics.verification import crossing

Score = Callable[[list[np.ndarray], list[np.ndarray]], np.ndarray]


class Pairs(NamedTuple):
    """Scores of pairs of a probe and a template."""

    scores: np.ndarray
    same: np.ndarray
    people: np.ndarray  # (n, 2): of the probe, and of the template

    def curves(self) -> VerificationCurves:
        return curves(self.scores, self.same, self.people)

    def of_people(self, chosen: set[str]) -> "Pairs":
        kept = np.isin(self.people, sorted(chosen)).all(1)
        return Pairs(self.scores[kept], self.same[kept], self.people[kept])


def joined(several: list[Pairs]) -> Pairs:
    return Pairs(*(np.concatenate(column) for column in zip(*several, strict=True)))


def difference(first: Pairs, second: Pairs) -> dict:
    """Return the difference of two equal error rates on the same pairs, over samples of people."""
    if not (first.people == second.people).all():
        raise ValueError("difference: the two have other pairs")
    _, index = np.unique(first.people, return_inverse=True)
    sides = index.reshape(first.people.shape)
    ranked = [RankedPairs(one.scores, one.same) for one in (first, second)]

    def differences() -> Iterator[np.ndarray]:
        for counts in resampled_people("difference", index.max() + 1, 1000, 0):
            rates = [one.rates(pair_weights(counts, sides, first.same)) for one in ranked]
            if None not in rates:
                yield np.array([crossing(*rates[0]) - crossing(*rates[1])])

    point = first.curves().equal_error_rate - second.curves().equal_error_rate
    return {"difference": point, "interval": list(percentile_interval(differences(), 0.95)[0])}


def cosine(embed: Callable[[np.ndarray], np.ndarray]) -> Score:
    """Compare means of the embeddings of segments, each of length 1."""

    def fused(several: list[np.ndarray]) -> np.ndarray:
        vectors = embed(np.concatenate(several))
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        ends = np.cumsum([len(one) for one in several])[:-1]
        means = np.array([part.mean(0) for part in np.split(vectors, ends)])
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    return lambda templates, probes: fused(probes) @ fused(templates).T


def compare(
    score: Score, templates: list[Signal], probes: list[tuple[Signal, np.ndarray]]
) -> Pairs:
    """Compare each probe, given as its recording and segments, with each template."""
    scores = score([one.segments for one in templates], [segments for _, segments in probes])
    people = np.array([[signal.subject, one.subject] for signal, _ in probes for one in templates])
    return Pairs(scores.ravel(), people[:, 0] == people[:, 1], people)


def other_day(score: Score, signals: list[Signal], segments: int) -> Pairs:
    """Enrol the first recording of each person, and probe with recordings of other days.

    A probe is one segment, or the first five of a recording. Pairs of different people have the
    probes of all recordings but those that are enrolled.
    """
    ordered = sorted(signals, key=lambda one: (one.subject, one.session))
    templates: dict[str, Signal] = {}
    probes = []
    for signal in ordered:
        if signal.subject not in templates:
            templates[signal.subject] = signal
        elif segments == 1:
            probes += [(signal, one[None]) for one in signal.segments]
        else:
            probes.append((signal, signal.segments[:segments]))
    found = compare(score, list(templates.values()), probes)
    same_day = np.array(
        [
            signal.subject == one.subject and signal.session == one.session
            for signal, _ in probes
            for one in templates.values()
        ]
    )
    return Pairs(*(column[~same_day] for column in found))


def other_electrode(score: Score, signals: list[Signal], activity: str) -> Pairs:
    """Enrol the minute at rest with the gel electrode, and probe with 3 s of the other two."""
    templates = [one for one in signals if (one.session, one.activity) == ("e1", "rest")]
    probes = [
        (signal, one[None])
        for signal in signals
        if signal.session != "e1" and signal.activity == activity
        for one in signal.segments
    ]
    return compare(score, templates, probes)
