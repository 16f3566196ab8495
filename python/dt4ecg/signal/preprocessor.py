"""Turn recordings into segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from dt4ecg import _core
from dt4ecg._common.numbers import integer
from dt4ecg.io.recording import Recording
from dt4ecg.signal.inputs import (
    Input,
    as_leads,
    as_lists,
    core_arguments,
    excluded_samples,
    gaps_of,
    rate_of,
    samples_of,
)
from dt4ecg.signal.outcomes import (
    Segmented,
    as_segmented,
    raise_first,
    warn_of_empty,
    warn_of_flat,
    warn_of_repairs,
    without_lost,
)
from dt4ecg.signal.settings import PreprocessorSettings
from dt4ecg.signal.stream import Stream


class Preprocessor(PreprocessorSettings):
    """Filters, resampling, segmentation and normalisation.

    Parameters
    ----------
    target_rate : float or None, default 100
        Sampling rate of the segments in Hz; None keeps that of the recorder.
    highpass : float or None, default 0.5
        Cutoff of the Butterworth high-pass in Hz; None leaves it out.
    notch : float or None, default 60.0
        Mains frequency in Hz; None leaves the notch out.
    normalize : {"zscore", "segment", "record", "training", None}, default "zscore"
        Scale of each lead. ``"zscore"`` gives each lead of a segment mean 0 and standard deviation
        1. The others map a minimum and a maximum to 0 and 1: those of the segment, of all pieces of
        the recording that give segments (as in the paper), or of the recordings given to
        :meth:`fit` (other recordings may then leave [0, 1]). With ``"record"``, one bad sample
        changes the scale of all segments. Flat leads become 0, with a UserWarning.
    segment_seconds : float, default 3.0
        Length of a segment: L = round(segment_seconds * target_rate) samples.
    overlap : float, default 0.0
        Fraction of a segment that overlaps the segment before it, in [0, 1).
    zero_phase : bool, default True
        Filter forward and backward. False is the causal chain of :meth:`stream`, which ends
        10 / min(sampling_rate, target_rate) seconds early, the look-ahead of its resampler.
    nan : {"interpolate", "drop", "raise"}, default "interpolate"
        For lost samples, which are NaN, infinite, beyond 1e30, or found by ``find_lost``: bridge
        short holes by straight lines and treat longer ones as gaps in all leads; treat all of them
        as gaps; or raise ValueError. With ``"interpolate"``, a UserWarning counts them. Excluded
        parts are always gaps.
    sampling_rate : float or None, default None
        Sampling rate of the recorder in Hz, used where a method is not given another.
    highpass_order : int, default 4
        Order of the high-pass, 1 to 20. The paper does not state it.
    notch_quality : float, default 30.0
        Centre frequency divided by the -3 dB width. The paper does not state it.
    settle : bool, default True
        Keep the transients of the filters out of the segments. Zero-phase filters then continue
        each piece at both ends by its mirror image, and hum by a fitted sinusoid, until they have
        settled. Causal ones leave out the time in which the notch settles, 0.73 s at 60 Hz, at each
        start of a piece. False pads as SciPy does, and leaves nothing out.
    max_interpolate_seconds : float, default 0.1
        Longest hole that ``nan="interpolate"`` bridges, 0 to 3600. It needs a sample on both sides.
    find_lost : bool, default True
        Take as lost: the codes -32768, 32767, those of 24 and 32 bits, and 999 to 9999999 with
        either sign where the signal jumps to them, and with ``zero_phase`` also outliers. A
        UserWarning gives lead, value and number. An outlier is farther from the median than 20
        times the distance between the 1 % and the 99 % quantile of the other samples.

    Attributes
    ----------
    limits_ : array of float64, shape (leads, 2)
        Lowest and highest sample after filtering and resampling. :meth:`fit` sets it for
        ``normalize="training"``.
    lead_names_ : tuple of str
        Names of the leads of the recordings that gave a training set; empty if unknown. A model
        takes the leads of a recording by these names.

    See Also
    --------
    dt4ecg.signal : The steps as functions.
    dt4ecg.signal.Stream : The same for a recording that arrives in chunks.

    Notes
    -----
    The filters work at the recorder's rate, before resampling: at the paper's 100 Hz, mains
    interference of 60 Hz appears at 40 Hz, where a notch would remove the heart's signal too. The
    notch comes before the high-pass, so that hum at the ends does not disturb the high-pass; with
    ``settle=False`` it comes after it. No segment crosses a gap: each piece between gaps is
    filtered, resampled and cut on its own, and pieces that are too short for a segment are dropped.
    The preprocessing of the paper is :meth:`paper`.

    References
    ----------
    You et al. (2025), section II-B.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import Preprocessor
    >>> pre = Preprocessor(notch=50)
    >>> pre
    Preprocessor(notch=50)
    >>> noise = np.random.default_rng(0).normal(size=(2, 5000))  # two leads, 10 s
    >>> segments = pre.transform(noise, 500)
    >>> segments.shape
    (3, 2, 300)
    """

    def segment(
        self, x: Any, sampling_rate: float | None = None, gaps: Iterable[int] = ()
    ) -> Segmented:
        """Return the segments of one recording with starts, quality, and what was left out.

        Parameters
        ----------
        x : Recording, or array or tensor of shape (T,) or (leads, T)
        sampling_rate, gaps
            As :meth:`transform`.

        Returns
        -------
        Segmented
            Its segments, starts, dropped time, repairs and quality.

        Raises
        ------
        ValueError, TypeError
            As :meth:`transform`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> noise = np.random.default_rng(0).normal(size=5000)  # 10 s at 500 Hz
        >>> found = Preprocessor(notch=50).segment(noise, 500)
        >>> found.segments.shape, found.starts, found.dropped.seconds
        ((3, 1, 300), array([0., 3., 6.]), 1.0)
        """
        (result,) = self._segment([x], [sampling_rate], [gaps], quality=True)
        return result

    def transform(
        self,
        x: Any,
        sampling_rate: float | None = None,
        return_starts: bool = False,
        gaps: Iterable[int] = (),
        return_dropped: bool = False,
    ) -> Any:
        """Return the segments of one recording.

        Parameters
        ----------
        x : Recording, or array or tensor of shape (T,) or (leads, T)
            A Recording has its own sampling rate and gaps.
        sampling_rate : float, optional
            Sampling rate of the recorder in Hz; default: that of the constructor.
        return_starts : bool, default False
            Also return the starts of the segments.
        gaps : iterable of int, default ()
            Indexes of the samples before which time was lost, 1 to T - 1.
        return_dropped : bool, default False
            Also return the time that is in no segment.

        Returns
        -------
        segments : array or tensor, shape (n, leads, L)
            float64 for float64 samples, else float32. n is 0, with a UserWarning, if no piece is
            long enough.
        starts : array of float64, shape (n,)
            Start of each segment in seconds of recorded samples; gaps take no time. Only with
            ``return_starts``.
        dropped : Dropped
            Only with ``return_dropped``.

        Raises
        ------
        ValueError
            If the sampling rate is too low for a filter or contradicts the Recording, samples are
            lost with ``nan="raise"``, or a setting or the shape is not legal.
        TypeError
            If the samples are not float32, float64 or integers.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> noise = np.random.default_rng(0).normal(size=5000)  # 10 s at 500 Hz
        >>> segments, starts = Preprocessor(notch=50).transform(noise, 500, return_starts=True)
        >>> starts
        array([0., 3., 6.])
        """
        (result,) = self._segment([x], [sampling_rate], [gaps])
        return _requested(result, return_starts, return_dropped)

    def transform_many(
        self,
        records: Sequence[Any],
        sampling_rates: float | Sequence[float] | None = None,
        gaps: Sequence[Iterable[int]] | None = None,
        return_starts: bool = False,
        return_dropped: bool = False,
    ) -> Any:
        """Apply :meth:`transform` to each recording, in parallel on torch's threads.

        Parameters
        ----------
        records : sequence of Recordings, arrays or tensors, the last two (T,) or (leads, T)
        sampling_rates : float or sequence of float, optional
            One for all, or one per recording, in Hz.
        gaps : sequence of iterables of int, optional
            One per recording.
        return_starts, return_dropped : bool, default False
            As :meth:`transform`.

        Returns
        -------
        segments, starts, dropped : list
            One entry per recording, as :meth:`transform` returns them.

        Raises
        ------
        ValueError, TypeError
            As :meth:`transform`; the text starts with the index of the first bad recording.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> noise = np.random.default_rng(0).normal(size=5000)
        >>> segments = Preprocessor(notch=50).transform_many([noise, noise], [500, 250])
        >>> [len(of_recording) for of_recording in segments]
        [3, 6]
        """
        results = self._segment(*as_lists(records, sampling_rates, gaps))
        columns = zip(*results, strict=True) if results else [[] for _ in Segmented._fields]
        many = Segmented(*map(list, columns))  # type: ignore[arg-type]
        return _requested(many, return_starts, return_dropped)

    def transform_each(
        self,
        records: Sequence[Any],
        sampling_rates: float | Sequence[float] | None = None,
        gaps: Sequence[Iterable[int]] | None = None,
    ) -> list[Segmented | Exception]:
        """Apply :meth:`transform` to each recording; an error in one does not stop the others.

        Parameters
        ----------
        records, sampling_rates, gaps
            As :meth:`transform_many`.

        Returns
        -------
        list of Segmented or Exception
            For each recording its segments, or the ValueError or TypeError that :meth:`transform`
            raises for it.

        Raises
        ------
        ValueError, TypeError
            If a setting is not legal, or the lists have different lengths.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> good, bad = np.sin(np.arange(4000) / 20), np.full(4000, np.nan)
        >>> first, second = Preprocessor().transform_each([good, bad], 500)
        >>> first.segments.shape
        (2, 1, 300)
        >>> type(second).__name__, second.parameter
        ('InvalidArgument', 'samples')
        """
        recordings, rates, before = as_lists(records, sampling_rates, gaps)
        outcomes = self._outcomes(recordings, rates, before, quality=True)
        segments = {i: one for i, one in enumerate(outcomes) if not isinstance(one, Exception)}
        warn_of_empty(segments, len(outcomes), stacklevel=2)
        warn_of_flat("transform", segments.values(), stacklevel=2)
        self._warn_of_repairs(segments, stacklevel=2)
        return [
            one if isinstance(one, Exception) else as_segmented(x, one)
            for x, one in zip(recordings, outcomes, strict=True)
        ]

    def fit(
        self,
        records: Sequence[Any],
        sampling_rates: float | Sequence[float] | None = None,
        gaps: Sequence[Iterable[int]] | None = None,
    ) -> Preprocessor:
        """Take the limits of each lead from training recordings.

        This is needed for ``normalize="training"`` only. Otherwise nothing is computed.

        Parameters
        ----------
        records, sampling_rates, gaps
            As :meth:`transform_many`. All recordings must have the same leads.

        Returns
        -------
        Preprocessor
            This object, with ``limits_``.

        Raises
        ------
        ValueError, TypeError
            As :meth:`transform_many`. Also ValueError if the numbers of leads differ, or no
            recording is long enough for one segment.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> noise = np.random.default_rng(0).normal(size=5000)
        >>> pre = Preprocessor(notch=50, normalize="training").fit([noise, 2 * noise], 500)
        >>> pre.limits_.shape
        (1, 2)
        """
        if self.normalize != "training":
            return self
        lists = as_lists(records, sampling_rates, gaps)
        inputs = [self._input(*one) for one in zip(*lists, strict=True)]
        settings = self._settings(limits=())
        if self.nan == "raise" and excluded_samples(lists[0]):
            # Other lost samples are refused where the segments are cut.
            settings.non_finite = _core.signal.NonFinite.drop
        found = _core.signal.fit_limits(settings, *core_arguments(inputs))
        limits = [np.array(record) for record in found if record]
        if not limits:
            raise ValueError(
                f"fit: none of {len(found)} recordings has a piece of {self.segment_seconds} s"
            )
        leads = sorted({len(record) for record in limits})
        if len(leads) > 1:
            raise ValueError(f"fit: all recordings must have the same leads, got {leads} leads")
        low, high = np.min(limits, axis=0)[:, 0], np.max(limits, axis=0)[:, 1]
        self.limits_ = np.stack([low, high], axis=1)
        return self

    def stream(self, sampling_rate: float | Recording | None = None) -> Stream:
        """Return the causal chain for a recording that arrives in chunks.

        Its segments equal those of ``transform`` with ``zero_phase=False`` to the bit. The setting
        ``zero_phase`` of this object has no influence.

        Parameters
        ----------
        sampling_rate : float or Recording, optional
            Sampling rate of the recorder in Hz, or a Recording that has it; default: that of the
            constructor.

        Raises
        ------
        ValueError
            If ``normalize="record"``, which needs the whole recording.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> stream = Preprocessor(notch=50).stream(500)
        >>> stream.push(np.random.default_rng(0).normal(size=5000)).shape
        (3, 1, 300)
        """
        recorder = sampling_rate
        rate = self._rate(recorder.sampling_rate if isinstance(recorder, Recording) else recorder)
        settings = self._settings()
        settings.quality = True
        core = _core.signal.Stream(settings, rate)
        return Stream(core, {**self.to_dict(), "stream_rate": rate})

    def _segment(
        self,
        records: Sequence[Any],
        sampling_rates: Sequence[float | None],
        gaps: Sequence[Iterable[int]],
        quality: bool = False,
    ) -> list[Segmented]:
        """Return the segments of all recordings, or raise the first error."""
        outcomes = raise_first(self._outcomes(records, sampling_rates, gaps, quality))
        warn_of_empty(dict(enumerate(outcomes)), len(outcomes), stacklevel=3)
        warn_of_flat("transform", outcomes, stacklevel=3)
        self._warn_of_repairs(dict(enumerate(outcomes)), stacklevel=3)
        return [as_segmented(x, outcome) for x, outcome in zip(records, outcomes, strict=True)]

    def _outcomes(
        self,
        records: Sequence[Any],
        sampling_rates: Sequence[float | None],
        gaps: Sequence[Iterable[int]],
        quality: bool = False,
    ) -> list[_core.signal.Segments | Exception]:
        """Return for each recording its segments, or the error that `transform` raises for it."""
        settings = self._settings()
        settings.quality = quality
        inputs: dict[int, Input] = {}
        outcomes: dict[int, _core.signal.Segments | Exception] = {}
        for i, one in enumerate(zip(records, sampling_rates, gaps, strict=True)):
            try:
                inputs[i] = self._input(*one)
            except (ValueError, TypeError) as error:
                outcomes[i] = error
        excluded = excluded_samples(records) if self.nan == "raise" else {}
        plain = {i: x for i, x in inputs.items() if i not in excluded}
        results = _core.signal.transform(settings, *core_arguments(plain.values()))
        outcomes.update(zip(plain, results, strict=True))
        partial = {i: x for i, x in inputs.items() if i in excluded}
        settings.non_finite = _core.signal.NonFinite.drop
        results = _core.signal.transform(settings, *core_arguments(partial.values()))
        for (i, x), result in zip(partial.items(), results, strict=True):
            outcomes[i] = without_lost(result, x.samples[:, ~excluded[i]])
        return [outcomes[i] for i in range(len(records))]

    def _input(self, x: Any, sampling_rate: float | None, gaps: Iterable[int]) -> Input:
        return Input(
            as_leads("transform", samples_of(x)),
            self._rate(rate_of("transform", x, sampling_rate)),
            [integer("transform", "each of gaps", gap, 1) for gap in gaps_of("transform", x, gaps)],
        )

    def _warn_of_repairs(
        self, segments: Mapping[int, _core.signal.Segments], stacklevel: int
    ) -> None:
        """Warn of samples taken as lost, and with ``nan="interpolate"`` also of holes."""
        if self.nan != "interpolate":
            segments = {i: found for i, found in segments.items() if found.lost}
        warn_of_repairs("transform", segments, stacklevel=stacklevel + 1)


def _requested(result: Segmented, return_starts: bool, return_dropped: bool) -> Any:
    """Return the segments alone, or a tuple of the segments and what else was requested."""
    more = [result.starts] * return_starts + [result.dropped] * return_dropped
    return (result.segments, *more) if more else result.segments
