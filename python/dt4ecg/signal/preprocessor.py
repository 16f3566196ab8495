"""From a recording to segments: the paper's preprocessing with its settings in one object."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import like, to_numpy
from dt4ecg._common.numbers import integer, number
from dt4ecg.signal.filters import HIGHEST_ORDER

__all__ = ["Dropped", "Preprocessor", "Segmented", "Stream"]

NAN_POLICIES = ("raise", "interpolate", "drop")
_NORMALIZE = ("record", "segment", "training", "zscore", None)
_MAXIMUM_LEADS = 64


class Dropped(NamedTuple):
    """What of a recording lies in no segment.

    `seconds` of signal in all (ends of pieces, short pieces, missing samples), and the number of
    `pieces` between gaps that were too short for one segment or for the filters.
    """

    seconds: float
    pieces: int


class Segmented(NamedTuple):
    """The segments of one recording.

    `segments` (n, leads, L), the `starts` (n,) of the segments in seconds, and what was `dropped`.
    """

    segments: NDArray[Any]
    starts: NDArray[np.float64]
    dropped: Dropped


# Samples (leads, T), sampling rate in Hz, and gaps of one recording.
_Input = tuple[NDArray[Any], float, list[int]]


class Preprocessor:
    """High-pass, notch, resampling, min-max and segmentation, in this order.

    The filters work at the recorder's rate, before resampling: a 60 Hz line cannot be notched at
    the paper's 100 Hz, where it appears at 40 Hz. Gaps are never crossed: each piece between gaps
    is filtered, resampled and cut by itself, and pieces too short for a segment are dropped.

    Parameters
    ----------
    target_rate : float or None
        Rate of the segments in Hz; None keeps the recorder's.
    highpass : float or None
        Cutoff of the Butterworth high-pass in Hz; None leaves it out.
    notch : float or None
        Mains frequency in Hz; None leaves the notch out.
    normalize : {"record", "segment", "training", "zscore", None}
        Over what the minimum and maximum of each lead are taken that become 0 and 1: the pieces of
        the recording that give segments, each segment, or the recordings given to `fit` (then other
        recordings may leave [0, 1]). ``"zscore"`` is not the paper's: each lead of a segment with
        mean 0 and standard deviation 1. Flat leads become 0, with a UserWarning.
    segment_seconds : float
        L = round(segment_seconds * target_rate) samples.
    overlap : float
        Fraction in [0, 1) that a segment shares with the one before.
    zero_phase : bool
        True filters forward and backward; False is the causal chain of `stream`, which also ends
        10 / min(sampling_rate, target_rate) seconds early: the look-ahead of its resampler.
    nan : {"raise", "interpolate", "drop"}
        NaN or infinite samples raise ValueError, are bridged by lines, or become gaps in all leads.
    sampling_rate : float or None
        The recorder's rate in Hz where `transform` is not told another.
    highpass_order : int
        1 to 20. Not given in the paper.
    notch_quality : float
        Frequency over -3 dB width. Not given in the paper.

    Attributes
    ----------
    limits_ : array of float64, shape (leads, 2)
        Lowest and highest sample after filtering and resampling, where `fit` was needed.
    """

    limits_: NDArray[np.float64]

    def __init__(
        self,
        target_rate: float | None = 100,
        highpass: float | None = 0.5,
        notch: float | None = 60.0,
        normalize: str | None = "record",
        segment_seconds: float = 3.0,
        overlap: float = 0.0,
        zero_phase: bool = True,
        nan: str = "raise",
        sampling_rate: float | None = None,
        highpass_order: int = 4,
        notch_quality: float = 30.0,
    ) -> None:
        self.target_rate = target_rate
        self.highpass = highpass
        self.notch = notch
        self.normalize = normalize
        self.segment_seconds = segment_seconds
        self.overlap = overlap
        self.zero_phase = zero_phase
        self.nan = nan
        self.sampling_rate = sampling_rate
        self.highpass_order = highpass_order
        self.notch_quality = notch_quality

    def transform(
        self,
        x: Any,
        sampling_rate: float | None = None,
        return_starts: bool = False,
        gaps: Iterable[int] = (),
        return_dropped: bool = False,
    ) -> Any:
        """Segments of one recording.

        Parameters
        ----------
        x : array or tensor, shape (T,) or (leads, T)
        sampling_rate : float, optional
            Of the recorder, in Hz.
        gaps : iterable of int
            Sample indexes before which a gap lies, 1 to T - 1.
        return_starts, return_dropped : bool
            What else to return.

        Returns
        -------
        segments : array or tensor, shape (n, leads, L)
            float64 for float64 samples, else float32. n is 0, with a UserWarning, where no piece is
            long enough.
        starts : array of float64, shape (n,)
            Start of each segment in seconds of recorded samples (gaps take no time).
        dropped : Dropped

        Raises
        ------
        ValueError
            A rate too low for a filter, NaN with ``nan="raise"``, a bad setting or shape.
        TypeError
            Samples that are not float32, float64 or integers.
        """
        (segments,) = _raise_first(self._outcomes([x], [sampling_rate], [gaps]))
        _warn_of_empty([segments])
        _warn_of_flat("transform", [segments])
        extras = ([segments.start_seconds] if return_starts else []) + (
            [_dropped(segments)] if return_dropped else []
        )
        result = like(x, segments.samples, np.float32)
        return (result, *extras) if extras else result

    def transform_many(
        self,
        records: Sequence[Any],
        sampling_rates: float | Sequence[float] | None = None,
        gaps: Sequence[Iterable[int]] | None = None,
        return_starts: bool = False,
        return_dropped: bool = False,
    ) -> Any:
        """`transform` of each recording, side by side on torch's threads.

        Parameters
        ----------
        records : sequence of arrays or tensors, each (T,) or (leads, T)
        sampling_rates : float or sequence of float, optional
            One for all, or one per recording, in Hz.
        gaps : sequence of iterables of int, optional
            One per recording.
        return_starts, return_dropped : bool
            What else to return.

        Returns
        -------
        segments, starts, dropped : lists with one entry per recording, as of `transform`

        Raises
        ------
        ValueError, TypeError
            As `transform`; the text starts with the index of the first recording that fails.
        """
        results = _raise_first(self._outcomes(*_lists(records, sampling_rates, gaps)))
        _warn_of_empty(results)
        _warn_of_flat("transform", results)
        segments = [
            like(x, result.samples, np.float32) for x, result in zip(records, results, strict=True)
        ]
        extras = ([[r.start_seconds for r in results]] if return_starts else []) + (
            [[_dropped(r) for r in results]] if return_dropped else []
        )
        return (segments, *extras) if extras else segments

    def transform_each(
        self,
        records: Sequence[Any],
        sampling_rates: float | Sequence[float] | None = None,
        gaps: Sequence[Iterable[int]] | None = None,
    ) -> list[Segmented | Exception]:
        """`transform` of each recording; an error in one recording does not stop the others.

        Parameters
        ----------
        records, sampling_rates, gaps
            As in `transform_many`.

        Returns
        -------
        results : list of Segmented or Exception
            For each recording its segments, or the ValueError or TypeError that `transform` raises
            for it.

        Raises
        ------
        ValueError, TypeError
            A bad setting, or lists of different lengths.

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
        records, rates, gaps = _lists(records, sampling_rates, gaps)
        outcomes = self._outcomes(records, rates, gaps)
        _warn_of_empty(outcomes)
        _warn_of_flat("transform", [one for one in outcomes if not isinstance(one, Exception)])
        return [
            outcome
            if isinstance(outcome, Exception)
            else Segmented(
                like(x, outcome.samples, np.float32), outcome.start_seconds, _dropped(outcome)
            )
            for x, outcome in zip(records, outcomes, strict=True)
        ]

    def fit(
        self,
        records: Sequence[Any],
        sampling_rates: float | Sequence[float] | None = None,
        gaps: Sequence[Iterable[int]] | None = None,
    ) -> Preprocessor:
        """Take the limits of each lead from training recordings.

        Needed only for ``normalize="training"``; otherwise there is nothing to learn, and nothing
        is computed. Arguments as of `transform_many`; all recordings must have the same leads.

        Raises
        ------
        ValueError, TypeError
            As `transform_many`; ValueError also for recordings of different numbers of leads, or
            none of which is long enough for one segment.
        """
        if self.normalize != "training":
            return self
        recordings, rates, gaps = _lists(records, sampling_rates, gaps)
        inputs = [self._input(*one) for one in zip(recordings, rates, gaps, strict=True)]
        found = _core.signal.fit_limits(self._settings(limits=()), *_columns(inputs))
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
        """The causal chain for a recording that arrives in chunks, whatever `zero_phase` says.

        Its segments equal those of ``transform`` with ``zero_phase=False`` to the bit.

        Raises
        ------
        ValueError
            For ``normalize="record"`` and ``nan="interpolate"``, which need samples yet to come.
        """
        rate = self._rate(sampling_rate)
        return Stream(_core.signal.Stream(self._settings(), rate))

    def at_mains(self, frequency: float | None) -> Preprocessor:
        """A copy for recordings from another mains grid: its notch, if any, lies there.

        In Hz; None leaves the notch out, for recordings that are free of mains already.

        Fitted limits are kept: segments stay on the scale that a network was trained on.
        """
        other = copy.deepcopy(self)
        return other if self.notch is None else other.set_params(notch=frequency)

    def to_dict(self) -> dict[str, Any]:
        """Settings and fitted limits as JSON-able values."""
        limits = [[float(low), float(high)] for low, high in getattr(self, "limits_", ())]
        settings = {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in self.get_params().items()
        }
        return {**settings, "limits": limits or None}

    @classmethod
    def from_dict(cls, settings: Mapping[str, Any]) -> Preprocessor:
        """The preprocessor that `to_dict` described; ValueError or TypeError for what it is not."""
        known = dict(settings)
        limits = known.pop("limits", None)
        preprocessor = cls().set_params(**known)
        preprocessor._settings(limits=[(0.0, 1.0)])  # refuses values of other kinds
        if limits is not None:
            fitted = np.array(limits, dtype=np.float64)
            if fitted.ndim != 2 or fitted.shape[1] != 2 or not np.isfinite(fitted).all():
                raise ValueError(f"limits: expects one finite [low, high] per lead, got {limits}")
            preprocessor.limits_ = fitted
        return preprocessor

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The constructor's parameters, as scikit-learn asks for them."""
        return {name: getattr(self, name) for name in _PARAMETERS}

    def set_params(self, **parameters: Any) -> Preprocessor:
        """Change parameters by name; ValueError for an unknown one."""
        for name, value in parameters.items():
            if name not in _PARAMETERS:
                raise ValueError(
                    f"Preprocessor: no setting {name!r}; there are {', '.join(_PARAMETERS)}"
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        changed = ", ".join(
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != _PARAMETERS[name].default
        )
        return f"Preprocessor({changed})"

    def _rate(self, sampling_rate: float | None) -> float:
        rate = self.sampling_rate if sampling_rate is None else sampling_rate
        if rate is None:
            raise ValueError(
                "sampling_rate: needed in Hz; pass it here or to Preprocessor(sampling_rate=...)"
            )
        return number("sampling_rate", rate)

    def _settings(
        self, limits: Sequence[tuple[float, float]] | None = None
    ) -> _core.signal.Settings:
        if self.normalize not in _NORMALIZE:
            raise ValueError(f"normalize: must be one of {_NORMALIZE}, got {self.normalize!r}")
        if self.nan not in NAN_POLICIES:
            raise ValueError(f"nan: must be one of {NAN_POLICIES}, got {self.nan!r}")
        if self.normalize == "training" and limits is None:
            if not hasattr(self, "limits_"):
                raise ValueError(
                    'normalize="training" needs fit(records, sampling_rates) on training '
                    'recordings first; or use normalize="record"'
                )
            limits = [(low, high) for low, high in self.limits_.tolist()]
        settings = _core.signal.Settings()
        settings.target_rate = _optional("target_rate", self.target_rate)
        settings.highpass = _optional("highpass", self.highpass)
        settings.highpass_order = integer(
            "Preprocessor", "highpass_order", self.highpass_order, 1, HIGHEST_ORDER
        )
        settings.notch = _optional("notch", self.notch)
        settings.notch_quality = number("notch_quality", self.notch_quality)
        settings.normalization = _core.signal.Normalization[self.normalize or "none"]
        settings.segment_seconds = number("segment_seconds", self.segment_seconds)
        settings.overlap = number("overlap", self.overlap)
        settings.zero_phase = bool(self.zero_phase)
        settings.non_finite = _core.signal.NonFinite["raise_" if self.nan == "raise" else self.nan]
        settings.limits = limits or ()
        return settings

    def _input(self, x: Any, sampling_rate: float | None, gaps: Iterable[int]) -> _Input:
        """One recording as the core takes it."""
        return (
            _leads("transform", x),
            self._rate(sampling_rate),
            [integer("transform", "each of gaps", gap, 1) for gap in gaps],
        )

    def _outcomes(
        self,
        records: Sequence[Any],
        sampling_rates: Sequence[float | None],
        gaps: Sequence[Iterable[int]],
    ) -> list[_core.signal.Segments | Exception]:
        """For each recording its segments, or the error that `transform` raises for it."""
        settings = self._settings()
        inputs: dict[int, _Input] = {}
        outcomes: dict[int, _core.signal.Segments | Exception] = {}
        for i, one in enumerate(zip(records, sampling_rates, gaps, strict=True)):
            try:
                inputs[i] = self._input(*one)
            except (ValueError, TypeError) as error:
                outcomes[i] = error
        results = _core.signal.transform(settings, *_columns(list(inputs.values())))
        outcomes.update(zip(inputs, results, strict=True))
        return [outcomes[i] for i in range(len(records))]


_PARAMETERS = {
    name: parameter
    for name, parameter in inspect.signature(Preprocessor).parameters.items()
    if name != "self"
}


class Stream:
    """Segments of a recording that arrives in chunks; made by `Preprocessor.stream`.

    An output leaves as soon as the samples it depends on are there. Before the first sample the
    signal is held; the resampler looks 10 / min(sampling_rate, target_rate) seconds ahead.
    Several threads may push; each push is done as a whole.
    """

    def __init__(self, core: _core.signal.Stream) -> None:
        self._core = core

    def push(self, chunk: Any, return_starts: bool = False) -> Any:
        """The segments that `chunk` completes.

        Parameters
        ----------
        chunk : array or tensor, shape (T,) or (leads, T)
            The next samples, any number of them; none is fine.
        return_starts : bool
            Also return the start of each segment, in seconds of samples since the stream began.

        Returns
        -------
        segments : array or tensor, shape (n, leads, L)
        starts : array of float64, shape (n,)

        Raises
        ------
        ValueError
            NaN with ``nan="raise"``, or another number of leads than before; the stream stays as it
            was before the chunk.
        """
        segments = self._core.push(_leads("stream", chunk, allow_short=True))
        _warn_of_flat("stream", [segments])
        result = like(chunk, segments.samples, np.float32)
        return (result, segments.start_seconds) if return_starts else result

    def reset(self) -> None:
        """A gap: forget the filters' state and the started segment; the next sample begins anew."""
        self._core.reset()


def _optional(name: str, value: Any) -> float | None:
    return None if value is None else number(name, value)


def _leads(operation: str, x: Any, allow_short: bool = False) -> NDArray[Any]:
    """Samples as (leads, T); refuses what looks transposed instead of guessing."""
    samples = np.atleast_2d(to_numpy(operation, x, allow_empty=allow_short))
    if samples.ndim > 2:
        raise ValueError(f"{operation}: expects (T,) or (leads, T), got shape {samples.shape}")
    leads, length = samples.shape
    if leads > _MAXIMUM_LEADS or (leads > length and not allow_short):
        raise ValueError(
            f"{operation}: expects (leads, T) with at most {_MAXIMUM_LEADS} leads, got shape "
            f"{samples.shape}; transpose it if time comes first"
        )
    return samples


def _lists(
    records: Sequence[Any],
    sampling_rates: float | Sequence[float] | None,
    gaps: Sequence[Iterable[int]] | None,
) -> tuple[list[Any], list[Any], list[Any]]:
    if not isinstance(records, (list, tuple)):
        raise TypeError(
            f"records: expects a list of recordings, got {type(records).__name__}; "
            "use transform for a single one"
        )
    if isinstance(sampling_rates, Iterable):
        rates: list[Any] = list(sampling_rates)
    else:
        rates = [sampling_rates] * len(records)
    before: list[Any] = [()] * len(records) if gaps is None else list(gaps)
    if not len(records) == len(rates) == len(before):
        raise ValueError(
            f"transform: {len(records)} recordings need as many sampling rates and lists of gaps, "
            f"got {len(rates)} and {len(before)}"
        )
    return list(records), rates, before


def _columns(inputs: list[_Input]) -> tuple[list[NDArray[Any]], list[float], list[list[int]]]:
    """Samples, sampling rates and gaps of all recordings, a list of each."""
    return [x for x, _, _ in inputs], [rate for _, rate, _ in inputs], [gap for _, _, gap in inputs]


def _raise_first(
    outcomes: Sequence[_core.signal.Segments | Exception],
) -> list[_core.signal.Segments]:
    """The segments of all recordings; raises the error of the first that has none."""
    segments = []
    for i, outcome in enumerate(outcomes):
        if not isinstance(outcome, Exception):
            segments.append(outcome)
        elif len(outcomes) == 1:
            raise outcome
        else:
            raise _about_record(outcome, i) from outcome
    return segments


def _about_record(error: Exception, index: int) -> Exception:
    text = f"record {index}: {error}"
    if isinstance(error, _core.InvalidArgument):
        named = _core.InvalidArgument(text)
        named.operation, named.parameter, named.index = error.operation, error.parameter, index
        return named
    return TypeError(text) if isinstance(error, TypeError) else ValueError(text)


def _dropped(segments: _core.signal.Segments) -> Dropped:
    return Dropped(segments.dropped_seconds, segments.dropped_pieces)


def _warn_of_empty(results: Sequence[_core.signal.Segments | Exception]) -> None:
    empty = [
        i
        for i, result in enumerate(results)
        if not isinstance(result, Exception) and len(result.start_seconds) == 0
    ]
    if not empty:
        return
    which = "the recording" if len(results) == 1 else f"recordings {empty}"
    warnings.warn(
        f"transform: no segment in {which}: no piece between gaps is long enough", stacklevel=3
    )


def _warn_of_flat(operation: str, results: Sequence[_core.signal.Segments]) -> None:
    flat = sum(segments.flat for segments in results)
    if not flat:
        return
    rows = sum(segments.samples.shape[0] * segments.samples.shape[1] for segments in results)
    warnings.warn(f"{operation}: {flat} of {rows} segments are flat; they became 0", stacklevel=3)
