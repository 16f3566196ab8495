"""Calibrated probabilities of a classifier: a temperature for each task, and sets of labels."""

from __future__ import annotations

import hashlib
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_softmax
from sklearn.utils.validation import check_is_fitted

from dt4ecg._common.label_columns import as_columns
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.estimator.calibration import Calibration, fit_temperature
from dt4ecg.estimator.predictions import Predictions
from dt4ecg.metrics.conformal import conformal_sets, threshold_of
from dt4ecg.training.classes import class_indices, require_equal_lengths

COVERAGE = 0.9
_LEAST = 2  # labelled segments

_Self = TypeVar("_Self", bound="CalibratedPredictions")


class CalibratedPredictions(Predictions):
    """The methods of a classifier for calibrated probabilities and sets of labels."""

    _training_digests: frozenset[bytes] = frozenset()  # of this process; the file has none
    _confounders: tuple[str, ...] = ()  # likewise

    def calibrate(self: _Self, X: ArrayLike | torch.Tensor, y: ArrayLike | torch.Tensor) -> _Self:
        """Make the probabilities match the accuracy on held-out segments.

        Each task gets a temperature, which divides the logits. The predicted labels stay the same.
        The model file holds the temperatures.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
            Segments that `fit` has not seen, recorded as those that the model will label.
        y : array-like (n, tasks), or (n,) with a single task
            Their labels. A row without a label of a task, or with an untrained label, does
            not count for that task.

        Returns
        -------
        self
            Its attribute ``calibration_`` is an :class:`dt4ecg.estimator.Calibration`.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If segments are among those of `fit`, as far as this object remembers them; if X and y
            do not fit together; or if no task has two labelled segments.

        See Also
        --------
        predict_set : Sets of labels that contain the true one with a stated probability.
        dt4ecg.metrics.expected_calibration_error : Measures the result.

        Notes
        -----
        A calibration holds for segments like those of X. Held-out segments of the training
        electrode do not show the errors on another electrode; the page "Calibration" has numbers.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.random.default_rng(0).normal(size=(24, 60)), ["Ann", "Bo"] * 12
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=2).fit(X[:12], y[:12])
        >>> fitted.calibrate(X[12:], y[12:]).calibration_.temperatures["identity"] > 1
        True
        """
        check_is_fitted(self)
        segments = self._segments(X)
        labels = as_columns(y, self.tasks)
        require_equal_lengths("calibrate", segments, labels)
        seen = sum(digest in self._training_digests for digest in digests(segments))
        if seen:
            raise ValueError(
                f"calibrate: {seen} of {len(segments)} segments were among those of fit, on which "
                "the model is too sure; pass held-out segments"
            )
        classes = self.classes_by_task
        indices = class_indices(labels, list(classes.values()), self._marker())
        temperatures, probabilities = {}, {}
        for task, logits, truth in zip(classes, self._logits(segments), indices.T, strict=True):
            known = truth != UNKNOWN
            if known.sum() < _LEAST or len(classes[task]) < 2:
                continue
            values = logits.numpy().astype(np.float64)[known]
            temperatures[task] = fit_temperature(values, truth[known])
            scaled = np.exp(log_softmax(values / temperatures[task], axis=1))
            probabilities[task] = np.sort(scaled[np.arange(len(scaled)), truth[known]])
        if not temperatures:
            raise ValueError(
                f"calibrate: no task of {', '.join(classes)} has two segments with a trained "
                "label; pass labelled segments"
            )
        self.calibration_ = Calibration(temperatures, probabilities)
        return self

    def predict_set(
        self,
        X: ArrayLike | torch.Tensor,
        coverage: float = COVERAGE,
        name_all: bool = False,
    ) -> list[NDArray[np.bool_]] | NDArray[np.bool_]:
        """Return which labels belong to the conformal set of each segment.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
        coverage : float, default 0.9
            Smallest probability that the set contains the true label, for segments like those of
            `calibrate`.
        name_all : bool, default False
            Also give labels to segments that do not look like an ECG; see
            :func:`dt4ecg.signal.segment_quality`. A model without a preprocessor, which knows no
            sampling rate, gives labels to all.

        Returns
        -------
        members : list of bool arrays (n, classes), or one array with a single task
            In the order of ``classes_``. An empty row is like no class, or does not look like an
            ECG; a row with several labels leaves the choice open.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            Before `calibrate`, if a task was not calibrated, or if too few segments were used for
            this coverage.

        See Also
        --------
        dt4ecg.metrics.conformal_threshold : The rule.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.random.default_rng(0).normal(size=(44, 60)), ["Ann", "Bo"] * 22
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=2).fit(X[:12], y[:12])
        >>> fitted.calibrate(X[12:], y[12:]).predict_set(X[:3]).shape
        (3, 2)
        """
        sets = []
        refused = np.zeros(0, bool) if name_all else self._refused(X)
        for task, (_, probabilities) in self._labels_and_probabilities(X).items():
            held_out = {} if self.calibration_ is None else self.calibration_.true_probabilities
            if task not in held_out:
                raise ValueError(
                    f"predict_set: {task} is not calibrated; call calibrate(X, y) with held-out "
                    "segments and their labels"
                )
            limit = threshold_of("predict_set", held_out[task], coverage)
            sets.append(conformal_sets(probabilities, limit))
            sets[-1][np.flatnonzero(refused)] = False
        return sets[0] if len(sets) == 1 else sets

    def _refused(self, X: ArrayLike | torch.Tensor) -> NDArray[np.bool_]:
        """Return which segments do not look like an ECG; none without a preprocessor."""
        segments = self._segments(X)
        if self.preprocessor is None:
            return np.zeros(len(segments), bool)
        refused: NDArray[np.bool_] = ~self._usable(segments, self._quality_of(segments))
        return refused


def digests(segments: NDArray[np.float32]) -> list[bytes]:
    """Return a digest of each segment that is not constant.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.estimator.calibrated import digests
    >>> len(digests(np.array([[[1, 2, 3]], [[0, 0, 0]]], np.float32)))
    1
    """
    return [
        hashlib.blake2b(np.ascontiguousarray(segment).tobytes(), digest_size=8).digest()
        for segment in segments
        if (segment != segment.flat[0]).any()
    ]
