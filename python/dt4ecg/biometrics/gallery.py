"""A gallery of enrolled people: verification, identification, rejection, update and file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from dt4ecg._common.defaults import FALSE_ACCEPT_RATE
from dt4ecg._common.numbers import integer, real
from dt4ecg.biometrics.decisions import Candidate, Identification, Verification
from dt4ecg.biometrics.enrolled import UPDATE_FAR, EnrolledPeople
from dt4ecg.biometrics.enrolled_names import require_enrolled
from dt4ecg.biometrics.errors import DoubtfulProbeError, NotEnrolledError
from dt4ecg.biometrics.file_state import FileState
from dt4ecg.biometrics.fingerprint import reference_embeddings
from dt4ecg.biometrics.fusion import fused
from dt4ecg.biometrics.gallery_file import GalleryFile
from dt4ecg.biometrics.probes import Encoder, Probe, warn_of_inversion
from dt4ecg.storage import lock


class Gallery(EnrolledPeople):
    """Enrolled people and the decisions about them.

    A template is the mean of the embeddings of a person's segments, each of length 1. The score of
    a probe is the cosine of its mean embedding and a template. Segments that do not look like an
    ECG are left out; see :func:`dt4ecg.signal.quality`.

    Parameters
    ----------
    encoder : Encoder
        An object with a method ``embed(X)``, such as a fitted :class:`dt4ecg.DT4ECGClassifier`.
        Its ``preprocessor``, if it has one, prepares recordings.
    sampling_rate : float, optional
        Samples per second of segments; needed if the encoder has no preprocessor.

    Raises
    ------
    TypeError
        If the encoder has no method ``embed``.
    ValueError
        If the sampling rate is missing or not a finite number above 0.

    See Also
    --------
    dt4ecg.biometrics.curves : Error rates of many verifications.

    Notes
    -----
    Thresholds are scores that people of a background cohort reach with the stated rate. The cohort
    must be people who are neither enrolled nor trained, recorded as the later probes will be. For
    other electrodes, other activities or sick people the real rates differ. Several threads may use
    one gallery.

    Examples
    --------
    >>> import dt4ecg
    >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=8, activities=("rest",), seconds=60)
    >>> data = dt4ecg.datasets.from_recordings(recordings)
    >>> encoder = dt4ecg.DT4ECGClassifier(
    ...     tasks=("identity",), epochs=1, preprocessor=data.preprocessor
    ... ).fit(data.X[:40], data.labels[:40, 0])
    >>> gallery = dt4ecg.biometrics.Gallery(encoder)
    >>> gallery.enroll("Anna", data.X[40:50])
    Enrolment(name='Anna', n_segments=10, n_usable=10)
    >>> gallery.fit_thresholds(data.X[60:], data.meta["subject"][60:])
    Gallery(DT4ECGClassifier, 1 person, thresholds from 5 people)
    >>> bool(gallery.verify("Anna", data.X[50:60], far=0.05))
    True
    """

    def verify(
        self, name: str, X: Any, far: float = FALSE_ACCEPT_RATE, activity: str | None = None
    ) -> Verification:
        """Decide whether a probe is from the person of this name.

        Parameters
        ----------
        name : str
            The claimed name.
        X : array-like (n, T) or (n, leads, T), or Recording
            All segments are of one person; they are fused.
        far : float, default 0.01
            False accept rate: the fraction of impostors that may be accepted.
        activity : str, optional
            Activity whose threshold to use. By default, the encoder's activity head chooses it if
            there are thresholds per activity; without a head, the strictest threshold is used.

        Returns
        -------
        Verification
            It is true in a condition if the claim is accepted.

        Raises
        ------
        NotEnrolledError
            If the name is not enrolled.
        NoThresholdError
            If there are no thresholds, or the cohort is too small for this rate.
        ValueError
            If `far` is not between 0 and 1, or the activity has no threshold.

        Warns
        -----
        UserWarning
            If the probe is rejected, and would be accepted with the opposite sign: its electrodes
            may be swapped.

        Examples
        --------
        >>> import dt4ecg
        >>> recording = dt4ecg.datasets.simulate_cohort(1, ("rest",), seconds=30)[0]
        >>> gallery = dt4ecg.biometrics.Gallery(dt4ecg.load("identity-encoder"))
        >>> _ = gallery.fit_thresholds("identity-cohort")
        >>> _ = gallery.enroll("Anna", recording)
        >>> gallery.verify("Anna", recording).accepted
        True
        """
        rate = _rate("verify", "far", far)
        require_enrolled("verify", name, self._templates)
        self._require_cohort("verify")
        probe = self._read("verify", X)
        with self._lock:  # other threads may have changed the gallery meanwhile
            found = self._verified(name, probe, rate, activity)
        if not found and found.n_usable:
            inverted = self._reader.inverted(probe)
            with self._lock:
                warn_of_inversion("verify", bool(self._verified(name, inverted, rate, activity)))
        return found

    def _verified(self, name: str, probe: Probe, rate: float, activity: str | None) -> Verification:
        require_enrolled("verify", name, self._templates)
        cohort = self._require_cohort("verify")
        n, usable = probe.n_segments, len(probe.embeddings)
        if not usable:
            return Verification(name, False, np.nan, np.nan, rate, None, n, 0)
        chosen = self._activity(probe, activity)
        threshold = self._limit(
            ("verify", rate, usable, chosen),
            lambda: cohort.verification_threshold(rate, usable, chosen),
        )
        template = self._templates.vectors[self._templates.row(name)]
        vector = fused(probe.embeddings)
        self._require_length("verify", vector)
        score = float(template @ vector)
        return Verification(name, score >= threshold, score, threshold, rate, chosen, n, usable)

    def identify(
        self, X: Any, reject: float = FALSE_ACCEPT_RATE, activity: str | None = None, most: int = 5
    ) -> Identification:
        """Find the enrolled person of a probe, or reject it.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T), or Recording
            All segments are of one person; they are fused.
        reject : float, default 0.01
            Fraction of strangers that may get a name. The threshold depends on who is enrolled:
            the more people, the higher it is.
        activity : str, optional
            As in :meth:`verify`.
        most : int, default 5
            Largest number of candidates.

        Returns
        -------
        Identification
            It is true in a condition if there is a name.

        Raises
        ------
        NotEnrolledError
            If the gallery is empty.
        NoThresholdError
            If there are no thresholds, or the cohort is too small for this rate.
        ValueError
            If `reject` is not between 0 and 1, or the activity has no threshold.

        Warns
        -----
        UserWarning
            If the probe is rejected, and would be accepted with the opposite sign: its electrodes
            may be swapped.

        Examples
        --------
        >>> import dt4ecg
        >>> recording = dt4ecg.datasets.simulate_cohort(1, ("rest",), seconds=30)[0]
        >>> gallery = dt4ecg.biometrics.Gallery(dt4ecg.load("identity-encoder"))
        >>> _ = gallery.fit_thresholds("identity-cohort")
        >>> _ = gallery.enroll("Anna", recording)
        >>> gallery.identify(recording).name
        'Anna'
        """
        rate = _rate("identify", "reject", reject)
        most = integer("identify", "most", most, 1)
        self._require_people()
        self._require_cohort("identify")
        probe = self._read("identify", X)
        with self._lock:  # other threads may have changed the gallery meanwhile
            found = self._identified(probe, rate, activity, most)
        if not found and found.n_usable:
            inverted = self._reader.inverted(probe)
            with self._lock:
                warn_of_inversion("identify", bool(self._identified(inverted, rate, activity, 1)))
        return found

    def _require_people(self) -> None:
        if not len(self):
            raise NotEnrolledError("identify: the gallery is empty; enroll someone first")

    def _identified(
        self, probe: Probe, rate: float, activity: str | None, most: int
    ) -> Identification:
        self._require_people()
        cohort = self._require_cohort("identify")
        n, usable = probe.n_segments, len(probe.embeddings)
        if not usable:
            return Identification(None, (), np.nan, np.nan, rate, None, n, 0)
        chosen = self._activity(probe, activity)
        threshold = self._limit(
            ("identify", rate, usable, chosen),
            lambda: cohort.identification_threshold(rate, usable, chosen, self._templates),
        )
        vector = fused(probe.embeddings)
        self._require_length("identify", vector)
        rows, values = self._templates.best(vector, max(most, 2))
        unique = len(values) < 2 or values[0] > values[1]
        candidates = tuple(
            Candidate(self._templates.names[row], float(value))
            for row, value in zip(rows[:most].tolist(), values[:most].tolist(), strict=True)
        )
        score = float(values[0])
        name = candidates[0].name if unique and score >= threshold else None
        return Identification(name, candidates, score, threshold, rate, chosen, n, usable)

    def update(self, name: str, X: Any, far: float = UPDATE_FAR) -> Verification:
        """Add the segments of a probe to a template.

        Parameters
        ----------
        name : str
        X : array-like (n, T) or (n, leads, T), or Recording
        far : float, default 0.001
            False accept rate at which the probe must be accepted, stricter than for a decision: a
            template that takes in an impostor accepts this impostor from then on.

        Returns
        -------
        Verification
            The decision before the update.

        Raises
        ------
        DoubtfulProbeError
            If the probe is rejected, no segment is usable, or another person is as similar.
        NotEnrolledError, NoThresholdError, ValueError
            As in :meth:`verify`.

        Examples
        --------
        >>> import dt4ecg
        >>> recording = dt4ecg.datasets.simulate_cohort(1, ("rest",), seconds=30)[0]
        >>> gallery = dt4ecg.biometrics.Gallery(dt4ecg.load("identity-encoder"))
        >>> _ = gallery.fit_thresholds("identity-cohort")
        >>> _ = gallery.enroll("Anna", recording)
        >>> gallery.update("Anna", recording).accepted
        True
        """
        rate = _rate("update", "far", far)
        require_enrolled("update", name, self._templates)
        self._require_cohort("update")
        probe = self._read("update", X)
        with self._lock:
            found = self._verified(name, probe, rate, None)
            if not found:
                raise DoubtfulProbeError(
                    f"update: {found}; enrol this person again with clean segments"
                )
            vector = fused(probe.embeddings)
            rows, values = self._templates.best(vector, 2)
            best = self._templates.names[int(rows[0])]
            if best != name or (len(values) > 1 and values[0] == values[1]):
                raise DoubtfulProbeError(
                    f"update: the probe is as similar to the template of {best!r} as to that of "
                    f"{name!r}; enrol both again with clean segments"
                )
            self._templates.merge(name, vector, len(probe.embeddings))
            self._limits.clear()
        return found

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write templates, names and cohort to one file, atomically and without pickle.

        The file holds no samples and not the encoder, but numbers that describe the encoder's
        embeddings of fixed signals. Templates are biometric data; protect the file.

        Raises
        ------
        OSError
            If the file cannot be written.
        ValueError
            If the names take more than 90,000,000 bytes in the file. Also if this gallery was read
            from this file or saved to it, and another program has changed it since.

        See Also
        --------
        Gallery.load : Read the file.
        Gallery.changing : Keep other programs from changing the file meanwhile.

        Examples
        --------
        >>> import tempfile
        >>> import dt4ecg
        >>> gallery = dt4ecg.biometrics.Gallery(dt4ecg.load("identity-encoder"))
        >>> gallery.save(tempfile.mkdtemp() + "/gallery.safetensors")
        """
        with self._lock:
            self._file.require_unchanged("save", path)
            stored = GalleryFile(
                self._templates,
                self._cohort,
                self._shape,
                self._reader.settings(),
                reference_embeddings(self.encoder, self._shape),
            )
            stored.write(path)
            self._file.note(path)

    @classmethod
    def load(
        cls, path: str | os.PathLike[str], encoder: Encoder, sampling_rate: float | None = None
    ) -> Gallery:
        """Read a gallery that :meth:`save` wrote.

        Parameters
        ----------
        path : path
        encoder, sampling_rate
            As for the gallery that was saved.

        Returns
        -------
        Gallery

        Raises
        ------
        EncoderMismatchError
            If the encoder has other embeddings of the fixed signals, or another preprocessor.
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, or not a gallery.

        Examples
        --------
        >>> import tempfile
        >>> import dt4ecg
        >>> encoder = dt4ecg.load("identity-encoder")
        >>> path = tempfile.mkdtemp() + "/gallery.safetensors"
        >>> dt4ecg.biometrics.Gallery(encoder).save(path)
        >>> dt4ecg.biometrics.Gallery.load(path, encoder)
        Gallery(IdentityEncoder, 0 people, without thresholds)
        """
        state = FileState()
        state.note(path)  # before the file is read
        stored = GalleryFile.read(path)
        gallery = cls(encoder, sampling_rate)
        stored.require_encoder(path, encoder, gallery._reader.settings())
        gallery._templates, gallery._cohort = stored.templates, stored.cohort
        gallery._shape, gallery._file = stored.shape, state
        return gallery

    @classmethod
    @contextlib.contextmanager
    def changing(
        cls, path: str | os.PathLike[str], encoder: Encoder, sampling_rate: float | None = None
    ) -> Iterator[Gallery]:
        """Read a gallery or make a new one, and save it at the end of the block.

        Other programs that use this method, or ``dt4ecg enroll``, wait meanwhile, so that no change
        is lost. After an error in the block, the file stays as it was.

        Parameters
        ----------
        path : path
            A file of :meth:`save`; without a file, the gallery is empty.
        encoder, sampling_rate
            As in :meth:`load`.

        Yields
        ------
        Gallery

        Raises
        ------
        ValueError
            If another program changes the file for more than 60 s, and as :meth:`load`.
        OSError
            If the file cannot be read or written.

        Examples
        --------
        >>> import tempfile
        >>> import dt4ecg
        >>> encoder = dt4ecg.load("identity-encoder")
        >>> recording = dt4ecg.datasets.simulate_cohort(1, ("rest",), seconds=15)[0]
        >>> path = tempfile.mkdtemp() + "/gallery.safetensors"
        >>> with dt4ecg.biometrics.Gallery.changing(path, encoder) as gallery:
        ...     _ = gallery.enroll("Anna", recording)
        >>> dt4ecg.biometrics.Gallery.load(path, encoder).names
        ('Anna',)
        """
        with lock.changing(path):
            exists = os.path.exists(path)
            gallery = (
                cls.load(path, encoder, sampling_rate) if exists else cls(encoder, sampling_rate)
            )
            gallery._file.note(path)
            yield gallery
            gallery.save(path)


def _rate(operation: str, name: str, value: Any) -> float:
    rate = real(value)
    if not 0 < rate < 1:
        raise ValueError(f"{operation}: {name} must be between 0 and 1, got {value!r}")
    return rate
