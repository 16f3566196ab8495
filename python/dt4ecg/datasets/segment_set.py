"""Labelled segments of equal length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.labels import UNKNOWN


@dataclass(frozen=True, eq=False, repr=False)
class SegmentSet:
    """Segments of equal length, with a label for each task.

    Index a set with a slice, a boolean mask or an array of integers to get a part of it. A part
    keeps ``classes``, so its labels have the same meaning.

    Attributes
    ----------
    X : array of float32, shape (n, leads, L)
        The segments.
    y : array of int64, shape (n, tasks)
        Class indexes, one column per task in the order of ``tasks``: ``classes[task][index]`` is
        the name of a label, and -1 marks an unknown one.
    groups : array of int64, shape (n,)
        Index of the recording that a segment was cut from.
    classes : dict of str to list of str
        Names of the labels of each task.
    meta : dict of str to array, shape (n,)
        ``subject``, ``activity``, ``session`` and ``recording`` are strings, empty where unknown;
        ``start`` and ``stop`` are seconds of recorded time since the start of the recording.
    dropped_seconds : float
        Recorded time in no segment: rests at the end and at gaps that are shorter than a segment.
    dropped_pieces : int
        Number of pieces between gaps that gave no segment at all.
    preprocessor : Preprocessor
        The object that turned the recordings into these segments.
    name, citation : str
    simulated : bool
        True if the signals are computed rather than recorded.
    tasks : tuple of str
        Names of the tasks, the keys of ``classes``.

    See Also
    --------
    from_recordings : Cut recordings into a set.

    Examples
    --------
    >>> from dt4ecg.datasets import from_recordings, simulate_cohort
    >>> data = from_recordings(simulate_cohort(subjects=2, seconds=30), name="two people")
    >>> data
    SegmentSet two people: 60 segments of 1 x 300 samples from 6 recordings; 2 identity classes,
    3 activity classes; 0 s of recording in no segment
    >>> part = data[data.meta["activity"] == "rest"]
    >>> len(part), part.y[0], part.labels[0]
    (20, array([0, 2]), array(['S01', 'rest'], dtype=object))
    """

    X: NDArray[np.float32]
    y: NDArray[np.int64]
    groups: NDArray[np.int64]
    classes: dict[str, list[str]]
    meta: dict[str, NDArray[Any]]
    dropped_seconds: float = 0.0
    dropped_pieces: int = 0
    preprocessor: Any = None
    name: str = ""
    citation: str = ""
    simulated: bool = False
    tasks: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", tuple(self.classes))
        n = len(self.X)
        if self.X.ndim != 3:
            raise ValueError(f"SegmentSet: X must have shape (n, leads, L), got {self.X.shape}")
        if self.y.shape != (n, len(self.tasks)):
            raise ValueError(
                f"SegmentSet: y must have shape {(n, len(self.tasks))}, got {self.y.shape}"
            )
        for column, values in {"groups": self.groups, **self.meta}.items():
            if values.shape != (n,):
                raise ValueError(
                    f"SegmentSet: {column} must have shape ({n},), one value for each segment of "
                    f"X, got {values.shape}"
                )

    @property
    def labels(self) -> NDArray[np.object_]:
        """Names of the labels, shape (n, tasks), dtype object; -1 where a label is unknown.

        A classifier that is trained on these predicts names.
        """
        return self.labels_of(self.tasks)

    def labels_of(self, tasks: Sequence[str]) -> NDArray[np.object_]:
        """Return the names of the labels of some tasks.

        Parameters
        ----------
        tasks : sequence of str

        Returns
        -------
        array of object, shape (n, len(tasks))
            Strings, or -1 where a label is unknown.

        Examples
        --------
        >>> from dt4ecg.datasets import from_recordings, simulate_cohort
        >>> data = from_recordings(simulate_cohort(subjects=1, seconds=10))
        >>> data.labels_of(["activity"])[:2].tolist()
        [['rest'], ['rest']]
        """
        names = {task: np.array([*self.classes[task], UNKNOWN], dtype=object) for task in tasks}
        return np.stack([names[task][self.y[:, self.tasks.index(task)]] for task in tasks], axis=1)

    def __len__(self) -> int:
        return len(self.X)

    def __getitem__(self, index: Any) -> SegmentSet:
        if isinstance(index, (int, np.integer)):
            index = [index]
        return replace(
            self,
            X=self.X[index],
            y=self.y[index],
            groups=self.groups[index],
            meta={column: values[index] for column, values in self.meta.items()},
        )

    def __repr__(self) -> str:
        n, leads, length = self.X.shape
        labels = ", ".join(f"{len(self.classes[task])} {task} classes" for task in self.tasks)
        origin = " (simulated)" if self.simulated else ""
        return (
            f"SegmentSet {self.name or 'without a name'}{origin}: {n} segments of {leads} x "
            f"{length} samples from {len(np.unique(self.groups))} recordings; {labels}; "
            f"{self.dropped_seconds:.0f} s of recording in no segment"
        )


def labelled_tasks(data: SegmentSet, rows: NDArray[np.int64]) -> tuple[str, ...]:
    """Return the tasks that have at least one known label among some segments."""
    return tuple(
        task for column, task in enumerate(data.tasks) if (data.y[rows, column] != UNKNOWN).any()
    )
