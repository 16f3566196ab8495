"""Predictions of a fitted classifier, for segments and for raw recordings."""

import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted, validate_data

from dt4ecg._common.label_columns import as_columns
from dt4ecg._common.labels import marker_of
from dt4ecg._common.segments import as_rows
from dt4ecg._common.wording import counted
from dt4ecg.estimator.amplitude import require_amplitude, usable_segments
from dt4ecg.estimator.calibration import Calibration, softmax_of
from dt4ecg.estimator.clipping import warn_of_clipping
from dt4ecg.estimator.polarity import warn_of_reversed_leads
from dt4ecg.estimator.recording_prediction import UNUSABLE, RecordingPrediction, relabelled
from dt4ecg.estimator.recording_segments import segments_of
from dt4ecg.estimator.scoring import mean_accuracy
from dt4ecg.estimator.stream import PredictionStream, require_streamable
from dt4ecg.estimator.task_predictions import (
    TaskPredictions,
    in_context,
    labels_of,
    probabilities_of,
)
from dt4ecg.inference import predict_embedding, predict_logits, prepared
from dt4ecg.io.recording import Recording
from dt4ecg.nn import Network
from dt4ecg.signal.heart_rate import doubtful_rate
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.signal.quality_indices import Quality, segment_quality
from dt4ecg.training.classes import require_equal_lengths, task_names
from dt4ecg.training.labels import as_sample_weight


class Predictions:
    """The methods of a classifier that need nothing but its network and its classes."""

    tasks: Sequence[str]
    missing_label: Any
    preprocessor: Preprocessor | None
    classes_: list[np.ndarray] | np.ndarray
    network_: Network
    n_features_in_: int
    skewness_range_: np.ndarray | None
    amplitude_range_: np.ndarray | None
    calibration_: Calibration | None = None

    def predict(self, X: ArrayLike | torch.Tensor, unusable: str | None = None) -> np.ndarray:
        """Predict the labels of segments.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
        unusable : str, optional
            Label, for every task, of segments that do not look like an ECG; see
            :func:`dt4ecg.signal.segment_quality`. None names every segment, as scikit-learn's
            scores and cross-validation expect.

        Returns
        -------
        labels : array (n, tasks), or (n,) with a single task
            Names next to numbers give an array of objects.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If the segments have other leads, another length, or samples that are not finite, or if
            the network gives values that are not finite. Also if `unusable` is given to a model
            without a preprocessor, which knows no sampling rate.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).predict(X[:3]).shape
        (3,)
        """
        labels = labels_of(self._labels_and_probabilities(X))
        if unusable is None:
            return labels
        segments = self._segments(X)
        return relabelled(labels, ~self._usable(segments, self._quality_of(segments)), unusable)

    def predict_proba(self, X: ArrayLike | torch.Tensor) -> list[np.ndarray] | np.ndarray:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)

        Returns
        -------
        probabilities : list of arrays (n, classes), or one array with a single task
            In the order of ``classes_``; calibrated after ``calibrate``. Errors as :meth:`predict`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).predict_proba(X).shape
        (8, 2)
        """
        return probabilities_of(self._labels_and_probabilities(X))

    def embed(self, X: ArrayLike | torch.Tensor) -> np.ndarray:
        """Return the pooled features that the heads share.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)

        Returns
        -------
        features : float32 array (n, channels)
            Errors are those of :meth:`predict`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).embed(X).shape
        (8, 128)
        """
        check_is_fitted(self)
        features: np.ndarray = predict_embedding(self.network_, self._segments(X)).numpy()
        return features

    def predict_recording(
        self,
        recording: ArrayLike | Recording,
        sampling_rate: float | None = None,
        unusable: str | None = UNUSABLE,
        context: float | None = None,
    ) -> RecordingPrediction:
        """Predict the labels of a raw recording, segment by segment.

        Parameters
        ----------
        recording, sampling_rate
            As in :meth:`segments_of`, with its errors.
        unusable : str or None, default "unusable"
            Label, for every task, of segments that do not look like an ECG, such as those of a
            lead that fell off; see :func:`dt4ecg.signal.quality`. Their probabilities are NaN.
            None names every segment.
        context : float, optional
            Seconds of signal, at least one segment, over which the probabilities of consecutive
            usable segments are averaged; see :func:`dt4ecg.inference.average_over_context`. None
            predicts each segment alone.

        Returns
        -------
        RecordingPrediction
            Its labels, starts, probabilities and quality. ``labels, starts = ...`` unpacks it.

        Warns
        -----
        UserWarning
            If the QRS complexes of a lead point the other way than in the training data, clipping
            cuts them off, or the beats give an impossible heart rate.

        Examples
        --------
        >>> import dt4ecg
        >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=15)
        >>> data = dt4ecg.datasets.from_recordings(recordings)
        >>> classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor)
        >>> classifier = classifier.fit(data.X, data.labels)
        >>> first = recordings[0]
        >>> found = classifier.predict_recording(first.samples, first.sampling_rate)
        >>> found.starts, found.usable
        (array([ 0.,  3.,  6.,  9., 12.]), array([ True,  True,  True,  True,  True]))
        """
        preprocessor = self._preprocessor_for("recording")
        segmented = segments_of(recording, sampling_rate, preprocessor)
        quality = segmented.quality
        found = self._labels_and_probabilities(segmented.segments)  # refuses other leads first
        require_amplitude(segmented.segments, quality, self.amplitude_range_)
        warn_of_reversed_leads(quality, self.skewness_range_, stacklevel=2)
        warn_of_clipping(quality, stacklevel=2)
        if doubt := doubtful_rate(quality, preprocessor.segment_seconds):
            warnings.warn(f"recording: {doubt}", stacklevel=2)
        usable = self._usable(segmented.segments, quality)
        found, averaged = in_context(
            found, self.classes_by_task, segmented.starts, usable, context, preprocessor, recording
        )
        labels, probabilities = labels_of(found), probabilities_of(found)
        if unusable is not None:
            labels = relabelled(labels, ~usable, unusable)
            for of_task in probabilities if isinstance(probabilities, list) else [probabilities]:
                of_task[~usable] = np.nan
        tasks = tuple(self.classes_by_task)
        return RecordingPrediction(
            labels, segmented.starts, probabilities, quality, usable, tasks, averaged
        )

    def segments_of(
        self, recording: ArrayLike | Recording, sampling_rate: float | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Preprocess a raw recording as the training recordings were.

        Parameters
        ----------
        recording : Recording, or array (T,) or (leads, T)
            Raw samples. A :class:`dt4ecg.io.Recording` has its own sampling rate and gaps.
        sampling_rate : float, optional
            Samples per second. The default is the sampling rate of the preprocessor.

        Returns
        -------
        segments : array (n, leads, T)
        starts : array (n,)
            Start of each segment in seconds.

        Raises
        ------
        ValueError
            If the model has no preprocessor, the recording is shorter than one segment, the
            preprocessor refuses it, or `sampling_rate` contradicts the Recording.

        See Also
        --------
        predict_recording : Predict the labels of these segments.

        Examples
        --------
        >>> import numpy as np
        >>> import dt4ecg
        >>> preprocessor = dt4ecg.Preprocessor(notch=None)
        >>> X, y = np.eye(8, 300), ["Ann", "Bo"] * 4
        >>> classifier = dt4ecg.DT4ECGClassifier(
        ...     tasks=("identity",), epochs=1, preprocessor=preprocessor
        ... ).fit(X, y)
        >>> segments, starts = classifier.segments_of(np.sin(np.arange(1750) / 20), 250)
        >>> segments.shape, starts.tolist()
        ((2, 1, 300), [0.0, 3.0])
        """
        found = segments_of(recording, sampling_rate, self._preprocessor_for("recording"))
        return found.segments, found.starts

    def stream(
        self, sampling_rate: float | None = None, unusable: str | None = UNUSABLE
    ) -> PredictionStream:
        """Return an object that predicts labels of a recording while it arrives.

        Parameters
        ----------
        sampling_rate : float, optional
            In Hz; default: that of the preprocessor.
        unusable : str or None, default "unusable"
            As in :meth:`predict_recording`.

        Returns
        -------
        PredictionStream
            Its method ``push`` takes chunks of samples.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If the model has no preprocessor, or its preprocessor needs the whole recording.

        Examples
        --------
        >>> import numpy as np
        >>> import dt4ecg
        >>> preprocessor = dt4ecg.Preprocessor(zero_phase=False)
        >>> X, y = np.eye(8, 300), ["Ann", "Bo"] * 4
        >>> classifier = dt4ecg.DT4ECGClassifier(
        ...     tasks=("identity",), epochs=1, preprocessor=preprocessor
        ... ).fit(X, y)
        >>> stream = classifier.stream(500)
        >>> [list(found.labels) for found in stream.push(np.sin(np.arange(2500) / 20))]
        [['identity']]
        """
        preprocessor = self._preprocessor_for("stream")
        require_streamable(preprocessor)
        segments, logits = preprocessor.stream(sampling_rate), prepared(self.network_)
        return PredictionStream(
            segments,
            lambda X: self._named(logits(self._segments(X)).values()),
            unusable,
            self.amplitude_range_,
        )

    def score(
        self,
        X: ArrayLike | torch.Tensor,
        y: ArrayLike | torch.Tensor,
        sample_weight: ArrayLike | None = None,
    ) -> float:
        """Return the mean of the tasks' accuracies.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
        y : array-like (n, tasks), or (n,) with a single task
            A row without a label for a task does not count for that task, and neither does a row
            whose label was never trained, since no prediction of it can be right.
        sample_weight : array (n,), optional
            Non-negative weight of each row in the accuracies.

        Returns
        -------
        score : float
            From 0 to 1. A task without rows to score has no part, and neither has a task with one
            class next to others. NaN if no label of y was trained.

        Warns
        -----
        UserWarning
            If labels of y were never trained. The text counts their rows.

        Raises
        ------
        ValueError
            If X, y and `sample_weight` do not fit together, a weight is negative or not finite, or
            no row has both a label and a weight above 0.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> 0 <= DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).score(X, y) <= 1
        True
        """
        labels = as_columns(y, self.tasks)
        predicted = self.predict(X)
        require_equal_lengths("score", predicted, labels)
        weight = np.ones(len(labels))
        if sample_weight is not None:
            checked = as_sample_weight("score", sample_weight, len(labels))
            weight = checked.numpy(force=True).astype(float)
        return mean_accuracy(
            labels,
            predicted.reshape(labels.shape),
            self.classes_by_task,
            self._marker(),
            weight,
        )

    @property
    def classes_by_task(self) -> dict[str, np.ndarray]:
        """Labels of each task by its name, also with a single task.

        Raises
        ------
        ValueError
            If `tasks` was changed since `fit`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> list(DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).classes_by_task)
        ['identity']
        """
        check_is_fitted(self)
        fitted = tuple(self.network_.tasks)
        if task_names(self.tasks) != fitted:
            raise ValueError(
                f"DT4ECGClassifier: it was fitted with tasks={fitted!r}, but tasks is now "
                f"{self.tasks!r}; set it back, or call fit"
            )
        several = [self.classes_] if isinstance(self.classes_, np.ndarray) else self.classes_
        return dict(zip(fitted, several, strict=True))

    def _marker(self) -> Any:
        """Return `missing_label`, or None if it marks an unknown label in any case."""
        return marker_of(self.missing_label)

    def _labels_and_probabilities(self, X: Any) -> TaskPredictions:
        return self._named(self._logits(X))

    def _named(self, logits: Iterable[torch.Tensor]) -> TaskPredictions:
        found = zip(self.classes_by_task.items(), logits, strict=True)
        return {
            task: (classes[x.argmax(1).numpy()], softmax_of(x, self.calibration_, task))
            for (task, classes), x in found
        }

    def _preprocessor_for(self, operation: str) -> Preprocessor:
        check_is_fitted(self)
        if self.preprocessor is None:
            raise ValueError(
                f"{operation}: this model has no preprocessor for raw recordings; fit with "
                "preprocessor=..., or make segments yourself and call predict"
            )
        return self.preprocessor

    def _quality_of(self, segments: np.ndarray) -> Quality:
        """Return the quality of segments (n, leads, T)."""
        if self.preprocessor is None:
            raise ValueError(
                "quality: this model has no preprocessor, so the sampling rate of the segments is "
                "unknown; fit with preprocessor=..., or leave unusable=None"
            )
        return segment_quality(segments, segments.shape[2] / self.preprocessor.segment_seconds)

    def _usable(self, segments: np.ndarray, quality: Quality) -> np.ndarray:
        return usable_segments(segments, quality, self.amplitude_range_)

    def _segments(self, X: Any) -> np.ndarray:
        spec = self.network_.spec
        return self._validated(X, (spec["in_channels"], spec["segment_length"]))

    def _validated(self, X: Any, fitted: tuple[int, int] | None = None) -> np.ndarray:
        """Return finite float32 segments (n, leads, T) of X (n, T) or (n, leads, T).

        `fitted` is the number of leads and samples that X must have; None in `fit`.
        """
        rows, shape, segment = as_rows("DT4ECGClassifier", X)
        # scikit-learn itself refuses another number of features in two dimensions.
        ours = len(shape) == 3 or shape[1] == getattr(self, "n_features_in_", None)
        if ours and fitted is not None and fitted != segment:
            leads, samples = fitted
            raise ValueError(
                f"DT4ECGClassifier: it was fitted with segments (n, {leads}, {samples}), of "
                f"{counted(leads, 'lead')} and {counted(samples, 'sample')}, got {shape}; "
                "pick the leads, and cut and resample as for fit"
            )
        x: np.ndarray = validate_data(self, rows, dtype=np.float32, reset=fitted is None)
        return x.reshape(len(x), *segment)

    def _logits(self, X: Any) -> list[torch.Tensor]:
        check_is_fitted(self)
        return list(predict_logits(self.network_, self._segments(X)).values())
