"""Predictions for a recording that arrives in chunks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from dt4ecg.estimator.amplitude import usable_segments
from dt4ecg.estimator.recording_prediction import relabelled
from dt4ecg.estimator.task_predictions import TaskPredictions
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.signal.stream import Stream


@dataclass(frozen=True, eq=False)
class SegmentPrediction:
    """The labels of one segment of a stream.

    Attributes
    ----------
    start : float
        Seconds of samples from the beginning of the stream to the segment.
    labels : dict
        The label of each task by the task's name.
    probabilities : dict of str to array (classes,)
        The probability of each class, in the order of ``classes_``, by the task's name; NaN for a
        segment that is labelled as unusable.
    quality : float
        From 0, not an ECG, to 1; see :class:`dt4ecg.signal.Quality`.
    usable : bool
        Whether the segment looks like an ECG.

    Examples
    --------
    See :class:`PredictionStream`:

    >>> from dt4ecg.estimator import SegmentPrediction
    >>> list(SegmentPrediction.__dataclass_fields__)
    ['start', 'labels', 'probabilities', 'quality', 'usable']
    """

    start: float
    labels: dict[str, Any]
    probabilities: dict[str, np.ndarray]
    quality: float
    usable: bool


class PredictionStream:
    """Labels of a recording that arrives in chunks.

    :meth:`dt4ecg.DT4ECGClassifier.stream` makes it.

    Notes
    -----
    Labels and probabilities equal to the bit those that the classifier gives for the whole
    recording. They come as soon as the samples that they depend on have arrived. The resampler
    looks ``10 / min(sampling_rate, target_rate)`` seconds ahead, 0.1 s by default, so a segment at
    the very end of a recording is not completed.

    See Also
    --------
    dt4ecg.signal.Stream : The segments without labels.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> preprocessor = dt4ecg.Preprocessor(zero_phase=False)
    >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=20)
    >>> data = dt4ecg.datasets.from_recordings(recordings, preprocessor)
    >>> classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=preprocessor)
    >>> stream = classifier.fit(data.X, data.labels).stream(recordings[0].sampling_rate)
    >>> for chunk in np.split(recordings[0].samples, 4, axis=1):  # 5 s each
    ...     print([round(segment.start) for segment in stream.push(chunk)])
    [1]
    [4, 7]
    [10]
    [13, 16]
    """

    def __init__(
        self,
        segments: Stream,
        predict: Callable[[Any], TaskPredictions],
        unusable: str | None,
        amplitude_range: np.ndarray | None,
    ) -> None:
        self._segments, self._predict, self._unusable = segments, predict, unusable
        self._amplitude_range = amplitude_range

    def push(self, chunk: Any) -> list[SegmentPrediction]:
        """Return the predictions for the segments that a chunk completes.

        Parameters
        ----------
        chunk : array or tensor, shape (T,) or (leads, T)
            The next raw samples, of any number, including none.

        Returns
        -------
        list of SegmentPrediction
            One per completed segment, in the order of time; often empty.

        Raises
        ------
        ValueError
            As :meth:`dt4ecg.signal.Stream.push`; the stream then remains as it was before the
            chunk. Also if the chunk has another number of leads than the training data.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier, Preprocessor
        >>> X, y = np.eye(8, 300), ["Ann", "Bo"] * 4
        >>> pre = Preprocessor(zero_phase=False)
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1, preprocessor=pre).fit(X, y)
        >>> (first,) = fitted.stream(500).push(np.sin(np.arange(2500) / 20))
        >>> first.start, first.probabilities["identity"].shape
        (0.734, (2,))
        """
        segments, starts, quality = self._segments.push(
            chunk, return_starts=True, return_quality=True
        )
        if len(segments) == 0:
            return []
        found = self._predict(segments)
        usable = usable_segments(segments, quality, self._amplitude_range)
        if self._unusable is not None:
            bad = ~usable
            for task, (labels, probabilities) in found.items():
                probabilities[bad] = np.nan
                found[task] = relabelled(labels, bad, self._unusable), probabilities
        return [
            SegmentPrediction(
                float(start),
                {task: labels[i] for task, (labels, _) in found.items()},
                {task: probabilities[i] for task, (_, probabilities) in found.items()},
                float(quality.score[i]),
                bool(usable[i]),
            )
            for i, start in enumerate(starts)
        ]

    def reset(self) -> None:
        """Start again after a gap: forget the filters' state and the incomplete segment.

        Starts are still counted from the beginning of the stream.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier, Preprocessor
        >>> X, y = np.eye(8, 300), ["Ann", "Bo"] * 4
        >>> pre = Preprocessor(zero_phase=False)
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1, preprocessor=pre).fit(X, y)
        >>> stream = fitted.stream(500)
        >>> stream.push(np.sin(np.arange(1250) / 20))  # 2.5 s before the gap
        []
        >>> stream.reset()
        >>> (first,) = stream.push(np.sin(np.arange(2500) / 20))
        >>> first.start
        3.234
        """
        self._segments.reset()

    def state(self) -> bytes:
        """Return the state of the stream, as :meth:`dt4ecg.signal.Stream.state` does.

        The state belongs to the preprocessing; the model file is stored apart from it.

        Examples
        --------
        See :meth:`restore`.

        >>> from dt4ecg.estimator import PredictionStream
        >>> PredictionStream.state.__name__
        'state'
        """
        return self._segments.state()

    def restore(self, state: bytes) -> None:
        """Continue from a state, with the answers of the stream that returned it.

        Parameters
        ----------
        state : bytes
            What :meth:`state` returned, of a stream of the same model and sampling rate.

        Raises
        ------
        ValueError, TypeError
            As :meth:`dt4ecg.signal.Stream.restore`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier, Preprocessor
        >>> X, y = np.eye(8, 300), ["Ann", "Bo"] * 4
        >>> pre = Preprocessor(zero_phase=False)
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1, preprocessor=pre).fit(X, y)
        >>> before, after = fitted.stream(500), fitted.stream(500)
        >>> before.push(np.sin(np.arange(1250) / 20))
        []
        >>> after.restore(before.state())
        >>> len(after.push(np.sin(np.arange(1250, 2500) / 20)))
        1
        """
        self._segments.restore(state)


def require_streamable(preprocessor: Preprocessor) -> None:
    """Raise ValueError if a model's preprocessing needs the whole recording."""
    needs_all = [
        setting
        for setting, found in (
            ('normalize="record"', preprocessor.normalize == "record"),
            ("zero_phase=True", preprocessor.zero_phase),
        )
        if found
    ]
    if needs_all:
        raise ValueError(
            f"stream: the model was trained with {' and '.join(needs_all)}, for which the whole "
            "recording must be known; train it again with dt4ecg train --streamable, or in Python "
            "with Preprocessor(zero_phase=False)"
        )
