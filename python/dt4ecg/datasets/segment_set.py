"""Labelled segments of equal length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.defaults import SEGMENT_SECONDS
from dt4ecg._common.labels import UNKNOWN
from dt4ecg._common.tables import frame, html_facts
from dt4ecg._common.text import shortened
from dt4ecg._common.wording import counted
from dt4ecg.datasets import arrays

if TYPE_CHECKING:
    import pandas
    import torch

_LONGEST_NAME = 24  # characters of a class name in a notebook


@dataclass(frozen=True, eq=False, repr=False)
class SegmentSet:
    """Segments of equal length, with a label for each task.

    Index a set with a slice, a boolean mask or an array of integers to get a part of it. A part
    keeps ``classes``, so its labels have the same meaning.

    A ``torch.utils.data.DataLoader`` of a set gives batches of tensors ``(X, y)``.

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
        ``start`` and ``stop`` are seconds of recorded time since the start of the recording,
        NaN where unknown.
    dropped_seconds : float
        Recorded time in no segment: rests at the end and at gaps that are shorter than a segment.
    dropped_pieces : int
        Number of pieces between gaps that gave no segment at all.
    preprocessor : Preprocessor
        The object that turned the recordings into these segments.
    name, citation : str
    simulated : bool
        True if the signals are computed rather than recorded.
    lead_names : tuple of str
        Names of the leads, empty if they are unknown.
    sources : tuple of str
        For each recording that was read from a file, one line that says what was read.
    tasks : tuple of str
        Names of the tasks, the keys of ``classes``.

    See Also
    --------
    from_recordings : Cut recordings into a set.
    SegmentSet.from_arrays : Make a set of segments that exist already.

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
    lead_names: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
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
        object.__setattr__(self, "lead_names", tuple(self.lead_names))
        if self.lead_names and len(self.lead_names) != self.X.shape[1]:
            raise ValueError(
                f"SegmentSet: got {counted(len(self.lead_names), 'lead name')} for segments of "
                f"{counted(self.X.shape[1], 'lead')}"
            )
        for column, values in {"groups": self.groups, **self.meta}.items():
            if values.shape != (n,):
                raise ValueError(
                    f"SegmentSet: {column} must have shape ({n},), one value for each segment of "
                    f"X, got {values.shape}"
                )

    @classmethod
    def from_arrays(
        cls,
        X: Any,
        y: Any = None,
        groups: Any = None,
        subject: Any = None,
        session: Any = None,
        start: Any = None,
        *,
        tasks: Sequence[str] | None = None,
        classes: Mapping[str, Sequence[str]] | None = None,
        segment_seconds: float | None = None,
        lead_names: Sequence[str] = (),
        preprocessor: Any = None,
        name: str = "",
        citation: str = "",
        simulated: bool = False,
    ) -> SegmentSet:
        """Make a set of segments that exist already.

        Parameters
        ----------
        X : array or tensor, shape (n, T) or (n, leads, T)
            Finite samples. An array of float32 is not copied.
        y : labels, optional
            A data frame or dict with one column for each task, or an array of shape (n, tasks) or
            (n,). Labels are names or whole numbers. None, NaN, ``pandas.NA``, the empty text and -1
            mark an unknown one.
        groups : array-like (n,), optional
            Name or number of the recording of each segment. Default: each different pair of
            ``subject`` and ``session`` is one recording.
        subject : array-like (n,) or str, optional
            Name of the person of each segment. Default: the labels of the task ``"identity"``.
        session : array-like (n,) or str, optional
            Name of the session of each segment.
        start : array-like (n,), optional
            Seconds from the start of its recording to each segment. Without it, the protocol
            ``blocked`` is refused, and the leak report counts no neighbours.
        tasks : sequence of str, optional
            Names of the columns of ``y``, or the columns of a frame or dict to use. Default: all
            of them, identity and activity first; without names, ``identity`` and ``activity`` for
            two columns, and ``label`` for one.
        classes : dict of str to sequence of str, optional
            Names and order of the classes of a task. Whole numbers in ``y`` are then indexes into
            these. Default: the labels that occur, sorted.
        segment_seconds : float, optional
            Duration of a segment in seconds, above 0. Default: that of ``preprocessor``, else 3.
        lead_names : sequence of str, default ()
        preprocessor : Preprocessor, optional
            The object that made the segments.
        name, citation : str, default ""
        simulated : bool, default False

        Returns
        -------
        SegmentSet

        Raises
        ------
        ValueError
            If an array does not have one entry for each segment, samples are not finite, or labels
            mix text and numbers or are not among ``classes``.
        TypeError
            If samples are not real numbers, or ``tasks`` is a single name.

        Warns
        -----
        UserWarning
            If a class looks like an unknown label that became text, such as ``"-1"``.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.datasets import SegmentSet
        >>> X = np.random.default_rng(0).normal(size=(4, 300))
        >>> people = ["Anna", "Anna", "Bert", "Bert"]
        >>> y = {"identity": people, "activity": ["rest", "run", "run", None]}
        >>> data = SegmentSet.from_arrays(X, y, start=[0, 3, 0, 3], name="two people")
        >>> data.X.shape, data.y.tolist()
        ((4, 1, 300), [[0, 0], [0, 1], [1, 1], [1, -1]])
        >>> data.meta["subject"].tolist(), data.meta["stop"].tolist()
        (['Anna', 'Anna', 'Bert', 'Bert'], [3.0, 6.0, 3.0, 6.0])
        """
        segments = arrays.segments(X)
        n = len(segments)
        codes, names = arrays.encoded(y, n, tasks, classes)
        if segment_seconds is None:
            segment_seconds = getattr(preprocessor, "segment_seconds", SEGMENT_SECONDS)
        if not segment_seconds > 0:
            raise ValueError(
                f"from_arrays: segment_seconds must be above 0 s, got {segment_seconds}"
            )
        known = {task: np.array([*names[task], ""])[codes[:, i]] for i, task in enumerate(names)}
        people = arrays.texts("subject", known.get("identity") if subject is None else subject, n)
        sessions = arrays.texts("session", session, n)
        index, recordings = arrays.recordings(groups, people, sessions)
        return cls(
            X=segments,
            y=codes,
            groups=index,
            classes=names,
            meta={
                "subject": people,
                "activity": arrays.texts("activity", known.get("activity"), n),
                "session": sessions,
                "recording": recordings,
                **arrays.times(start, segment_seconds, n),
            },
            preprocessor=preprocessor,
            name=name,
            citation=citation,
            simulated=simulated,
            lead_names=tuple(lead_names),
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
        found = np.empty((len(self), len(tasks)), dtype=object)
        for column, task in enumerate(tasks):
            names = np.array([*self.classes[task], UNKNOWN], dtype=object)
            found[:, column] = names[self.y[:, self.tasks.index(task)]]
        return found

    def to_frame(self) -> pandas.DataFrame:
        """Return origin and labels as a data frame with one row for each segment.

        The columns are ``groups``, those of ``meta``, and one with the names of the labels for
        each task. An unknown name is missing (None or NaN).

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.datasets import SegmentSet
        >>> y = {"activity": ["rest", None, "run"]}
        >>> data = SegmentSet.from_arrays(np.eye(3), y, start=[0, 3, 6])
        >>> data.to_frame()[["groups", "start", "stop", "activity"]].dropna()
           groups  start  stop activity
        0       0    0.0   3.0     rest
        2       0    6.0   9.0      run
        """
        names = {
            task: np.array([*self.classes[task], ""])[self.y[:, i]]
            for i, task in enumerate(self.tasks)
        }
        columns = {name: _with_none(values) for name, values in (self.meta | names).items()}
        return frame({"groups": self.groups, **columns})

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

    def __getitems__(self, indices: Sequence[int]) -> list[tuple[torch.Tensor, torch.Tensor]]:
        """Return pairs of tensors (leads, L) and (tasks,), of which PyTorch makes a batch.

        A ``torch.utils.data.DataLoader`` calls this method, so it takes a set as it is.
        """
        import torch

        X, y = torch.from_numpy(self.X[indices]), torch.from_numpy(self.y[indices])
        return list(zip(X, y, strict=True))

    def __repr__(self) -> str:
        n, leads, length = self.X.shape
        labels = ", ".join(
            counted(len(self.classes[task]), f"{task} class", f"{task} classes") + _without(column)
            for task, column in zip(self.tasks, self.y.T, strict=True)
        )
        labels = labels or "no labels"
        origin = " (simulated)" if self.simulated else ""
        return (
            f"SegmentSet {self.name or 'without a name'}{origin}: {counted(n, 'segment')} of "
            f"{leads} x {counted(length, 'sample')} from "
            f"{counted(len(np.unique(self.groups)), 'recording')}; {labels}; "
            f"{self.dropped_seconds:.0f} s of recording in no segment"
        )

    def _repr_html_(self) -> str:
        n, leads, length = self.X.shape
        classes = {f"{task} classes": _listed(self.classes[task]) for task in self.tasks}
        facts = {
            "segments": n,
            "leads": ", ".join(self.lead_names) or leads,
            "samples": length,
            "recordings": len(np.unique(self.groups)),
            **classes,
            "signals": "simulated" if self.simulated else "recorded",
            "seconds in no segment": round(self.dropped_seconds),
        }
        return html_facts(f"SegmentSet {self.name}", facts)


def labelled_tasks(data: SegmentSet, rows: NDArray[np.int64]) -> tuple[str, ...]:
    """Return the tasks that have at least one known label among some segments."""
    return tuple(
        task for column, task in enumerate(data.tasks) if (data.y[rows, column] != UNKNOWN).any()
    )


def _without(column: NDArray[np.int64]) -> str:
    """Return how many of the labels of a task are unknown, in brackets."""
    unknown = int((column == UNKNOWN).sum())
    return f" ({unknown} without a label)" if unknown else ""


def _with_none(column: NDArray[Any]) -> NDArray[Any]:
    """Return a column in which None stands for an empty text."""
    if column.dtype.kind != "U":
        return column
    names = column.astype(object)
    names[column == ""] = None
    return names


def _listed(names: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(shortened(name, _LONGEST_NAME) for name in names[:most])
    return f"{len(names)}: {shown}" + ", ..." * (len(names) > most)


def __getattr__(name: str) -> Any:
    if name == "from_recordings":  # it was defined here in version 0.1.0
        import warnings
        from importlib import import_module

        warnings.warn(
            "dt4ecg.datasets.segment_set.from_recordings has moved; import it from dt4ecg.datasets",
            DeprecationWarning,
            stacklevel=2,
        )
        return import_module("dt4ecg.datasets.assembly").from_recordings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
