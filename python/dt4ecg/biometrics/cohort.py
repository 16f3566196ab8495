"""The background cohort of a gallery: people who are not enrolled, and the thresholds from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.defaults import PREDICTED
from dt4ecg._common.names import known_names
from dt4ecg._common.nested import as_array
from dt4ecg.biometrics.errors import NoThresholdError
from dt4ecg.biometrics.fusion import Embeddings, fused
from dt4ecg.biometrics.probes import Probe, ProbeReader
from dt4ecg.biometrics.templates import Templates
from dt4ecg.metrics.verification import impostor_threshold

SIZES = (1, 2, 4, 8)
"""Numbers of segments that the probes of a cohort are fused from."""

MOST_PEOPLE = 500
MOST_PROBES = 20  # of one person, activity and size


@dataclass(frozen=True, eq=False)
class CohortProbes:
    """Probes of a cohort, each fused from the same number of segments.

    Attributes
    ----------
    vectors : float32 array (n, d)
        Vectors of length 1.
    people : int64 array (n,)
        Index of the person of each probe.
    activities : int64 array (n,)
        Index of the activity of each probe.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.cohort import CohortProbes
    >>> len(CohortProbes(np.eye(2, dtype=np.float32), np.arange(2), np.zeros(2, int)).people)
    2
    """

    vectors: Embeddings
    people: NDArray[np.int64]
    activities: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cohort:
    """Templates and probes of people who are not enrolled.

    Attributes
    ----------
    templates : float32 array (people, d)
        A template of each person, from other segments than the probes.
    probes : dict of int to CohortProbes
        Probes by the number of segments that they are fused from.
    activities : tuple of str
        Names of the activities; empty if one threshold serves all.

    See Also
    --------
    make_cohort : Makes a cohort from embeddings.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.cohort import make_cohort
    >>> embeddings = np.eye(6, dtype=np.float32)
    >>> cohort = make_cohort(embeddings, np.array(["Cy", "Dee", "Eve"]).repeat(2), None)
    >>> cohort.templates.shape, list(cohort.probes)
    ((3, 6), [1])
    """

    templates: Embeddings
    probes: Mapping[int, CohortProbes]
    activities: tuple[str, ...]

    def verification_threshold(self, far: float, size: int, activity: str | None) -> float:
        """Return the lowest score that a fraction `far` of the impostors reaches.

        Each probe of the cohort claims to be each other person of it.

        Raises
        ------
        NoThresholdError
            If there are too few pairs to show this rate.
        """

        def impostors(probes: CohortProbes) -> NDArray[np.float32]:
            scores: NDArray[np.float32] = probes.vectors @ self.templates.T
            different = probes.people[:, None] != np.arange(len(self.templates))
            found: NDArray[np.float32] = scores[different]
            return found

        return max(impostor_limit(impostors(p), far) for p in self._around(size, activity))

    def identification_threshold(
        self, reject: float, size: int, activity: str | None, enrolled: Templates
    ) -> float:
        """Return the lowest score that a fraction `reject` of the cohort reaches with any template.

        Raises
        ------
        NoThresholdError
            If there are too few probes to show this rate.
        """
        return max(
            impostor_limit(enrolled.largest(p.vectors), reject)
            for p in self._around(size, activity)
        )

    def _around(self, size: int, activity: str | None) -> list[CohortProbes]:
        """Return the probes of the next smaller and larger size, for an activity or for each."""
        smaller = max(other for other in self.probes if other <= size)
        larger = min((other for other in self.probes if other >= size), default=smaller)
        chosen = [self.probes[one] for one in sorted({smaller, larger})]
        if not self.activities:
            return chosen
        wanted = [activity] if activity in self.activities else list(self.activities)
        parts = [_part(p, self.activities.index(str(name))) for p in chosen for name in wanted]
        kept = [part for part in parts if len(part.people)]
        if not kept:
            raise NoThresholdError(
                f"thresholds: the background cohort has no probe for {wanted}; fit thresholds with "
                "more segments of it"
            )
        return kept


def impostor_limit(scores: NDArray[np.float32], rate: float) -> float:
    """Return the threshold of :func:`dt4ecg.metrics.impostor_threshold` with a gallery's error.

    Raises
    ------
    NoThresholdError
        If there are fewer scores than 1 / rate.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.cohort import impostor_limit
    >>> impostor_limit(np.array([0.25, 0.5, 0.75, 1.0]), 0.25)
    1.0
    """
    if len(scores) * rate < 1:
        raise NoThresholdError(
            f"thresholds: {len(scores)} scores of the background cohort cannot show a rate of "
            f"{rate:g}; fit thresholds with more people and segments, or accept a larger rate"
        )
    limit = impostor_threshold(scores, rate)
    # Scores are float32: the next number above the largest one must be above it in float32 too.
    return float(np.nextafter(scores.max(), np.float32(2))) if limit > scores.max() else limit


def make_cohort(
    embeddings: Embeddings,
    subjects: NDArray[np.str_],
    activities: NDArray[np.str_] | None,
    sizes: Sequence[int] = SIZES,
) -> Cohort:
    """Divide the segments of each person into a template and probes.

    Of each activity of a person, the first half of the segments belongs to the template. The runs
    of neighbouring segments in the second half are the probes; they may overlap. A size stays if at
    least half of the people have a probe of it. At most 500 people and 20 probes of one person,
    activity and size are used, at equal distances.

    Raises
    ------
    ValueError
        If fewer than two people have two segments.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.cohort import make_cohort
    >>> embeddings = np.random.default_rng(0).normal(size=(24, 4)).astype(np.float32)
    >>> list(make_cohort(embeddings, np.array(["Cy", "Dee"]).repeat(12), None).probes)
    [1, 2, 4]
    """
    names, counts = np.unique(subjects, return_counts=True)
    people = _spread(names[counts >= 2], MOST_PEOPLE)
    if len(people) < 2:
        raise ValueError(
            "fit_thresholds: needs at least two people with two usable segments each, got "
            f"{len(people)}; impostor scores come from pairs of different people"
        )
    kinds = () if activities is None else tuple(np.unique(activities).tolist())
    templates, found = [], {size: [] for size in sizes}  # type: ignore[var-annotated]
    for person, name in enumerate(people):
        rows = np.flatnonzero(subjects == name)
        parts = [
            rows if activities is None else rows[activities[rows] == k] for k in kinds or ("",)
        ]
        earlier = np.concatenate([part[: (len(part) + 1) // 2] for part in parts])
        templates.append(fused(embeddings[earlier]))
        for kind, part in enumerate(parts):
            later = part[(len(part) + 1) // 2 :]
            for size in sizes:
                for start in _spread(np.arange(len(later) - size + 1), MOST_PROBES):
                    run = later[start : start + size]
                    found[size].append((fused(embeddings[run]), person, kind))
    probes = {size: _probes(of_size) for size, of_size in found.items() if of_size}
    if 1 not in probes:
        raise ValueError(
            "fit_thresholds: no person has two usable segments of one activity; pass more segments"
        )
    enough = {
        s: p for s, p in probes.items() if s == 1 or 2 * len(np.unique(p.people)) >= len(people)
    }
    return Cohort(np.array(templates), enough, kinds)


def _probes(found: list[tuple[Embeddings, int, int]]) -> CohortProbes:
    vectors, people, kinds = zip(*found, strict=True)
    return CohortProbes(np.array(vectors), np.array(people), np.array(kinds))


def _part(probes: CohortProbes, activity: int) -> CohortProbes:
    rows = probes.activities == activity
    return CohortProbes(probes.vectors[rows], probes.people[rows], probes.activities[rows])


def _spread(values: NDArray[Any], most: int) -> NDArray[Any]:
    """Return at most this many rows, at equal distances."""
    if len(values) <= most:
        return values
    chosen: NDArray[Any] = values[np.linspace(0, len(values) - 1, most).round().astype(int)]
    return chosen


def require_strangers(operation: str, subjects: ArrayLike, trained: ArrayLike) -> None:
    """Raise ValueError if people are people of the training.

    Examples
    --------
    >>> from dt4ecg.biometrics.cohort import require_strangers
    >>> require_strangers("curve", ["Cy", "Dee"], ["Ann", "Bo"])
    """
    given = as_array(f"{operation}: subject", subjects)
    names = [set(map(str, one.ravel().tolist())) for one in (given, np.asarray(trained))]
    if both := sorted(names[0] & names[1]):
        raise ValueError(
            f"{operation}: {both[:3]} are people of the training, whose scores are not those of "
            "strangers; pass other people, or give the people of another data set other names"
        )


def activities_of(
    reader: ProbeReader, probe: Probe, activities: ArrayLike | str | None
) -> NDArray[np.str_] | None:
    """Return the activity of each usable segment, by the labels or by the encoder's head.

    Raises
    ------
    ValueError
        If there is another number of labels, or no head.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.cohort import activities_of
    >>> from dt4ecg.biometrics.probes import Probe, ProbeReader
    >>> class Flat:
    ...     def embed(self, X):
    ...         return X[:, 0]
    >>> probe = Probe(np.eye(2), np.zeros((2, 1, 300)), np.array([True, False, True]))
    >>> activities_of(ProbeReader(Flat(), 100), probe, ["rest", "run", "run"]).tolist()
    ['rest', 'run']
    """
    if activities is None:
        return None
    if not isinstance(activities, str):
        names = known_names("fit_thresholds", "activity", activities, probe.n_segments)
        return names[probe.usable]
    if activities != PREDICTED:
        raise ValueError(
            f'fit_thresholds: activity must be labels, "{PREDICTED}" or None, got {activities!r}'
        )
    if not reader.activity_names():
        raise ValueError(
            "fit_thresholds: the encoder has no task activity to predict with; pass the labels, or "
            "None"
        )
    found = reader.activity_probabilities(probe.segments)
    assert found is not None  # the encoder has names of activities
    chosen: NDArray[np.str_] = np.array(reader.activity_names())[found.argmax(axis=1)]
    return chosen
