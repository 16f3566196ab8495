"""Results of preprocessing: segments, errors of single recordings, and warnings."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import like
from dt4ecg._common.limits import LARGEST_SAMPLE
from dt4ecg._common.wording import counted
from dt4ecg.signal.inputs import samples_of
from dt4ecg.signal.quality_indices import Quality, as_quality


class Dropped(NamedTuple):
    """The part of a recording that is in no segment.

    Attributes
    ----------
    seconds : float
        Duration in all: ends of pieces, short pieces and missing samples.
    pieces : int
        Number of pieces between gaps that were too short for one segment or for the filters.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import Preprocessor
    >>> noise = np.random.default_rng(0).normal(size=5000)  # 10 s
    >>> pre = Preprocessor(notch=50)
    >>> _, dropped = pre.transform(noise, 500, gaps=[1000], return_dropped=True)
    >>> dropped
    Dropped(seconds=4.0, pieces=1)
    """

    seconds: float
    pieces: int


class LostValue(NamedTuple):
    """A value that a lead holds in place of lost samples.

    Attributes
    ----------
    lead : int
        Index of the lead.
    value : float
        A code such as -32768; for outliers, the farthest one.
    samples : int
        Number of these samples.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import Preprocessor
    >>> noise = np.random.default_rng(0).normal(size=5000)
    >>> noise[2000:2010] = -32768
    >>> import warnings
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     found = Preprocessor(notch=50, nan="drop").segment(noise, 500)
    >>> found.repairs.lost
    (LostValue(lead=0, value=-32768.0, samples=10),)
    >>> print(caught[0].message)
    transform: lead 0 holds -32768 in 10 samples, taken as lost; 1 hole became a gap
    """

    lead: int
    value: float
    samples: int


class Repairs(NamedTuple):
    """The lost samples of a recording, and how they were treated.

    Attributes
    ----------
    lost : tuple of LostValue
        Values that were taken for lost samples.
    bridged : int
        Number of samples in short holes, in all leads, that lines replaced.
    gaps : int
        Number of longer holes, which became gaps.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import Preprocessor
    >>> noise = np.random.default_rng(0).normal(size=5000)
    >>> noise[2000:3000] = np.nan
    >>> Preprocessor(notch=50, nan="drop").segment(noise, 500).repairs
    Repairs(lost=(), bridged=0, gaps=1)
    """

    lost: tuple[LostValue, ...]
    bridged: int
    gaps: int


class Segmented(NamedTuple):
    """The segments of one recording.

    Attributes
    ----------
    segments : array or tensor, shape (n, leads, L)
    starts : array of float64, shape (n,)
        Start of each segment in seconds of recorded samples.
    dropped : Dropped
        The part of the recording that is in no segment.
    repairs : Repairs
        The lost samples, and how they were treated.
    quality : Quality
        Whether each segment looks like an ECG.

    See Also
    --------
    dt4ecg.Preprocessor.segment : Returns this for one recording.
    dt4ecg.Preprocessor.transform_each : Returns one for each recording.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import Preprocessor
    >>> noise = np.random.default_rng(0).normal(size=5000)  # 10 s
    >>> found = Preprocessor(notch=50).segment(noise, 500)
    >>> found.segments.shape, found.starts, found.dropped
    ((3, 1, 300), array([0., 3., 6.]), Dropped(seconds=1.0, pieces=0))
    """

    segments: Any
    starts: NDArray[np.float64]
    dropped: Dropped
    repairs: Repairs
    quality: Quality


def as_segmented(x: Any, outcome: _core.signal.Segments) -> Segmented:
    """Return the core's result for a recording, with the segments in the kind of its samples."""
    return Segmented(
        like(samples_of(x), outcome.samples, np.float32),
        outcome.start_seconds,
        Dropped(outcome.dropped_seconds, outcome.dropped_pieces),
        repairs_of(outcome),
        as_quality(outcome.quality),
    )


def repairs_of(outcome: _core.signal.Segments) -> Repairs:
    """Return the repairs of a recording, or of a chunk of a stream."""
    lost = tuple(LostValue(*one) for one in outcome.lost)
    return Repairs(lost, outcome.bridged_samples, outcome.new_gaps)


def raise_first(
    outcomes: Sequence[_core.signal.Segments | Exception],
) -> list[_core.signal.Segments]:
    """Return the segments of all recordings, or raise the error of the first that has none.

    The text of the error starts with the index of the recording, unless there is only one.
    """
    segments = []
    for i, outcome in enumerate(outcomes):
        if not isinstance(outcome, Exception):
            segments.append(outcome)
        elif len(outcomes) == 1:
            raise outcome
        else:
            raise _about_record(outcome, i) from outcome
    return segments


def without_lost(
    outcome: _core.signal.Segments | Exception, samples: NDArray[Any]
) -> _core.signal.Segments | Exception:
    """Return an error in place of segments if there are lost samples.

    Parameters
    ----------
    outcome : Segments or Exception
    samples : array
        Those that were not left out on request.
    """
    if isinstance(outcome, Exception):
        return outcome
    found = sum(LostValue(*one).samples for one in outcome.lost)  # large samples may be among them
    lost = np.isnan(samples).sum() + max(found, np.sum(np.abs(samples) > LARGEST_SAMPLE))
    if lost == 0:
        return outcome
    error = _core.InvalidArgument(
        f"transform: outside the excluded parts, at least {lost} of {samples.size} samples are "
        "NaN, infinite or codes for lost samples; exclude them, or change nan="
    )
    error.operation, error.parameter, error.index = "transform", "samples", None
    return error


def _about_record(error: Exception, index: int) -> Exception:
    text = f"record {index}: {error}"
    if isinstance(error, _core.InvalidArgument):
        named = _core.InvalidArgument(text)
        named.operation, named.parameter, named.index = error.operation, error.parameter, index
        return named
    return TypeError(text) if isinstance(error, TypeError) else ValueError(text)


def warn_of_empty(
    segments: Mapping[int, _core.signal.Segments], n_recordings: int, stacklevel: int
) -> None:
    """Warn of recordings without a segment; the keys are the indexes of the recordings."""
    empty = [i for i, found in segments.items() if len(found.start_seconds) == 0]
    if empty:
        which = "the recording" if n_recordings == 1 else f"recordings {empty}"
        warnings.warn(
            f"transform: no segment in {which}: no piece between gaps is long enough",
            stacklevel=stacklevel + 1,
        )


def warn_of_flat(
    operation: str, segments: Collection[_core.signal.Segments], stacklevel: int
) -> None:
    """Warn of leads without any change, which normalisation turns into zeros."""
    flat = sum(found.flat for found in segments)
    if flat:
        rows = sum(found.samples.shape[0] * found.samples.shape[1] for found in segments)
        warnings.warn(
            f"{operation}: {flat} of {rows} segments are flat; they became 0",
            stacklevel=stacklevel + 1,
        )


def warn_of_repairs(
    operation: str, segments: Mapping[int, _core.signal.Segments], stacklevel: int
) -> None:
    """Warn of samples that were taken for lost, and of holes; the keys are indexes of recordings.

    One warning describes the first recording concerned and counts the others.
    """
    concerned = [i for i, found in segments.items() if repairs_of(found) != Repairs((), 0, 0)]
    if not concerned:
        return
    repairs = repairs_of(segments[concerned[0]])
    facts = [
        f"lead {lead} holds {value:.10g} in {counted(count, 'sample')}, taken as lost"
        for lead, value, count in repairs.lost
    ]
    if repairs.bridged:
        facts.append(f"{counted(repairs.bridged, 'lost sample')} bridged by lines")
    if repairs.gaps:
        became = "became a gap" if repairs.gaps == 1 else "became gaps"
        facts.append(f"{counted(repairs.gaps, 'hole')} {became}")
    which = f"recording {concerned[0]}: " if len(segments) > 1 else ""
    if len(concerned) > 1:
        facts.append(f"similar in {counted(len(concerned) - 1, 'other recording')}")
    warnings.warn(f"{operation}: {which}{'; '.join(facts)}", stacklevel=stacklevel + 1)
