"""Leave parts of a recording out, without a change of the times of the rest."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from dt4ecg.io.recording import Recording

Parts = Iterable[tuple[float | None, float | None]]

_NUMBER = r"\d+(?:[.,]\d*)?"
_PART = re.compile(rf"({_NUMBER})?-({_NUMBER})?")


def exclude_parts(recording: Recording, parts: Parts) -> Recording:
    """Return a recording whose samples in some parts are lost (NaN).

    Parameters
    ----------
    recording : Recording
    parts : iterable of (start, stop)
        In seconds of stored samples; None stands for the start or the end of the recording.

    Raises
    ------
    ValueError
        If a part is not inside the recording, or no sample is left.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.io import Recording
    >>> from dt4ecg.io.excluded import exclude_parts
    >>> found = exclude_parts(Recording(np.arange(8), 2.0), [(None, 1), (3, None)])
    >>> found.samples.tolist()
    [[nan, nan, 2.0, 3.0, 4.0, 5.0, nan, nan]]
    """
    parts = list(parts)
    if not parts:
        return recording
    wide = recording.samples.dtype.kind != "f"
    samples = recording.samples.astype(np.float64 if wide else recording.samples.dtype)
    rate, done = recording.sampling_rate, []
    gaps = set(recording.gaps)
    for first, last in parts:
        start = 0.0 if first is None else float(first)
        stop = recording.seconds if last is None else float(last)
        if not 0 <= start < stop < math.inf or start >= recording.seconds:
            raise ValueError(
                f"exclude: {first} to {last} s is not a part of the recording, which has "
                f"{recording.seconds:.3f} s; give start and stop in seconds of stored samples"
            )
        begin, end = round(start * rate), round(stop * rate)
        samples[:, begin:end] = np.nan
        gaps |= {gap for gap in (begin, end) if 0 < gap < samples.shape[1]}  # it is never bridged
        done.append((start, min(stop, recording.seconds)))
    if np.isnan(samples).all():
        raise ValueError("exclude: no sample is left; remove the recording instead")
    shown = ", ".join(f"{start:g} to {stop:g} s" for start, stop in done)
    return replace(
        recording,
        samples=samples,
        gaps=tuple(gaps),
        notes=(*recording.notes, f"excluded: {shown}"),
        excluded=(*recording.excluded, *done),
    )


def parts_of(text: str) -> list[tuple[float | None, float | None]]:
    """Return the parts that a cell of a manifest names.

    Raises
    ------
    ValueError
        If the cell has another form.

    Examples
    --------
    >>> from dt4ecg.io.excluded import parts_of
    >>> parts_of("0-12.5 90-")
    [(0.0, 12.5), (90.0, None)]
    """
    matches = [_PART.fullmatch(part) for part in text.split()]
    if not all(match and any(match.groups()) for match in matches):
        raise ValueError(
            "exclude must be parts in seconds separated by spaces, such as 0-12.5 90- for the "
            f"first 12.5 s and the rest from 90 s, got {text!r}"
        )
    return [(_seconds(match[1]), _seconds(match[2])) for match in matches if match]


def _seconds(text: str | None) -> float | None:
    return None if text is None else float(text.replace(",", "."))
