"""Heart rate over time, and windows of it as a segment set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common import numbers
from dt4ecg.datasets.segment_set import SegmentSet

_NAME = "HeartRateSeries"


@dataclass(frozen=True)
class Part:
    """A part of a recording whose labels hold for all of it.

    Attributes
    ----------
    start, stop : float
        Seconds from the start of the recording. A sample at `stop` is outside.
    labels : dict of str to str
        Label of each task, such as ``{"state": "relaxed"}``.
    rest : bool, default False
        Whether the person rested. The first such part sets the scale of the person.

    Examples
    --------
    >>> from dt4ecg.datasets import Part
    >>> Part(0, 300, {"state": "relaxed"}, rest=True).stop
    300
    """

    start: float
    stop: float
    labels: Mapping[str, str]
    rest: bool = False


@dataclass(frozen=True, eq=False)
class HeartRateSeries:
    """The heart rate or the RR intervals of one person, in the order of time.

    Attributes
    ----------
    times : array of float64, shape (n,)
        Seconds from the start of the recording, ascending.
    values : array of float64, shape (n,)
        Beats per minute once a second, or RR intervals in seconds.
    follows : array of bool, shape (n,)
        Whether a sample directly follows the one before it. False at the first one and after a gap.
    subject : str
        Name of the person.
    parts : sequence of Part
        Labelled parts. By default there is none.

    Raises
    ------
    ValueError
        If the arrays differ in length or are empty, numbers are not finite, or times do not ascend.

    See Also
    --------
    heart_rate_windows : Cut windows out of such series.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.datasets import HeartRateSeries
    >>> HeartRateSeries.from_rate(np.arange(3), [70, 71, 73], subject="Anna").follows.tolist()
    [False, True, True]
    """

    times: NDArray[np.float64]
    values: NDArray[np.float64]
    follows: NDArray[np.bool_]
    subject: str
    parts: Sequence[Part] = field(default=())

    def __post_init__(self) -> None:
        for name in ("times", "values"):
            array = np.asarray(getattr(self, name))
            if array.dtype.kind not in "iuf" or array.ndim != 1 or not len(array):
                raise ValueError(
                    f"{_NAME}: {name} must be numbers (n,), at least one, got {array.dtype} "
                    f"{array.shape}"
                )
            if not np.isfinite(array).all():
                at = int(np.argmin(np.isfinite(array)))
                raise ValueError(
                    f"{_NAME}: {name} must be finite, but number {at} is not; leave it out"
                )
            object.__setattr__(self, name, array.astype(np.float64))
        object.__setattr__(self, "follows", np.asarray(self.follows, bool))
        if not len(self.times) == len(self.values) == len(self.follows):
            raise ValueError(
                f"{_NAME}: times, values and follows must have equal lengths, got "
                f"{len(self.times)}, {len(self.values)} and {len(self.follows)}"
            )
        if (np.diff(self.times) <= 0).any():
            at = int(np.argmax(np.diff(self.times) <= 0)) + 1
            raise ValueError(
                f"{_NAME}: times must ascend, but number {at} is {self.times[at]:g} s after "
                f"{self.times[at - 1]:g} s; sort them"
            )

    @classmethod
    def from_rate(
        cls, times: Any, rate: Any, subject: str, parts: Sequence[Part] = ()
    ) -> HeartRateSeries:
        """Return a series of heart rates that a device gave once a second.

        Parameters
        ----------
        times : array-like (n,)
            Seconds, ascending. More than 1.5 s between two samples are a gap.
        rate : array-like (n,)
            Beats per minute.
        subject : str
        parts : sequence of Part, default ()

        Raises
        ------
        ValueError
            As the class.

        Examples
        --------
        >>> from dt4ecg.datasets import HeartRateSeries
        >>> HeartRateSeries.from_rate([0, 1, 9], [70, 71, 73], "Anna").follows.tolist()
        [False, True, False]
        """
        seconds = np.asarray(times)
        near = np.diff(seconds.astype(np.float64), prepend=-np.inf) <= 1.5
        return cls(seconds, np.asarray(rate), near, subject, parts)

    @classmethod
    def from_beats(
        cls, beats: Any, subject: str, parts: Sequence[Part] = (), kind: str = "rate"
    ) -> HeartRateSeries:
        """Return the heart rate once a second, or the RR intervals, of R peaks.

        Parameters
        ----------
        beats : Beats, or array-like (n,)
            As :func:`dt4ecg.beats.rr_intervals` takes them.
        subject : str
        parts : sequence of Part, default ()
        kind : {"rate", "rr"}, default "rate"
            ``"rate"`` gives for each whole second 60 divided by the RR interval that contains it.
            ``"rr"`` gives the intervals in seconds, each at its first R peak.

        Raises
        ------
        ValueError
            If `kind` is another text, there is no RR interval, or the beats are not legal.

        See Also
        --------
        dt4ecg.beats.find : Finds the R peaks of an ECG.

        Examples
        --------
        >>> from dt4ecg.datasets import HeartRateSeries
        >>> series = HeartRateSeries.from_beats([0.0, 0.8, 1.6, 2.2, 2.8, 3.4], "Anna")
        >>> series.times.tolist(), series.values.round(1).tolist()
        ([0.0, 1.0, 2.0, 3.0], [75.0, 75.0, 100.0, 100.0])
        """
        from dt4ecg.beats import rr_intervals

        if kind not in ("rate", "rr"):
            raise ValueError(f"from_beats: kind must be 'rate' or 'rr', got {kind!r}")
        intervals = rr_intervals(beats)
        if not len(intervals):
            raise ValueError("from_beats: the beats have no RR interval; pass at least two beats")
        if kind == "rr":
            return cls(intervals.starts, intervals.seconds, intervals.follows, subject, parts)
        stops = intervals.starts + intervals.seconds
        times = np.arange(np.ceil(intervals.starts[0]), stops[-1])
        index = np.searchsorted(intervals.starts, times, side="right") - 1
        inside = times < stops[index]
        return cls.from_rate(times[inside], 60 / intervals.seconds[index[inside]], subject, parts)


def heart_rate_windows(
    series: Iterable[HeartRateSeries],
    length: int = 60,
    step: int | None = None,
    normalize: bool = True,
    changes: bool = False,
    *,
    classes: Mapping[str, Sequence[str]] | None = None,
    name: str = "",
    citation: str = "",
) -> SegmentSet:
    """Cut windows out of the labelled parts of series.

    A window lies in one part and has no gap.

    Parameters
    ----------
    series : iterable of HeartRateSeries
        A person may have several.
    length : int, default 60
        Samples of a window: seconds of heart rate, or RR intervals.
    step : int, optional
        Samples from the start of a window to that of the next one. Default: `length`.
    normalize : bool, default True
        Subtract the mean of the first part of each person with ``rest=True``, and divide by its
        standard deviation, in all series of the person. A new person needs such a part, too.
        False keeps the values.
    changes : bool, default False
        Add a second lead: each value less the one before it, and 0 at the first one.
    classes : dict of str to sequence of str, optional
        Names and order of the classes of a task. Default: the labels that occur, sorted.
    name, citation : str, default ""

    Returns
    -------
    SegmentSet
        ``X`` is (n, 1, length), or (n, 2, length) with `changes`. Each part is a recording and
        a session of its own, numbered from 0 over all series of a person. A window stops where
        the next sample starts, so windows of RR intervals differ in duration.

    Raises
    ------
    ValueError
        If there is no window, a size is below 2 or 1, or a person to normalise has no part at rest,
        or values in it that do not vary.

    See Also
    --------
    dt4ecg.protocols.folds : ``"subject"`` with as many folds as people leaves out one at a time.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.datasets import HeartRateSeries, Part, heart_rate_windows
    >>> rate = 70 + 5 * np.sin(np.arange(300))
    >>> parts = [Part(0, 180, {"state": "relaxed"}, rest=True), Part(180, 300, {"state": "busy"})]
    >>> anna = HeartRateSeries.from_rate(np.arange(300), rate, "Anna", parts)
    >>> heart_rate_windows([anna])
    SegmentSet without a name: 5 segments of 1 x 60 samples from 2 recordings; 2 state classes; 0 s
    of recording in no segment
    """
    operation = "heart_rate_windows"
    length = numbers.integer(operation, "length", length, 2)
    step = length if step is None else numbers.integer(operation, "step", step, 1)
    of_person: dict[str, list[HeartRateSeries]] = defaultdict(list)
    for one in series:
        of_person[one.subject].append(one)
    rows: list[tuple[NDArray[np.float64], float, float, str, str, Mapping[str, str]]] = []
    for subject, own in of_person.items():
        mean, scale = _scale(own) if normalize else (0.0, 1.0)
        numbers_of_parts = count()
        for one, part in ((a, part) for a in own for part in a.parts):
            recording = f"{subject} {next(numbers_of_parts)}"
            for start, stop, values in _windows(one, part, length, step):
                times = start - part.start, stop - part.start
                rows.append(((values - mean) / scale, *times, subject, recording, part.labels))
    if not rows:
        raise ValueError(
            f"{operation}: no part has {length} samples without a gap; shorten the windows"
        )
    windows, starts, stops, people, recordings, labels = zip(*rows, strict=True)
    tasks = sorted({task for of_row in labels for task in of_row})
    X = np.stack(windows)[:, None]
    if changes:
        X = np.concatenate([X, np.diff(X, axis=-1, prepend=X[..., :1])], axis=1)
    data = SegmentSet.from_arrays(
        X,
        {task: [of_row.get(task) for of_row in labels] for task in tasks},
        groups=recordings,
        subject=people,
        session=recordings,
        start=starts,
        classes=classes,
        lead_names=("value", "change") if changes else ("value",),
        name=name,
        citation=citation,
    )
    return replace(data, meta=data.meta | {"stop": np.array(stops)})


def _windows(
    series: HeartRateSeries, part: Part, length: int, step: int
) -> Iterator[tuple[float, float, NDArray[np.float64]]]:
    """Yield start, stop and values of each window of a part."""
    times = series.times
    inside = np.flatnonzero((series.times >= part.start) & (series.times < part.stop))
    breaks = np.flatnonzero(~series.follows[inside[1:]]) + 1
    for run in np.split(inside, breaks):
        for first in range(0, len(run) - length + 1, step):
            rows = run[first : first + length]
            after = rows[-1] + 1
            if after < len(times) and series.follows[after]:
                stop = times[after]
            else:  # nothing follows: the last sample lasts as long as the one before it
                stop = 2 * times[rows[-1]] - times[rows[-2]]
            yield float(times[rows[0]]), float(stop), series.values[rows]


def _scale(own: Sequence[HeartRateSeries]) -> tuple[float, float]:
    """Return mean and standard deviation of a person's first part at rest."""
    series, rest = next(((one, p) for one in own for p in one.parts if p.rest), (own[0], None))
    if rest is None:
        raise ValueError(
            f"heart_rate_windows: {series.subject} has no part with rest=True, which normalize "
            "needs; mark one, or pass normalize=False"
        )
    values = series.values[(series.times >= rest.start) & (series.times < rest.stop)]
    if len(values) < 2 or not values.std() > 1e-6 * abs(values.mean()):
        raise ValueError(
            f"heart_rate_windows: {series.subject} has {len(values)} samples in the part at rest, "
            "or they do not vary; mark a longer part, or pass normalize=False"
        )
    return float(values.mean()), float(values.std())
