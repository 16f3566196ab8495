"""The answers of a trained detector of spliced segments."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from dt4ecg.biometrics.tamper.images import as_single_lead, images
from dt4ecg.biometrics.tamper.networks import TASK
from dt4ecg.biometrics.tamper.scan import Scan
from dt4ecg.estimator.recording_prediction import relabelled
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.signal.quality_indices import segment_quality

_ROWS = 1024  # segments that are classified at a time


class TamperPredictions(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The methods of :class:`TamperDetector` after the training."""

    sampling_rate: float
    width: int
    preprocessor: Preprocessor | None
    classes_: NDArray[Any]
    network_: torch.nn.Module
    mean_: torch.Tensor
    scale_: torch.Tensor
    n_features_in_: int

    def predict_proba(self, X: ArrayLike | torch.Tensor) -> NDArray[np.float64]:
        """Return the probabilities of clean and tampered, for equal shares of both.

        Noise has probabilities too; :meth:`scan` and :meth:`predict` can leave it out.

        Parameters
        ----------
        X : array or tensor (n, T) or (n, 1, T)

        Returns
        -------
        array (n, 2)

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If the segments have another length than those of `fit`, or one is constant or not
            finite.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.tamper import TamperDetector
        >>> X = np.random.default_rng(0).normal(size=(8, 100))
        >>> TamperDetector(epochs=1).fit(X, [0, 1] * 4).predict_proba(X).sum(axis=1).round(6)
        array([1., 1., 1., 1., 1., 1., 1., 1.])
        """
        check_is_fitted(self)
        x = as_single_lead("predict", X)
        if x.shape[1] != self.n_features_in_:
            raise ValueError(
                f"predict: the detector takes segments of {self.n_features_in_} samples, got "
                f"{x.shape[1]}; cut them as for fit"
            )
        logits = [
            self._logits(self._images(x[first : first + _ROWS]))
            for first in range(0, len(x), _ROWS)
        ]
        found: NDArray[np.float64] = torch.cat(logits).double().softmax(1).numpy()
        if not np.isfinite(found).all():
            raise ValueError(
                "predict: the network gives values that are NaN or infinite; train or load another"
            )
        return found

    def predict(self, X: ArrayLike | torch.Tensor, unusable: str | None = None) -> NDArray[Any]:
        """Return the more probable label of each segment.

        Parameters
        ----------
        X : array or tensor (n, T) or (n, 1, T)
        unusable : str, optional
            Label of segments that do not look like an ECG; see
            :func:`dt4ecg.signal.segment_quality`. None gives each segment a label of the training,
            as scikit-learn's scores expect, noise too.

        Returns
        -------
        labels : array (n,)
            With `unusable`, an array of objects.

        Raises
        ------
        sklearn.exceptions.NotFittedError, ValueError
            As :meth:`predict_proba`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.tamper import TamperDetector
        >>> X = np.random.default_rng(0).normal(size=(8, 300))
        >>> TamperDetector(epochs=1).fit(X, [0, 1] * 4).predict(X, unusable="no ECG")[:2]
        array(['no ECG', 'no ECG'], dtype=object)
        """
        likely = self.predict_proba(X).argmax(axis=1)
        labels: NDArray[Any] = self.classes_[likely]
        if unusable is None:
            return labels
        x = as_single_lead("predict", X)[:, None].astype(np.float32)
        return relabelled(labels, ~segment_quality(x, self.sampling_rate).usable, unusable)

    def scan(self, recording: Any, sampling_rate: float | None = None) -> Scan:
        """Return the probability of tampering for each segment of a raw recording.

        Parameters
        ----------
        recording : Recording, or array (T,) or (1, T)
            Raw samples of one lead, which the preprocessor cuts and filters.
        sampling_rate : float, optional
            Samples per second; a Recording has its own.

        Returns
        -------
        Scan
            Segments that do not look like an ECG have the probability NaN.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If the detector has no preprocessor, or the recording has several leads.

        Examples
        --------
        >>> import dt4ecg
        >>> from dt4ecg.biometrics.tamper import TamperDetector
        >>> recordings = dt4ecg.datasets.simulate_cohort(4, seconds=15)
        >>> data = dt4ecg.datasets.from_recordings(recordings)
        >>> detector = TamperDetector(epochs=1, preprocessor=data.preprocessor)
        >>> found = detector.fit_on(data.X, data.meta["subject"]).scan(recordings[0])
        >>> found.starts, found.usable.all()
        (array([ 0.,  3.,  6.,  9., 12.]), np.True_)
        """
        check_is_fitted(self)
        if self.preprocessor is None:
            raise ValueError(
                "scan: the detector has no preprocessor; build it with preprocessor=..., or cut "
                "the recording and call predict_proba"
            )
        found = self.preprocessor.segment(recording, sampling_rate)
        segments = np.asarray(found.segments)
        if len(segments) and segments.shape[1] != 1:
            raise ValueError(
                f"scan: the detector takes one lead, the recording has {segments.shape[1]}; "
                "choose one"
            )
        usable = found.quality.usable & (np.ptp(segments[:, 0], axis=1) > 0)
        probabilities = np.full(len(segments), np.nan)
        if usable.any():
            probabilities[usable] = self.predict_proba(segments[usable])[:, 1]
        return Scan(found.starts, probabilities, usable)

    def _logits(self, made: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            logits: torch.Tensor = self.network_((made - self.mean_) / self.scale_)[TASK]
        return logits

    def _images(self, x: NDArray[Any]) -> torch.Tensor:
        return images(x, self.sampling_rate, self.width)
