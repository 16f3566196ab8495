"""A recording: samples together with the facts that are known about them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.text import printable


class Interval(NamedTuple):
    """A label that holds for a part of a recording.

    Attributes
    ----------
    start, stop : float
        Seconds of stored samples since the first one, as the starts of segments; 0 <= start < stop.
    task : str
        ``"activity"`` or the name of another task.
    label : str

    Examples
    --------
    >>> from dt4ecg.io import Interval
    >>> Interval(0.0, 12.0, "activity", "rest").label
    'rest'
    """

    start: float
    stop: float
    task: str
    label: str


@dataclass(frozen=True, eq=False)
class Recording:
    """ECG from one person, as the recorder stored it.

    Parameters
    ----------
    samples : array of numbers, shape (T,) or (leads, T)
        Samples in any unit: preprocessing normalises the amplitude. NaN marks a lost sample. The
        attribute has the shape (leads, T).
    sampling_rate : float
        Measured sampling rate in Hz; it need not be a whole number.
    subject : str, optional
        Name of the person; None if it is unknown.
    activity : str, optional
        Activity of the person in the whole recording; None if it is unknown or changes.
    session : str, optional
        Name shared by recordings with the same electrode placement, such as a day or an electrode.
    gaps : tuple of int, default ()
        Indexes of the samples before which time was lost, 0 < gap < T. No segment crosses a gap.
    name : str, default ""
        Name of the recording in messages and in ``SegmentSet.meta``.
    mains_frequency : float, optional
        Mains frequency in Hz at the place of recording; None if it is unknown.
    lead_names : tuple of str, default ()
        Name of each lead, such as ``"II"``; empty if the names are unknown.
    units : tuple of str, default ()
        Unit of each lead, such as ``"mV"``; empty if the units are unknown.
    rate_source : str, default "argument"
        Where the sampling rate comes from, such as ``"file header"`` or ``"time column"``.
    start_time : datetime, optional
        Time of the first sample.
    labels : tuple of Interval, default ()
        Labels that hold for a part of the recording.
    notes : tuple of str, default ()
        What a reader left out or noticed, as sentences.
    extra : dict of str to str, default {}
        Other facts by name, such as further columns of a manifest.
    excluded : tuple of (start, stop), default ()
        Parts that were left out on request, in seconds of stored samples; their samples are NaN.

    Raises
    ------
    ValueError
        If the shape, the sampling rate, a gap or an interval is outside these ranges.

    See Also
    --------
    dt4ecg.read : Read a recording from a file or from an object of another package.
    dt4ecg.datasets.from_recordings : Cut recordings into labelled segments.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.io import Recording
    >>> recording = Recording(np.zeros((2, 5000)), 500.0, subject="Anna", activity="rest")
    >>> recording
    Recording(subject='Anna', activity='rest', 2 leads, 10.0 s at 500 Hz)
    >>> recording.n_leads, recording.seconds
    (2, 10.0)
    """

    samples: NDArray[Any]
    sampling_rate: float
    subject: str | None = None
    activity: str | None = None
    session: str | None = None
    gaps: tuple[int, ...] = ()
    name: str = ""
    mains_frequency: float | None = None
    lead_names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    rate_source: str = "argument"
    start_time: datetime | None = None
    labels: tuple[Interval, ...] = ()
    notes: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    excluded: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples)
        if samples.ndim not in (1, 2) or samples.shape[-1] == 0:
            raise ValueError(
                f"recording: samples must have shape (T,) or (leads, T), got {samples.shape}"
            )
        if samples.ndim == 2 and not 0 < samples.shape[0] <= samples.shape[1]:
            raise ValueError(
                f"recording: shape {samples.shape} has more leads than samples; "
                "leads come first, so transpose it"
            )
        if samples.dtype.kind not in "iuf":
            raise ValueError(f"recording: samples must be real numbers, got {samples.dtype}")
        rate = float(self.sampling_rate)
        if not (math.isfinite(rate) and rate > 0):
            raise ValueError(f"recording: sampling rate must be above 0 Hz, got {rate}")
        gaps = tuple(sorted(int(gap) for gap in self.gaps))
        if gaps and not 0 < gaps[0] <= gaps[-1] < samples.shape[-1]:
            raise ValueError(
                f"recording: gaps must lie inside the {samples.shape[-1]} samples, got {gaps}"
            )
        object.__setattr__(self, "samples", np.atleast_2d(samples))
        object.__setattr__(self, "sampling_rate", rate)
        object.__setattr__(self, "gaps", gaps)
        for attribute in ("lead_names", "units"):
            object.__setattr__(self, attribute, self._one_per_lead(attribute))
        object.__setattr__(self, "labels", _checked_intervals(self.labels))

    @property
    def n_leads(self) -> int:
        """Number of leads."""
        n_leads: int = self.samples.shape[0]
        return n_leads

    @property
    def seconds(self) -> float:
        """Duration of the stored samples in seconds, without the time lost in gaps."""
        n_samples: int = self.samples.shape[-1]
        return n_samples / self.sampling_rate

    def summary(self) -> str:
        """Return one line that says what was read: leads, duration, sampling rate and its source.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.io import Recording
        >>> Recording(np.zeros(5000), 500.0, name="anna.edf", lead_names=["II"]).summary()
        'anna.edf: 1 lead (II), 10.0 s at 500 Hz (argument)'
        """
        known = zip(self.lead_names, self.units or ("",) * self.n_leads, strict=False)
        names = ", ".join(f"{name} in {unit}" if unit else name for name, unit in known if name)
        facts = [
            f"{self._leads()}{f' ({names})' if names else ''}",
            f"{self.seconds:.1f} s at {self.sampling_rate:g} Hz ({self.rate_source})",
        ]
        if self.gaps:
            facts.append(f"{len(self.gaps)} gap{'s' * (len(self.gaps) > 1)}")
        found = dict.fromkeys(interval.label for interval in self.labels)
        if found:
            facts.append(f"labels over time: {', '.join(found)}")
        return printable(
            "; ".join([f"{self.name or 'recording'}: {', '.join(facts)}", *self.notes])
        )

    def plot(
        self,
        model: Any = None,
        preprocessor: Any = None,
        lead: int = 0,
        points: int = 20_000,
        quality: bool = True,
        live: bool = False,
        title: str = "",
    ) -> Any:
        """Plot the recording to scroll through, in a browser or a notebook.

        The raw and the filtered signal are above ribbons with labels, predictions and quality. A
        slider below them moves the visible part.

        Parameters
        ----------
        model : DT4ECGClassifier, optional
            Its predictions become a ribbon for each task.
        preprocessor : Preprocessor, optional
            It filters, and without a model it cuts the segments whose quality is shown. Default:
            that of the model, else one with a notch at ``mains_frequency``.
        lead : int, default 0
            Position of the lead to show.
        points : int, default 20000
            Most points of each signal that are sent. A longer signal is reduced to the smallest and
            the largest sample of each part, so that every peak stays visible.
        quality : bool, default True
            Show which segments look like an ECG; this takes a second for each hour or so.
        live : bool, default False
            Return a widget for Jupyter, which sends the visible part again after each zoom, with up
            to `points` points of each signal. It needs a running kernel.
        title : str, default the name of the recording
            Title of the figure.

        Returns
        -------
        plotly.graph_objects.Figure or FigureWidget
            ``show()`` opens it in a browser, and ``write_html(path)`` saves it.

        Raises
        ------
        ImportError
            If plotly, or anywidget for ``live``, is not installed.
        ValueError
            If there is no such lead, `points` is below 2, the model has no preprocessor, or the
            sampling rate is too low for a filter.

        See Also
        --------
        dt4ecg.plots.trace : A stretch as a picture of matplotlib.

        Examples
        --------
        >>> import dt4ecg
        >>> recording = dt4ecg.datasets.simulate_cohort(subjects=1, seconds=30, seed=0)[0]
        >>> figure = recording.plot()
        >>> [trace.name for trace in figure.data]
        ['raw', 'filtered', 'rest', 'usable']
        """
        # The plots are above this layer. They are looked up by name when they are used, as pandas
        # looks up its plotting backend.
        view = import_module("dt4ecg.plots.viewer").view
        return view(self, model, preprocessor, lead, points, quality, live, title)

    def __repr__(self) -> str:
        facts = ", ".join(
            f"{key}={value!r}"
            for key in ("name", "subject", "activity", "session")
            if (value := getattr(self, key))
        )
        size = f"{self._leads()}, {self.seconds:.1f} s at {self.sampling_rate:g} Hz"
        return f"Recording({', '.join(filter(None, (facts, size)))})"

    def _leads(self) -> str:
        return f"{self.n_leads} lead{'s' * (self.n_leads > 1)}"

    def _one_per_lead(self, field: str) -> tuple[str, ...]:
        values = getattr(self, field)
        texts = (values,) if isinstance(values, str) else tuple(map(str, values))
        if texts and len(texts) != self.n_leads:
            raise ValueError(
                f"recording: {field} must have one entry for each of {self.n_leads} leads, "
                f"got {texts}"
            )
        return texts


def _checked_intervals(labels: Iterable[Iterable[Any]]) -> tuple[Interval, ...]:
    intervals = tuple(Interval(*entry) for entry in labels)
    for interval in intervals:
        if not 0 <= interval.start < interval.stop < math.inf:
            raise ValueError(
                "recording: an interval needs 0 <= start < stop in seconds, got "
                f"{interval.start} to {interval.stop} ({interval.label!r})"
            )
    return intervals
