"""Find the R peaks of a signal that arrives in chunks."""

from __future__ import annotations

import threading
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.arrays import require_finite, to_numpy
from dt4ecg._common.numbers import number


class BeatStream:
    """R peaks of one lead that arrives in chunks of any size; made by :func:`stream`.

    Notes
    -----
    The peaks of all calls together are equal to those of :func:`find`. The first ones are returned
    after about 4.3 s, when the levels of beats and noise are known. A later one is returned when
    the next beat is found, because until then a higher peak within 0.25 s may replace it.
    Several threads may push; pushes do not overlap.

    See Also
    --------
    find : The peaks of a complete recording.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import beats
    >>> from dt4ecg.datasets import simulate_cohort
    >>> recording = simulate_cohort(subjects=1, seconds=10)[0]
    >>> live = beats.stream(recording.sampling_rate)
    >>> parts = [live.push(chunk) for chunk in np.array_split(recording.samples[0], 50)]
    >>> found = np.concatenate([*parts, live.finish()])
    >>> np.array_equal(found, beats.find(recording).samples)
    True
    """

    def __init__(self, core: _core.signal.BeatFinder) -> None:
        self._core = core
        self._lock = threading.Lock()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "BeatStream: its state cannot be pickled or copied; open a stream in the other process "
            "with dt4ecg.beats.stream(sampling_rate)"
        )

    def push(self, chunk: Any) -> NDArray[np.int64]:
        """Return the R peaks that a chunk makes certain.

        Parameters
        ----------
        chunk : array or tensor, shape (T,)
            The next samples of the lead, of any number, including none.

        Returns
        -------
        array of int64, shape (n,)
            Numbers of samples since the stream began.

        Raises
        ------
        ValueError
            If the chunk has more than one dimension, or samples that are NaN or infinite. The
            stream then remains as it was before.
        TypeError
            If the samples are not float32, float64 or integers.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import beats
        >>> beats.stream(250).push(np.zeros(1000))
        array([], dtype=int64)
        """
        samples = to_numpy("beats", chunk, allow_empty=True)
        if samples.ndim != 1:
            raise ValueError(
                f"beats: a stream takes chunks (T,) of one lead, got shape {samples.shape}"
            )
        require_finite("beats", samples)
        with self._lock:
            return self._core.push(samples)

    def finish(self) -> NDArray[np.int64]:
        """Return the remaining R peaks before the end or a gap.

        The next chunk starts a new piece, whose samples count on.

        Examples
        --------
        >>> from dt4ecg import beats
        >>> beats.stream(250).finish()
        array([], dtype=int64)
        """
        with self._lock:
            return self._core.finish()


def stream(sampling_rate: float) -> BeatStream:
    """Open a stream of R peaks.

    Parameters
    ----------
    sampling_rate : float
        Sampling rate in Hz, 80 to 20,000.

    Returns
    -------
    BeatStream

    Raises
    ------
    ValueError
        If the sampling rate is outside its range.

    See Also
    --------
    find : The peaks of a complete recording.

    Examples
    --------
    >>> from dt4ecg import beats
    >>> live = beats.stream(sampling_rate=250)
    >>> live.push([0.0, 0.1])
    array([], dtype=int64)
    """
    return BeatStream(_core.signal.BeatFinder(number("sampling_rate", sampling_rate)))
