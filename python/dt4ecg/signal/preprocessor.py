"""Turn recordings into segments by the preprocessing of the paper."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from dt4ecg import _core
from dt4ecg._common.numbers import integer
from dt4ecg.signal.inputs import Input, as_columns, as_leads, as_lists
from dt4ecg.signal.outcomes import (
    Segmented,
    as_segmented,
    raise_first,
    require_finite_result,
    warn_of_empty,
    warn_of_flat,
)
from dt4ecg.signal.settings import PreprocessorSettings
from dt4ecg.signal.stream import Stream


class Preprocessor(PreprocessorSettings):
    """High-pass, notch, resampling, normalisation and segmentation, in this order.

    Parameters
    ----------
    target_rate : float or None, default 100
        Sampling rate of the segments in Hz; None keeps that of the recorder.
    highpass : float or None, default 0.5
        Cutoff of the Butterworth high-pass in Hz; None leaves it out.
    notch : float or None, default 60.0
        Mains frequency in Hz; None leaves the notch out.
    normalize : {"record", "segment", "training", "zscore", None}, default "record"
        Range of samples whose minimum and maximum become 0 and 1, for each lead: the pieces of the
        recording that give segments, the segment, or the recordings given to :meth:`fit` (other
        recordings may then leave [0, 1]). ``"zscore"``, which the paper does not use, gives each
        lead of a segment mean 0 and standard deviation 1. Flat leads become 0, with a UserWarning.
    segment_seconds : float, default 3.0
        Length of a segment: L = round(segment_seconds * target_rate) samples.
    overlap : float, default 0.0
        Fraction of a segment that overlaps the segment before it, in [0, 1).
    zero_phase : bool, default True
        Filter forward and backward. False is the causal chain of :meth:`stream`, which ends
        10 / min(sampling_rate, target_rate) seconds early, the look-ahead of its resampler.
    nan : {"raise", "interpolate", "drop"}, default "raise"
        For NaN or infinite samples: raise ValueError, bridge them by straight lines, or treat them
        as a gap in all leads.
    sampling_rate : float or None, default None
        Sampling rate of the recorder in Hz, used where a method is not given another.
    highpass_order : int, default 4
        Order of the high-pass, 1 to 20. The paper does not state it.
    notch_quality : float, default 30.0
        Centre frequency divided by the -3 dB width. The paper does not state it.

    Attributes
    ----------
    limits_ : array of float64, shape (leads, 2)
        Lowest and highest sample after filtering and resampling. :meth:`fit` sets it for
        ``normalize="training"``.

    See Also
    --------
    dt4ecg.signal : The steps as functions.
    Stream : The same for a recording that arrives in chunks.

    Notes
    -----
    The filters work at the recorder's rate, before resampling: at the paper's 100 Hz, mains
    interference of 60 Hz appears at 40 Hz, where a notch would remove the heart's signal too. No
    segment crosses a gap: each piece between gaps is filtered, resampled and cut on its own, and
    pieces that are too short for a segment are dropped.

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
        x : array or tensor, shape (T,) or (leads, T)
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
            If the sampling rate is too low for a filter, samples are NaN with ``nan="raise"``, or
            a setting or the shape is not legal.
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
        records : sequence of arrays or tensors, each (T,) or (leads, T)
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
        columns = (
            [result.segments for result in results],
            [result.starts for result in results],
            [result.dropped for result in results],
        )
        return _requested(columns, return_starts, return_dropped)

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
        outcomes = self._outcomes(recordings, rates, before)
        segments = {i: one for i, one in enumerate(outcomes) if not isinstance(one, Exception)}
        warn_of_empty(segments, len(outcomes), stacklevel=2)
        warn_of_flat("transform", segments.values(), stacklevel=2)
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
        found = _core.signal.fit_limits(self._settings(limits=()), *as_columns(inputs))
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

    def stream(self, sampling_rate: float | None = None) -> Stream:
        """Return the causal chain for a recording that arrives in chunks.

        Its segments equal those of ``transform`` with ``zero_phase=False`` to the bit. The setting
        ``zero_phase`` of this object has no influence.

        Parameters
        ----------
        sampling_rate : float, optional
            Sampling rate of the recorder in Hz; default: that of the constructor.

        Raises
        ------
        ValueError
            If ``normalize="record"`` or ``nan="interpolate"``, which need samples of the future.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> stream = Preprocessor(notch=50, normalize="segment").stream(500)
        >>> stream.push(np.random.default_rng(0).normal(size=5000)).shape
        (3, 1, 300)
        """
        rate = self._rate(sampling_rate)
        return Stream(_core.signal.Stream(self._settings(), rate))

    def at_mains(self, frequency: float | None) -> Preprocessor:
        """Return a copy whose notch, if there is one, is at another mains frequency.

        Fitted limits are kept, so that segments stay on the scale on which a network was trained.

        Parameters
        ----------
        frequency : float or None
            Mains frequency in Hz; None leaves the notch out, for recordings without interference.

        Examples
        --------
        >>> from dt4ecg import Preprocessor
        >>> Preprocessor().at_mains(50)
        Preprocessor(notch=50)
        >>> Preprocessor(notch=None).at_mains(50)
        Preprocessor(notch=None)
        """
        other = copy.deepcopy(self)
        return other if self.notch is None else other.set_params(notch=frequency)

    def _segment(
        self,
        records: Sequence[Any],
        sampling_rates: Sequence[float | None],
        gaps: Sequence[Iterable[int]],
    ) -> list[Segmented]:
        """Return the segments of all recordings, or raise the first error."""
        outcomes = raise_first(self._outcomes(records, sampling_rates, gaps))
        warn_of_empty(dict(enumerate(outcomes)), len(outcomes), stacklevel=3)
        warn_of_flat("transform", outcomes, stacklevel=3)
        return [as_segmented(x, outcome) for x, outcome in zip(records, outcomes, strict=True)]

    def _outcomes(
        self,
        records: Sequence[Any],
        sampling_rates: Sequence[float | None],
        gaps: Sequence[Iterable[int]],
    ) -> list[_core.signal.Segments | Exception]:
        """Return for each recording its segments, or the error that `transform` raises for it."""
        settings = self._settings()
        inputs: dict[int, Input] = {}
        outcomes: dict[int, _core.signal.Segments | Exception] = {}
        for i, one in enumerate(zip(records, sampling_rates, gaps, strict=True)):
            try:
                inputs[i] = self._input(*one)
            except (ValueError, TypeError) as error:
                outcomes[i] = error
        results = _core.signal.transform(settings, *as_columns(inputs.values()))
        for i, result in zip(inputs, results, strict=True):
            outcomes[i] = result
            try:
                if not isinstance(result, Exception):
                    require_finite_result("transform", result)
            except ValueError as error:
                outcomes[i] = error
        return [outcomes[i] for i in range(len(records))]

    def _input(self, x: Any, sampling_rate: float | None, gaps: Iterable[int]) -> Input:
        return Input(
            as_leads("transform", x),
            self._rate(sampling_rate),
            [integer("transform", "each of gaps", gap, 1) for gap in gaps],
        )


def _requested(result: Sequence[Any], return_starts: bool, return_dropped: bool) -> Any:
    """Return the segments alone, or a tuple of the segments and what else was requested."""
    segments, starts, dropped = result
    more = [starts] * return_starts + [dropped] * return_dropped
    return (segments, *more) if more else segments
