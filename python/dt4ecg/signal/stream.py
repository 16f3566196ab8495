"""Preprocess a recording that arrives in chunks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np

from dt4ecg import _core
from dt4ecg._common.arrays import like
from dt4ecg.signal.inputs import as_leads
from dt4ecg.signal.outcomes import warn_of_flat, warn_of_repairs
from dt4ecg.signal.quality_indices import as_quality
from dt4ecg.signal.stream_state import pack, unpack


class Stream:
    """Segments of a recording that arrives in chunks; made by :meth:`Preprocessor.stream`.

    Notes
    -----
    A segment is returned as soon as the samples that it depends on have arrived. The resampler
    looks ``10 / min(sampling_rate, target_rate)`` seconds ahead. With ``settle``, the first segment
    begins when the notch has settled: 0.73 s after the start or a gap at 60 Hz, 0.88 s at 50 Hz.
    With ``nan="interpolate"``, samples wait while a hole is open, ``max_interpolate_seconds`` at
    most. Codes of lost samples are found, but not outliers, because the range of the signal is
    unknown.
    Several threads may push; pushes do not overlap.

    See Also
    --------
    dt4ecg.Preprocessor : Preprocess complete recordings.
    dt4ecg.DT4ECGClassifier.stream : Label the segments of a stream.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import Preprocessor
    >>> stream = Preprocessor(notch=50).stream(500)
    >>> noise = np.random.default_rng(0).normal(size=5000)  # 10 s
    >>> [len(stream.push(chunk)) for chunk in np.split(noise, 5)]
    [0, 1, 0, 1, 1]
    """

    def __init__(self, core: _core.signal.Stream, settings: Mapping[str, Any]) -> None:
        self._core, self._settings = core, settings

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "Stream: cannot be pickled or copied; open a stream in the other process with "
            "preprocessor.stream(sampling_rate), and give it the bytes of state() with restore()"
        )

    def push(self, chunk: Any, return_starts: bool = False, return_quality: bool = False) -> Any:
        """Return the segments that a chunk completes.

        Parameters
        ----------
        chunk : array or tensor, shape (T,) or (leads, T)
            The next samples, of any number, including none.
        return_starts : bool, default False
            Also return the start of each segment.
        return_quality : bool, default False
            Also return whether each segment looks like an ECG.

        Returns
        -------
        segments : array or tensor, shape (n, leads, L)
            float64 for float64 samples, else float32.
        starts : array of float64, shape (n,)
            Seconds of samples since the stream began. Only with ``return_starts``.
        quality : Quality
            Equal to the bit to that of :meth:`dt4ecg.Preprocessor.transform_each`. Only with
            ``return_quality``.

        Raises
        ------
        ValueError
            If samples are lost and ``nan="raise"``, or if the number of leads changes.
            The stream then remains as it was before the chunk.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> stream = Preprocessor(notch=50).stream(500)
        >>> noise = np.random.default_rng(0).normal(size=5000)
        >>> segments, starts = stream.push(noise, return_starts=True)
        >>> segments.shape, starts
        ((3, 1, 300), array([0.88, 3.88, 6.88]))
        """
        segments = self._core.push(as_leads("stream", chunk, allow_short=True))
        warn_of_flat("stream", [segments], stacklevel=2)
        warn_of_repairs("stream", {0: segments}, stacklevel=2)
        result = like(chunk, segments.samples, np.float32)
        starts, quality = segments.start_seconds, as_quality(segments.quality)
        more = [*[starts] * return_starts, *[quality] * return_quality]
        return (result, *more) if more else result

    def reset(self) -> None:
        """Start again after a gap: forget the filters' state and the incomplete segment.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> stream = Preprocessor(notch=50).stream(500)
        >>> noise = np.random.default_rng(0).normal(size=1400)  # 2.8 s
        >>> len(stream.push(noise))
        0
        >>> stream.reset()
        >>> len(stream.push(noise))
        0
        """
        self._core.reset()

    def state(self) -> bytes:
        """Return the state of the stream, for example to store it before a restart.

        Returns
        -------
        bytes
            About 8 bytes per sample of an incomplete segment, with a checksum.

        See Also
        --------
        Stream.restore : Continue from a state.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> stream = Preprocessor(notch=50).stream(500)
        >>> segments = stream.push(np.random.default_rng(0).normal(size=700))
        >>> type(stream.state())
        <class 'bytes'>
        """
        return pack(self._core.state(), self._settings)

    def restore(self, state: bytes) -> None:
        """Continue from a state, with the bits of the stream that returned it.

        Parameters
        ----------
        state : bytes
            What :meth:`state` of a stream with the same settings and sampling rate returned.

        Raises
        ------
        ValueError
            If the bytes are damaged, or belong to other settings. The stream does not change.
        TypeError
            If `state` is not a bytes object.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import Preprocessor
        >>> noise = np.random.default_rng(0).normal(size=2000)  # 4 s
        >>> before, after = (Preprocessor(notch=50).stream(500) for _ in range(2))
        >>> len(before.push(noise[:700]))
        0
        >>> after.restore(before.state())
        >>> np.array_equal(after.push(noise[700:]), before.push(noise[700:]))
        True
        """
        self._core.restore(unpack(state, self._settings))
