"""Read BIOPAC AcqKnowledge files."""

from __future__ import annotations

import io
import logging
import math
import re
from pathlib import Path

import numpy as np

from dt4ecg._common.extras import import_extra
from dt4ecg._common.logs import collected
from dt4ecg.io.contents import FILE_HEADER, Event, FileContents, Signal

_APPENDED = "apnd"  # the marker that AcqKnowledge sets where a recording goes on after a stop
_SEGMENT = re.compile(r"Segment \d+")  # its text in files that store no type
_MOST_READS = 8_000  # of headers; bioread reads each with a call


def read(path: Path) -> FileContents:
    """Read all channels, each at its own rate, and the event markers.

    Where a recording was stopped and went on, the channels have a gap.

    Raises
    ------
    ImportError
        If the package bioread is not installed.
    ValueError
        If the file is damaged.
    """
    bioread = import_extra("bioread", "formats", f"{path.name}: an AcqKnowledge file")
    try:
        with collected("bioread") as messages, _CountedReads(io.FileIO(path)) as file:
            data = bioread.read(file)
        # bioread only logs that markers are damaged, which may say where a recording was stopped.
        errors = [text for text, level in messages.items() if level >= logging.ERROR]
        if errors:
            raise ValueError(errors[0])
        markers = [(int(m.sample_index), m.type_code, m.text or "") for m in data.event_markers]
        rate = float(data.samples_per_second)
        channels = [
            (np.asarray(c.data, np.float64), c.name, c.units, float(c.samples_per_second))
            for c in data.channels
        ]
    except Exception as error:  # bioread passes on every error of its parser
        raise ValueError(f"not a sound AcqKnowledge file ({error!r})") from error
    if not channels:
        raise ValueError("the file has no channel, at least one is needed")
    if not 0 < rate < math.inf:
        raise ValueError(
            f"the file states a sampling rate of {rate:g} Hz, so it is damaged; export it again"
        )
    joins = [at / rate for at, kind, text in markers if at > 0 and _is_join(kind, text)]
    signals = tuple(
        Signal(
            samples,
            name,
            unit,
            own_rate,
            FILE_HEADER,
            tuple(gap for join in joins if 0 < (gap := round(join * own_rate)) < len(samples)),
        )
        for samples, name, unit, own_rate in channels
    )
    events = tuple(
        Event(at / rate, text) for at, kind, text in markers if text and not _is_join(kind, text)
    )
    return FileContents(signals, events)


def _is_join(kind: str | None, text: str) -> bool:
    return kind == _APPENDED or (kind is None and bool(_SEGMENT.fullmatch(text)))


class _CountedReads(io.BufferedReader):
    """A file that is not read more often than a sound one needs.

    bioread trusts the number of markers in the file, and a damaged one keeps it busy for hours.
    """

    def __init__(self, raw: io.FileIO) -> None:
        super().__init__(raw)
        # A marker takes two calls, and more than 64 bytes of a file that also holds samples.
        self._left = _MOST_READS + raw.seek(0, io.SEEK_END) // 32
        raw.seek(0)

    def read(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise RuntimeError("its headers have more parts than a file of this size can hold")
        return super().read(size)
