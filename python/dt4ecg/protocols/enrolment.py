"""Protocol of biometrics: enrol people who were never trained, and probe another session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.names import known_names
from dt4ecg._common.nested import as_array
from dt4ecg._common.numbers import integer, real
from dt4ecg._common.wording import counted
from dt4ecg.protocols.base import Indices


class EnrolmentLeaks(NamedTuple):
    """Counts of what the parts of an enrolment protocol share; all are 0 if nothing leaks.

    Attributes
    ----------
    people : int
        People with training segments and a template or a probe.
    segments : int
        Segments in a template and in a probe.
    sessions : int
        Enrolled people with a probe from the session of their template.
    recordings : int
        Enrolled people with a probe from a recording of their template; 0 if recordings are
        unknown.

    Examples
    --------
    >>> from dt4ecg.protocols import EnrolmentLeaks
    >>> sum(EnrolmentLeaks(0, 0, 0, 0))
    0
    """

    people: int
    segments: int
    sessions: int
    recordings: int


@dataclass(frozen=True, eq=False)
class EnrolmentTrials:
    """Training part, templates and probes of an enrolment protocol, as indices of segments.

    Attributes
    ----------
    train : array of int64 (n,)
        Segments of the people that an encoder may be trained on.
    enrolled : array of str (templates,)
        The person of each template.
    templates : tuple of arrays of int64
        Segments of each template.
    probe_people : array of str (probes,)
        The person of each probe. Those without a template are strangers.
    probes : tuple of arrays of int64
        Segments of each probe.
    leaks : EnrolmentLeaks
        What the parts share.

    See Also
    --------
    enrolment_trials : Makes these trials.
    dt4ecg.biometrics.trial_scores : Scores each probe with each template.

    Examples
    --------
    >>> from dt4ecg.protocols import enrolment_trials
    >>> subject, session = ["Ann", "Ann", "Bo", "Bo", "Cy"], ["1", "2", "1", "2", "1"]
    >>> enrolment_trials(subject, session)
    EnrolmentTrials(0 training segments, 2 enrolled people, 3 probes, 1 of strangers)
    """

    train: Indices
    enrolled: NDArray[np.str_]
    templates: tuple[Indices, ...]
    probe_people: NDArray[np.str_]
    probes: tuple[Indices, ...]
    leaks: EnrolmentLeaks

    @property
    def people(self) -> NDArray[np.str_]:
        """Pairs (probes * templates, 2) of enrolled person and person of the probe, row by row.

        This is the order of ``scores.ravel()`` for scores (probes, templates).
        """
        sides = np.meshgrid(self.enrolled, self.probe_people)
        pairs: NDArray[np.str_] = np.stack([side.ravel() for side in sides], axis=1)
        return pairs

    @property
    def same(self) -> NDArray[np.bool_]:
        """Whether both sides of each of these pairs are one person."""
        people = self.people
        same: NDArray[np.bool_] = people[:, 0] == people[:, 1]
        return same

    def __repr__(self) -> str:
        strangers = int((~np.isin(self.probe_people, self.enrolled)).sum())
        return (
            f"EnrolmentTrials({counted(len(self.train), 'training segment')}, "
            f"{counted(len(self.enrolled), 'enrolled person', 'enrolled people')}, "
            f"{counted(len(self.probes), 'probe')}, {strangers} of strangers)"
        )


def enrolment_trials(
    data: Any,
    session: ArrayLike | None = None,
    *,
    groups: ArrayLike | None = None,
    trained: Sequence[str] | float = (),
    enrol_session: str | None = None,
    enrol_segments: int | None = None,
    probe_segments: int = 1,
    seed: int = 0,
) -> EnrolmentTrials:
    """Enrol people in one session, and probe them in all their other sessions.

    Parameters
    ----------
    data : SegmentSet, or array-like of str (n,)
        A set with subjects and sessions, or the person of each segment. The segments of a session
        are in the order of time.
    session : array-like of str (n,), optional
        The session of each segment; default: that of the set.
    groups : array-like (n,), optional
        The recording of each segment, for the leak count; default: that of the set.
    trained : sequence of str, or float, default ()
        People that an encoder may be trained on, or their fraction, from 0 to below 1, drawn with
        `seed`. They have neither templates nor probes.
    enrol_session : str, optional
        Session of the templates. Default: the first of each person in alphabetical order. A person
        without it, or with this session alone, is a stranger: not enrolled, but probing.
    enrol_segments : int, optional
        Number of segments of a template, from the start of the session; default: all of them.
    probe_segments : int, default 1
        Number of segments of a probe. Probes do not overlap; shorter rests are left out.
    seed : int, default 0
        Seed of the random choice of people.

    Returns
    -------
    EnrolmentTrials
        Indices of the segments, and the count of leaks.

    Raises
    ------
    ValueError
        If a person or a session is unknown, the arrays do not fit together, `trained` names
        someone who does not occur, or no person remains with a template and a probe.

    See Also
    --------
    split : Divide a set for classifiers.

    Examples
    --------
    >>> from dt4ecg import datasets, protocols
    >>> made = datasets.simulate_cohort(subjects=4, activities=("rest",), seconds=15)
    >>> data = datasets.from_recordings(made)
    >>> session = ["day 1", "day 1", "day 1", "day 2", "day 2"] * 4
    >>> trials = protocols.enrolment_trials(data.meta["subject"], session, trained=["S04"])
    >>> trials
    EnrolmentTrials(5 training segments, 3 enrolled people, 6 probes, 0 of strangers)
    >>> trials.leaks
    EnrolmentLeaks(people=0, segments=0, sessions=0, recordings=0)
    """
    if hasattr(data, "meta"):
        subjects = data.meta["subject"]
        session = data.meta["session"] if session is None else session
        groups = data.groups if groups is None else groups
    else:
        subjects = data
    who = known_names("enrolment_trials", "subject", subjects)
    if session is None:
        raise ValueError("enrolment_trials: needs the session of each segment; pass session=")
    when = known_names("enrolment_trials", "session", session, len(who))
    recordings = None if groups is None else as_array("enrolment_trials: groups", groups)
    if recordings is not None and recordings.shape != who.shape:
        raise ValueError(
            f"enrolment_trials: groups must have the shape {who.shape}, got {recordings.shape}"
        )
    most = len(who)
    n_enrol = (
        most
        if enrol_segments is None
        else integer("enrolment_trials", "enrol_segments", enrol_segments, 1)
    )
    n_probe = integer("enrolment_trials", "probe_segments", probe_segments, 1)
    learnt = _trained(who, trained, seed)
    templates: dict[str, Indices] = {}
    probes: list[tuple[str, Indices]] = []
    for person in np.unique(who[~np.isin(who, learnt)]).tolist():
        own = np.flatnonzero(who == person)
        sessions = np.unique(when[own]).tolist()
        first = sessions[0] if enrol_session is None else enrol_session
        if first in sessions and len(sessions) > 1:
            templates[person] = own[when[own] == first][:n_enrol]
            sessions.remove(first)
        for other in sessions:
            rows = own[when[own] == other]
            runs = rows[: len(rows) // n_probe * n_probe].reshape(-1, n_probe)
            probes += [(person, run) for run in runs]
    if not templates or not {person for person, _ in probes} & set(templates):
        raise ValueError(
            f"enrolment_trials: of {counted(len(np.unique(who)), 'person', 'people')}, no one has "
            "a template and a probe of another session; pass data with two sessions, or train on "
            "fewer people"
        )
    train = np.flatnonzero(np.isin(who, learnt))
    return EnrolmentTrials(
        train=train,
        enrolled=np.array(list(templates)),
        templates=tuple(templates.values()),
        probe_people=np.array([person for person, _ in probes]),
        probes=tuple(rows for _, rows in probes),
        leaks=_leaks(train, templates, probes, who, when, recordings),
    )


def _trained(who: NDArray[np.str_], trained: Any, seed: int) -> NDArray[np.str_]:
    everyone = np.unique(who)
    if isinstance(trained, str):
        raise ValueError(f"enrolment_trials: trained must be a sequence of names, got {trained!r}")
    if np.ndim(trained) == 0:
        part = real(trained)
        if not 0 <= part < 1:
            raise ValueError(
                "enrolment_trials: trained must be names, or a fraction from 0 to below 1, got "
                f"{trained!r}"
            )
        drawn = np.random.default_rng(seed).permutation(everyone)[: round(part * len(everyone))]
        return np.sort(drawn)
    names = np.array(
        [str(name) for name in trained], dtype=everyone.dtype if not len(trained) else None
    )
    absent = sorted(set(names.tolist()) - set(everyone.tolist()))
    if absent:
        raise ValueError(f"enrolment_trials: trained names {absent[:3]}, who have no segment")
    return names


def _leaks(
    train: Indices,
    templates: dict[str, Indices],
    probes: list[tuple[str, Indices]],
    who: NDArray[np.str_],
    when: NDArray[np.str_],
    recordings: NDArray[Any] | None,
) -> EnrolmentLeaks:
    own = {
        person: np.concatenate([rows for name, rows in probes if name == person] or [train[:0]])
        for person in templates
    }

    def shared(key: NDArray[Any]) -> int:
        return sum(
            bool(set(key[t].tolist()) & set(key[own[p]].tolist())) for p, t in templates.items()
        )

    used = np.concatenate([*templates.values(), *(rows for _, rows in probes)])
    enrolled = np.concatenate(list(templates.values()))
    probing = np.concatenate([rows for _, rows in probes])
    return EnrolmentLeaks(
        people=len(np.intersect1d(who[train], who[used])),
        segments=len(np.intersect1d(enrolled, probing)),
        sessions=shared(when),
        recordings=0 if recordings is None else shared(recordings),
    )
