"""Enrolled people, the cohort behind their thresholds, and the scores of probes."""

from __future__ import annotations

import copy
import threading
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.names import known_names
from dt4ecg._common.text import printable
from dt4ecg._common.wording import counted
from dt4ecg.biometrics import shipped_cohort
from dt4ecg.biometrics.cohort import Cohort, activities_of, make_cohort
from dt4ecg.biometrics.decisions import Enrolment
from dt4ecg.biometrics.enrolled_names import require_enrolled, require_legal_name
from dt4ecg.biometrics.errors import (
    AlreadyEnrolledError,
    DoubtfulProbeError,
    EncoderMismatchError,
    NoThresholdError,
)
from dt4ecg.biometrics.file_state import FileState
from dt4ecg.biometrics.fusion import Embeddings, fused
from dt4ecg.biometrics.probes import Encoder, Probe, ProbeReader
from dt4ecg.biometrics.templates import Templates
from dt4ecg.signal.preprocessor import Preprocessor

UPDATE_FAR = 0.001
FEWEST_USABLE = 0.8  # of the segments of an enrolment; clean recordings have more than 0.9

_Self = TypeVar("_Self", bound="EnrolledPeople")


class EnrolledPeople:
    """The enrolled people of a gallery, and the cohort that its thresholds come from."""

    def __init__(self, encoder: Encoder, sampling_rate: float | None = None) -> None:
        self._reader = ProbeReader(encoder, sampling_rate)
        self._templates = Templates()
        self._cohort: Cohort | None = None
        self._shape: tuple[int, int] | None = None  # leads and samples of a segment
        self._limits: dict[tuple[object, ...], float] = {}  # thresholds for the present templates
        self._strangers: frozenset[str] = frozenset()  # names of the cohort; no file has them
        self._file = FileState()
        self._lock = threading.RLock()  # for templates, cohort and thresholds

    def __getstate__(self) -> dict[str, Any]:
        with self._lock:
            state = dict(self.__dict__)
            state["_templates"] = copy.deepcopy(self._templates)
        del state["_lock"]  # it cannot be pickled
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._lock = threading.RLock()

    @property
    def encoder(self) -> Encoder:
        """The encoder."""
        return self._reader.encoder

    @property
    def preprocessor(self) -> Preprocessor | None:
        """The preprocessor of recordings; a copy with another notch or policy may replace it.

        The file keeps the encoder's own one.
        """
        return self._reader.preprocessor

    @preprocessor.setter
    def preprocessor(self, preprocessor: Preprocessor | None) -> None:
        self._reader.preprocessor = preprocessor

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the enrolled people, in the order of their enrolment."""
        return tuple(self._templates.names)

    @property
    def activities(self) -> tuple[str, ...]:
        """Activities that have thresholds of their own; empty if one threshold serves all."""
        return () if self._cohort is None else self._cohort.activities

    def __len__(self) -> int:
        return len(self._templates)

    def __contains__(self, name: object) -> bool:
        return name in self._templates

    def __repr__(self) -> str:
        people = counted(len(self), "person", "people")
        source = "without thresholds"
        if self._cohort is not None:
            source = f"thresholds from {counted(len(self._cohort.templates), 'person', 'people')}"
        return f"{type(self).__name__}({type(self.encoder).__name__}, {people}, {source})"

    def enroll(self, name: str, X: Any) -> Enrolment:
        """Enrol a person.

        Parameters
        ----------
        name : str
            A text of 1 to 1000 characters.
        X : array-like (n, T) or (n, leads, T), or Recording
            Segments as the encoder takes them, or a raw recording.

        Returns
        -------
        Enrolment
            How many segments the template is made of.

        Raises
        ------
        AlreadyEnrolledError
            If the name is enrolled; :meth:`update` or :meth:`dismiss` it first.
        DoubtfulProbeError
            If no segment looks like an ECG.
        ValueError
            If the name is empty, too long or one of the background cohort, or samples are not
            finite.
        EncoderMismatchError
            If the embeddings have another length than the templates.

        Warns
        -----
        UserWarning
            If less than 0.8 of the segments look like an ECG: some noise, such as that of moving
            electrodes, passes this check, and would become a template. Also if the gallery has
            thresholds and the new template passes as another enrolled person.

        Examples
        --------
        >>> import dt4ecg
        >>> recording = dt4ecg.datasets.simulate_cohort(1, ("rest",), seconds=15)[0]
        >>> gallery = dt4ecg.biometrics.Gallery(dt4ecg.load("identity-encoder"))
        >>> gallery.enroll("Anna", recording).n_usable
        5
        """
        require_legal_name(name)
        self._require_new(name)
        probe = self._read("enroll", X)
        if not len(probe.embeddings):
            raise DoubtfulProbeError(
                f"enroll: none of {counted(probe.n_segments, 'segment')} of {name!r} looks like an "
                "ECG; check the electrodes, and record again"
            )
        if len(probe.embeddings) < FEWEST_USABLE * probe.n_segments:
            warnings.warn(
                f"enroll: only {len(probe.embeddings)} of {counted(probe.n_segments, 'segment')} "
                f"of {name!r} look like an ECG, and the others may be noise too; look at the "
                "recording, or record again",
                stacklevel=2,
            )
        vector = fused(probe.embeddings)
        with self._lock:
            self._require_new(name)  # another thread may have enrolled it meanwhile
            self._require_length("enroll", vector)
            if self._cohort is not None and len(self):
                self._warn_of_another(name, probe, vector)
            self._templates.add(name, vector, len(probe.embeddings))
            self._limits.clear()
        return Enrolment(name, probe.n_segments, len(probe.embeddings))

    def dismiss(self, name: str) -> None:
        """Remove a person and the template.

        Raises
        ------
        NotEnrolledError
            If the name is not enrolled.

        Examples
        --------
        >>> import dt4ecg
        >>> recording = dt4ecg.datasets.simulate_cohort(1, ("rest",), seconds=15)[0]
        >>> gallery = dt4ecg.biometrics.Gallery(dt4ecg.load("identity-encoder"))
        >>> _ = gallery.enroll("Anna", recording)
        >>> gallery.dismiss("Anna")
        >>> gallery.names
        ()
        """
        with self._lock:
            require_enrolled("dismiss", name, self._templates)
            self._templates.remove(name)
            self._limits.clear()

    def fit_thresholds(
        self: _Self,
        X: ArrayLike | str,
        subject: ArrayLike | None = None,
        activity: ArrayLike | str | None = None,
    ) -> _Self:
        """Take thresholds from the scores of people who are not enrolled.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T), or "identity-cohort"
            Segments of a background cohort, in the order of time for each person. The name stands
            for the cohort of the package: 300 recordings of a hand-held device, whose embeddings
            are of the encoder ``dt4ecg.load("identity-encoder")``.
        subject : array-like of str (n,), optional
            The person of each segment; needed with segments.
        activity : array-like of str (n,), "predicted" or None, default None
            The activity of each segment, for one threshold per activity. With "predicted", the
            activity head of the encoder names them, as it does for later probes. None gives one
            threshold for all activities.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If fewer than two people have two usable segments, a person is enrolled, the arrays do
            not fit together, or the encoder has no activity head to predict with.
        EncoderMismatchError
            If the cohort of the package is wanted for another encoder than its own.

        Notes
        -----
        A probe of more segments reaches other scores. The thresholds are kept for probes of 1, 2, 4
        and 8 segments, as far as the cohort has them, and a decision uses the stricter one of the
        two next sizes.

        Examples
        --------
        >>> import dt4ecg
        >>> encoder = dt4ecg.load("identity-encoder")
        >>> recordings = dt4ecg.datasets.simulate_cohort(6, ("rest",), seconds=60)
        >>> data = dt4ecg.datasets.from_recordings(recordings, encoder.preprocessor)
        >>> gallery = dt4ecg.biometrics.Gallery(encoder)
        >>> gallery.fit_thresholds(data.X, data.meta["subject"])
        Gallery(IdentityEncoder, 0 people, thresholds from 6 people)
        >>> gallery.fit_thresholds("identity-cohort")
        Gallery(IdentityEncoder, 0 people, thresholds from 300 people)
        """
        strangers: list[str] = []
        if isinstance(X, str):
            cohort = self._named_cohort(X, subject, activity)
        else:
            cohort, strangers = self._cohort_of(X, subject, activity)
        with self._lock:
            enrolled = sorted(set(strangers) & set(self.names))
            if enrolled:
                raise ValueError(
                    f"fit_thresholds: {enrolled[:3]} are enrolled, so their scores are not those "
                    "of impostors; pass a cohort of other people"
                )
            if len(self):
                self._require_length("fit_thresholds", cohort.templates[0])
            self._cohort, self._strangers = cohort, frozenset(strangers)
            self._limits.clear()
        return self

    def scores(self, X: Any) -> NDArray[np.float64]:
        """Return the score of a probe with each template; it needs no thresholds.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T), or Recording
            All segments are of one person; they are fused.

        Returns
        -------
        scores : float64 array (people,)
            Cosines from -1 to 1, in the order of `names`; NaN if no segment looks like an ECG.

        Examples
        --------
        >>> import dt4ecg
        >>> recording = dt4ecg.datasets.simulate_cohort(1, ("rest",), seconds=15)[0]
        >>> gallery = dt4ecg.biometrics.Gallery(dt4ecg.load("identity-encoder"))
        >>> _ = gallery.enroll("Anna", recording)
        >>> gallery.scores(recording).round(3)
        array([1.])
        """
        probe = self._read("scores", X)
        with self._lock:
            if not len(probe.embeddings) or not len(self):
                return np.full(len(self), np.nan)
            vector = fused(probe.embeddings)
            self._require_length("scores", vector)
            return self._templates.scores(vector).astype(np.float64)

    def _cohort_of(
        self, X: ArrayLike, subject: ArrayLike | None, activity: ArrayLike | str | None
    ) -> tuple[Cohort, list[str]]:
        """Return a cohort of segments, and the names of its people."""
        if subject is None:
            raise ValueError(
                "fit_thresholds: segments need subject, the person of each; without recordings of "
                f'your own, pass the name of the cohort of the package, "{shipped_cohort.NAME}"'
            )
        probe = self._read("fit_thresholds", X)
        people = known_names("fit_thresholds", "subject", subject, probe.n_segments)
        kinds = activities_of(self._reader, probe, activity)
        return make_cohort(probe.embeddings, people[probe.usable], kinds), people.tolist()

    def _named_cohort(
        self, name: str, subject: ArrayLike | None, activity: ArrayLike | str | None
    ) -> Cohort:
        if name != shipped_cohort.NAME:
            raise ValueError(
                f"fit_thresholds: the cohort of the package is {shipped_cohort.NAME!r}, got "
                f"{name!r}; pass its name, or segments and subject"
            )
        if subject is not None or activity is not None:
            raise ValueError(
                f"fit_thresholds: {name!r} has its own people and one activity; leave subject and "
                "activity out"
            )
        cohort = shipped_cohort.load(self.encoder)
        with self._lock:
            self._shape = shipped_cohort.SHAPE if self._shape is None else self._shape
        return cohort

    def _read(self, operation: str, X: Any) -> Probe:
        probe = self._reader.read(operation, X)
        shape = (probe.segments.shape[1], probe.segments.shape[2])
        if self._shape is not None and shape != self._shape:
            raise EncoderMismatchError(
                f"{operation}: the segments have {shape[0]} leads of {shape[1]} samples, those of "
                f"this gallery {self._shape[0]} of {self._shape[1]}; use one preprocessor for all"
            )
        if len(probe.embeddings):
            self._shape = shape
        return probe

    def _require_new(self, name: str) -> None:
        if name in self._templates:
            raise AlreadyEnrolledError(
                f"enroll: {name!r} is enrolled; add segments with update({name!r}, X), or dismiss "
                "the old template first"
            )
        if name in self._strangers:
            raise ValueError(
                f"enroll: {name!r} is in the background cohort, so the thresholds would count this "
                "person as an impostor; fit thresholds with other people, or choose another name "
                "if it is another person"
            )

    def _require_length(self, operation: str, vector: Embeddings) -> None:
        known = self._templates.vectors if len(self) else None
        if known is None and self._cohort is not None:
            known = self._cohort.templates
        if known is not None and known.shape[1] != len(vector):
            raise EncoderMismatchError(
                f"{operation}: the encoder returned embeddings of {len(vector)} numbers, those of "
                f"this gallery have {known.shape[1]}; use the encoder that enrolled its people"
            )

    def _require_cohort(self, operation: str) -> Cohort:
        if self._cohort is None:
            raise NoThresholdError(
                f"{operation}: this gallery has no thresholds, so it cannot decide; call "
                "fit_thresholds(X, subject) with people who are not enrolled, or take the cohort "
                f'of the package, fit_thresholds("{shipped_cohort.NAME}")'
            )
        return self._cohort

    def _limit(self, key: tuple[object, ...], compute: Callable[[], float]) -> float:
        """Return a threshold, which is computed once for the present templates."""
        if key not in self._limits:
            self._limits[key] = compute()
        return self._limits[key]

    def _activity(self, probe: Probe, activity: str | None) -> str | None:
        if not self.activities:
            if activity is not None:
                raise ValueError(
                    "activity: this gallery has one threshold for all activities; leave activity "
                    "out, or pass the activity of each segment to fit_thresholds"
                )
            return None
        if activity is None:
            return self._reader.activity(probe.segments, self.activities)
        if activity not in self.activities:
            raise ValueError(
                f"activity: {activity!r} has no threshold; known: {', '.join(self.activities)}"
            )
        return activity

    def _warn_of_another(self, name: str, probe: Probe, vector: Embeddings) -> None:
        """Warn if a new template passes as another enrolled person."""
        rows, values = self._templates.best(vector, 1)
        cohort = self._require_cohort("enroll")
        activity = self._activity(probe, None)
        try:
            limit = cohort.verification_threshold(UPDATE_FAR, len(probe.embeddings), activity)
        except NoThresholdError:  # the cohort is too small for this rate
            return
        if values[0] >= limit:
            other = printable(self._templates.names[int(rows[0])])
            warnings.warn(
                f"enroll: {printable(name)} is as similar to the enrolled {other} (score "
                f"{values[0]:.3f}) as one person is; check that they are two people",
                stacklevel=3,
            )
