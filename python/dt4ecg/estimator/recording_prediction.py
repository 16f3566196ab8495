"""The predictions for one recording, segment by segment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.tables import frame
from dt4ecg.signal.quality_indices import Quality

if TYPE_CHECKING:
    import pandas

UNUSABLE = "unusable"


@dataclass(frozen=True, eq=False)
class RecordingPrediction:
    """The labels of a recording's segments; ``labels, starts = ...`` unpacks the first two.

    Attributes
    ----------
    labels : array (n, tasks), or (n,) with a single task
    starts : array (n,)
        Start of each segment in seconds.
    probabilities : list of arrays (n, classes), or one array with a single task
        As :meth:`dt4ecg.DT4ECGClassifier.predict_proba`; NaN for segments labelled as unusable.
    quality : dt4ecg.signal.Quality
        How much each segment looks like an ECG.
    usable : array (n,) of bool
        Whether each segment looks like an ECG, and has the unit of the training data if the model
        depends on it.
    tasks : tuple of str
        Names of the tasks.
    averaged : array (n,) of int, or None
        Number of segments over which each prediction is averaged; None without a context.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=15)
    >>> data = dt4ecg.datasets.from_recordings(recordings)
    >>> classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor)
    >>> classifier = classifier.fit(data.X, data.labels)
    >>> samples = recordings[0].samples.copy()
    >>> samples[..., 9000:] = np.random.default_rng(0).normal(size=6000)  # 9 s to 15 s
    >>> found = classifier.predict_recording(samples, recordings[0].sampling_rate)
    >>> found.usable
    array([ True,  True,  True, False, False])
    >>> found.labels[3:, 0].tolist()
    ['unusable', 'unusable']
    """

    labels: np.ndarray
    starts: np.ndarray
    probabilities: list[np.ndarray] | np.ndarray
    quality: Quality
    usable: np.ndarray
    tasks: tuple[str, ...]
    averaged: np.ndarray | None = None

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter((self.labels, self.starts))

    def to_frame(self) -> pandas.DataFrame:
        """Return a pandas data frame with one row per segment.

        Its columns are ``start`` in seconds, ``quality`` from 0 to 1, ``usable``, and for each task
        its label and ``TASK_probability``, the largest one. With a context, ``averaged`` is the
        number of segments behind them.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier, Preprocessor
        >>> X, y = np.eye(8, 300), ["Ann", "Bo"] * 4
        >>> pre = Preprocessor(notch=None)
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1, preprocessor=pre).fit(X, y)
        >>> noise = np.random.default_rng(0).normal(size=900)
        >>> fitted.predict_recording(noise, 100).to_frame().identity.tolist()
        ['unusable', 'unusable', 'unusable']
        """
        return frame(self.to_columns())

    def to_columns(self) -> dict[str, np.ndarray]:
        """Return the columns of :meth:`to_frame`, arrays (n,).

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier, Preprocessor
        >>> X, y = np.eye(8, 300), ["Ann", "Bo"] * 4
        >>> pre = Preprocessor(notch=None)
        >>> fitted = DT4ECGClassifier(tasks=("identity",), epochs=1, preprocessor=pre).fit(X, y)
        >>> noise = np.random.default_rng(0).normal(size=900)
        >>> list(fitted.predict_recording(noise, 100).to_columns())
        ['start', 'quality', 'usable', 'identity', 'identity_probability']
        """
        columns: dict[str, np.ndarray] = {
            "start": self.starts,
            "quality": self.quality.score,
            "usable": self.usable,
        }
        if self.averaged is not None:
            columns["averaged"] = self.averaged
        labels = self.labels.reshape(len(self.starts), len(self.tasks))
        found = self.probabilities if isinstance(self.probabilities, list) else [self.probabilities]
        for task, names, of_task in zip(self.tasks, labels.T, found, strict=True):
            columns[task] = names
            columns[f"{task}_probability"] = of_task.max(axis=1)
        return columns


def relabelled(labels: np.ndarray, rows: np.ndarray, label: str) -> np.ndarray:
    """Return the labels with those of some rows replaced."""
    if not rows.any():
        return labels
    changed = labels.astype(object)
    changed[rows] = label
    return changed
