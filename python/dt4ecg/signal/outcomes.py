"""Results of preprocessing: segments, errors of single recordings, and warnings."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import like


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


class Segmented(NamedTuple):
    """The segments of one recording.

    Attributes
    ----------
    segments : array or tensor, shape (n, leads, L)
    starts : array of float64, shape (n,)
        Start of each segment in seconds of recorded samples.
    dropped : Dropped
        The part of the recording that is in no segment.

    See Also
    --------
    dt4ecg.Preprocessor.transform_each : Returns one for each recording.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import Preprocessor
    >>> noise = np.random.default_rng(0).normal(size=5000)  # 10 s
    >>> (found,) = Preprocessor(notch=50).transform_each([noise], 500)
    >>> found.segments.shape, found.starts, found.dropped
    ((3, 1, 300), array([0., 3., 6.]), Dropped(seconds=1.0, pieces=0))
    """

    segments: Any
    starts: NDArray[np.float64]
    dropped: Dropped


def as_segmented(x: Any, outcome: _core.signal.Segments) -> Segmented:
    """Return the core's result for a recording, with the segments in the kind of its samples."""
    return Segmented(
        like(x, outcome.samples, np.float32),
        outcome.start_seconds,
        Dropped(outcome.dropped_seconds, outcome.dropped_pieces),
    )


def require_finite_result(operation: str, found: _core.signal.Segments) -> None:
    """Raise ValueError if the filters overflowed, which finite samples near 1e308 can cause."""
    samples = found.samples
    # The sum is cheaper. Where it overflows, every sample is checked.
    if not np.isfinite(samples.sum()) and not np.isfinite(samples).all():
        raise ValueError(
            f"{operation}: the filters overflowed, because samples are near the limit of float64; "
            "remove these samples, or use a larger unit"
        )


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
