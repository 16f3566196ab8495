"""The decisions of a verifier, which its gallery makes."""

from __future__ import annotations

from typing import Any, TypeVar

from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from dt4ecg._common.defaults import FALSE_ACCEPT_RATE
from dt4ecg.biometrics.cohort import require_strangers
from dt4ecg.biometrics.decisions import Enrolment, Identification, Verification
from dt4ecg.biometrics.gallery import Gallery

_Self = TypeVar("_Self", bound="VerifierDecisions")


class VerifierDecisions(BaseEstimator):  # type: ignore[misc]
    """Methods of :class:`Verifier` that its gallery carries out after the training."""

    gallery_: Gallery
    subjects_: NDArray[Any]

    def enroll(self, name: str, X: Any) -> Enrolment:
        """Enrol a person; see :meth:`Gallery.enroll`.

        Examples
        --------
        >>> import dt4ecg
        >>> from dt4ecg.biometrics import Verifier
        >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=3, seconds=30)
        >>> data = dt4ecg.datasets.from_recordings(recordings)
        >>> verifier = Verifier("mlp", steps=1, n_threads=1, preprocessor=data.preprocessor)
        >>> print(verifier.fit(data.X, data.meta["subject"]).enroll("Ann", recordings[0]))
        enrolled Ann with 10 of 10 segments
        """
        check_is_fitted(self)
        return self.gallery_.enroll(name, X)

    def dismiss(self, name: str) -> None:
        """Remove a person; see :meth:`Gallery.dismiss`.

        Examples
        --------
        >>> import dt4ecg
        >>> from dt4ecg.biometrics import Verifier
        >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=3, seconds=30)
        >>> data = dt4ecg.datasets.from_recordings(recordings)
        >>> verifier = Verifier("mlp", steps=1, n_threads=1, preprocessor=data.preprocessor)
        >>> _ = verifier.fit(data.X, data.meta["subject"]).enroll("Ann", recordings[0])
        >>> verifier.dismiss("Ann")
        >>> verifier.gallery_.names
        ()
        """
        check_is_fitted(self)
        self.gallery_.dismiss(name)

    def fit_thresholds(
        self: _Self, X: Any, subject: ArrayLike, activity: ArrayLike | str | None = None
    ) -> _Self:
        """Take thresholds from people outside the training; see :meth:`Gallery.fit_thresholds`.

        Examples
        --------
        >>> import dt4ecg
        >>> from dt4ecg.biometrics import Verifier
        >>> cohort = dt4ecg.datasets.simulate_cohort(subjects=6, activities=("rest",), seconds=30)
        >>> data = dt4ecg.datasets.from_recordings(cohort)
        >>> verifier = Verifier("mlp", steps=1, n_threads=1, preprocessor=data.preprocessor)
        >>> _ = verifier.fit(data.X[:30], data.meta["subject"][:30])
        >>> verifier.fit_thresholds(data.X[30:], data.meta["subject"][30:]).gallery_
        Gallery(IdentityEncoder, 0 people, thresholds from 3 people)
        """
        check_is_fitted(self)
        require_strangers("fit_thresholds", subject, self.subjects_)
        self.gallery_.fit_thresholds(X, subject, activity)
        return self

    def verify(
        self, name: str, X: Any, far: float = FALSE_ACCEPT_RATE, activity: str | None = None
    ) -> Verification:
        """Decide whether a probe is from the person of this name; see :meth:`Gallery.verify`.

        Examples
        --------
        >>> import dt4ecg
        >>> from dt4ecg.biometrics import Verifier
        >>> cohort = dt4ecg.datasets.simulate_cohort(subjects=6, activities=("rest",), seconds=30)
        >>> data = dt4ecg.datasets.from_recordings(cohort)
        >>> verifier = Verifier("mlp", steps=1, n_threads=1, preprocessor=data.preprocessor)
        >>> _ = verifier.fit(data.X[:30], data.meta["subject"][:30])
        >>> _ = verifier.fit_thresholds(data.X[30:], data.meta["subject"][30:])
        >>> _ = verifier.enroll("Ann", data.X[:5])
        >>> verifier.verify("Ann", data.X[5:10], far=0.1).n_usable
        5
        """
        check_is_fitted(self)
        return self.gallery_.verify(name, X, far, activity)

    def identify(
        self, X: Any, reject: float = FALSE_ACCEPT_RATE, activity: str | None = None, most: int = 5
    ) -> Identification:
        """Find the enrolled person of a probe, or reject it; see :meth:`Gallery.identify`.

        Examples
        --------
        >>> import dt4ecg
        >>> from dt4ecg.biometrics import Verifier
        >>> cohort = dt4ecg.datasets.simulate_cohort(subjects=6, activities=("rest",), seconds=30)
        >>> data = dt4ecg.datasets.from_recordings(cohort)
        >>> verifier = Verifier("mlp", steps=1, n_threads=1, preprocessor=data.preprocessor)
        >>> _ = verifier.fit(data.X[:30], data.meta["subject"][:30])
        >>> _ = verifier.fit_thresholds(data.X[30:], data.meta["subject"][30:])
        >>> _ = verifier.enroll("Ann", data.X[:5])
        >>> verifier.identify(data.X[5:6], reject=0.2).candidates[0].name
        'Ann'
        """
        check_is_fitted(self)
        return self.gallery_.identify(X, reject, activity, most)
