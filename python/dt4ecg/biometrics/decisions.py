"""Decisions of a gallery, with the numbers they rest on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from dt4ecg._common.text import printable
from dt4ecg._common.wording import counted


@dataclass(frozen=True)
class Candidate:
    """An enrolled name with its similarity to a probe.

    Attributes
    ----------
    name : str
    score : float
        Cosine, from -1 to 1.

    Examples
    --------
    >>> from dt4ecg.biometrics import Candidate
    >>> Candidate("Ann", 0.91).score
    0.91
    """

    name: str
    score: float


@dataclass(frozen=True)
class Enrolment:
    """The result of an enrolment: how many segments the template is made of.

    Attributes
    ----------
    name : str
    n_segments, n_usable : int
        Number of segments, and number of those that look like an ECG and make the template.

    Examples
    --------
    >>> from dt4ecg.biometrics import Enrolment
    >>> print(Enrolment("Ann", 6, 5))
    enrolled Ann with 5 of 6 segments
    """

    name: str
    n_segments: int
    n_usable: int

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers for JSON.

        Examples
        --------
        >>> from dt4ecg.biometrics import Enrolment
        >>> Enrolment("Ann", 6, 5).to_dict()
        {'name': 'Ann', 'n_segments': 6, 'n_usable': 5}
        """
        return dict(self.__dict__)

    def __str__(self) -> str:
        return (
            f"enrolled {printable(self.name)} with {self.n_usable} of "
            f"{counted(self.n_segments, 'segment')}"
        )


@dataclass(frozen=True)
class Verification:
    """The answer to "is it this person?". It is true in a condition if the claim is accepted.

    Attributes
    ----------
    name : str
        The claimed name.
    accepted : bool
        Whether the score reaches the threshold. False if no segment is usable.
    score : float
        Cosine of probe and template, from -1 to 1; NaN if no segment is usable.
    threshold : float
        Lowest accepted score; NaN if no segment is usable.
    false_accept_rate : float
        Fraction of the impostors of the background cohort that this threshold accepts at most.
    activity : str or None
        Activity whose threshold was used; None where one threshold serves all.
    n_segments, n_usable : int
        Number of segments of the probe, and number of those that look like an ECG.

    See Also
    --------
    Gallery.verify : Makes this decision.

    Examples
    --------
    >>> from dt4ecg.biometrics import Verification
    >>> decision = Verification("Ann", True, 0.91, 0.62, 0.01, None, 5, 4)
    >>> print(decision)
    accepted as Ann: score 0.910, threshold 0.620 for a false accept rate of 0.01, 4 of 5 segments
    usable
    >>> "open" if decision else "closed"
    'open'
    """

    name: str
    accepted: bool
    score: float
    threshold: float
    false_accept_rate: float
    activity: str | None
    n_segments: int
    n_usable: int

    def __bool__(self) -> bool:
        return self.accepted

    def to_dict(self) -> dict[str, Any]:
        """Return the decision for JSON; NaN becomes None.

        Examples
        --------
        >>> from dt4ecg.biometrics import Verification
        >>> decision = Verification("Ann", False, float("nan"), float("nan"), 0.01, None, 5, 0)
        >>> decision.to_dict()["score"]
        """
        return {key: _plain(value) for key, value in self.__dict__.items()}

    def __str__(self) -> str:
        verdict = "accepted" if self.accepted else "rejected"
        facts = f"for a false accept rate of {self.false_accept_rate:g}"
        return f"{verdict} as {printable(self.name)}: " + _reason(
            self.score, self.threshold, facts, self.activity, self.n_usable, self.n_segments
        )


@dataclass(frozen=True)
class Identification:
    """The answer to "who is it?". It is true in a condition if a name was found.

    Attributes
    ----------
    name : str or None
        The most similar enrolled person, or None for a rejection: the score is below the
        threshold, two names share the largest score, or no segment is usable.
    candidates : tuple of Candidate
        The most similar names, the best first. They do not count as an answer if `name` is None.
    score : float
        The largest score; NaN if no segment is usable.
    threshold : float
        Lowest score that gets a name; NaN if no segment is usable.
    reject : float
        Fraction of the strangers of the background cohort that get a name at most.
    activity : str or None
        Activity whose threshold was used; None where one threshold serves all.
    n_segments, n_usable : int
        Number of segments of the probe, and number of those that look like an ECG.

    See Also
    --------
    Gallery.identify : Makes this decision.

    Examples
    --------
    >>> from dt4ecg.biometrics import Candidate, Identification
    >>> found = Identification(None, (Candidate("Ann", 0.4),), 0.4, 0.62, 0.01, None, 5, 5)
    >>> print(found)
    not identified: score 0.400, threshold 0.620 for naming a fraction of 0.01 of strangers, 5 of 5
    segments usable
    >>> bool(found)
    False
    """

    name: str | None
    candidates: tuple[Candidate, ...]
    score: float
    threshold: float
    reject: float
    activity: str | None
    n_segments: int
    n_usable: int

    def __bool__(self) -> bool:
        return self.name is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the decision for JSON; NaN becomes None.

        Examples
        --------
        >>> from dt4ecg.biometrics import Candidate, Identification
        >>> found = Identification("Ann", (Candidate("Ann", 0.9),), 0.9, 0.6, 0.01, None, 5, 5)
        >>> found.to_dict()["candidates"]
        [{'name': 'Ann', 'score': 0.9}]
        """
        found = {key: _plain(value) for key, value in self.__dict__.items()}
        return found | {"candidates": [dict(one.__dict__) for one in self.candidates]}

    def __str__(self) -> str:
        verdict = "not identified" if self.name is None else printable(self.name)
        facts = f"for naming a fraction of {self.reject:g} of strangers"
        return f"{verdict}: " + _reason(
            self.score, self.threshold, facts, self.activity, self.n_usable, self.n_segments
        )


def _reason(
    score: float, threshold: float, facts: str, activity: str | None, usable: int, segments: int
) -> str:
    if not usable:
        return f"no usable segment among {counted(segments, 'segment')}"
    during = "" if activity is None else f" during {printable(activity)}"
    return (
        f"score {score:.3f}, threshold {threshold:.3f}{during} {facts}, {usable} of "
        f"{counted(segments, 'segment')} usable"
    )


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and math.isnan(value) else value
