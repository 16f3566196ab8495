"""Read XDF files of the Lab Streaming Layer."""

from __future__ import annotations

import logging
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.extras import import_extra
from dt4ecg._common.logs import collected
from dt4ecg.io.contents import Event, FileContents, Signal
from dt4ecg.io.leads import is_ecg_name

MEASURED = "measured rate"
_MAGIC, _SAMPLES = b"XDF:", b"\x03\x00"
_RESUMED = "scan forward found"  # pyxdf reports it where it reads on behind a damaged part


def read(path: Path) -> FileContents:
    """Read the channels of all streams with a sampling rate, and the texts of marker streams.

    The sampling rate is the measured one. Times of markers are relative to the first ECG stream.

    Raises
    ------
    ImportError
        If the package pyxdf is not installed.
    ValueError
        If the file is damaged or holds no stream with a sampling rate.
    """
    pyxdf = import_extra("pyxdf", "formats", f"{path.name}: an XDF file")
    with open(path, "rb") as file:
        if file.read(4) != _MAGIC:
            raise ValueError("not a usable XDF file (it does not start with XDF:)")
    try:
        _check_counts(path.read_bytes())
        with collected("pyxdf.pyxdf") as messages:
            streams, _ = pyxdf.load_xdf(str(path), verbose=True)
        if any(_RESUMED in message for message in messages):
            raise ValueError("a part of it is damaged, so samples are missing without a gap")
        regular = [stream for stream in streams if _is_regular(stream)]
        signals = {id(stream): _signals(stream) for stream in regular}
        if not regular:
            raise ValueError("no stream has a sampling rate and samples")
        clock = next((one for one in regular if _is_ecg(one, signals[id(one)])), regular[0])
        events = [event for one in streams if _is_text(one) for event in _events(one, clock)]
    except Exception as error:  # pyxdf passes on every error of its parser
        raise ValueError(f"not a usable XDF file ({error})") from error
    return FileContents(
        tuple(signal for found in signals.values() for signal in found),
        tuple(events),
        notes=tuple(text for text, level in messages.items() if level >= logging.ERROR),
    )


def _check_counts(content: bytes) -> None:
    """Refuse more samples than a chunk has bytes: pyxdf takes memory for them before it reads."""
    at = len(_MAGIC)
    while at < len(content) and content[at] in (1, 4, 8):  # behind damage, pyxdf finds its way
        length, start = _number(content, at)
        if content[start : start + 2] == _SAMPLES:
            count, _ = _number(content, start + 6)  # behind the tag and the number of the stream
            if count > length:
                raise ValueError(f"a chunk of {length} bytes states {count} samples")
        at = start + length


def _number(content: bytes, at: int) -> tuple[int, int]:
    """Return a number that follows its size in bytes, and the place behind it."""
    stop = at + 1 + int.from_bytes(content[at : at + 1], "little")
    return int.from_bytes(content[at + 1 : stop], "little"), stop


def _is_text(stream: dict[str, Any]) -> bool:
    return isinstance(stream["time_series"], list) and len(stream["time_series"]) > 0


def _is_regular(stream: dict[str, Any]) -> bool:
    samples = stream["time_series"]
    if not isinstance(samples, np.ndarray) or samples.dtype.kind not in "iuf":
        return False
    return len(samples) > 0 and float(stream["info"]["nominal_srate"][0]) > 0


def _is_ecg(stream: dict[str, Any], signals: list[Signal]) -> bool:
    return is_ecg_name(stream["info"]["type"][0] or "") or any(is_ecg_name(s.name) for s in signals)


def _signals(stream: dict[str, Any]) -> list[Signal]:
    info, samples = stream["info"], stream["time_series"]
    kind = (info["type"] or [""])[0] or (info["name"] or [""])[0] or ""
    described = _channels(info)
    rate = float(info.get("effective_srate") or info["nominal_srate"][0])
    gaps = tuple(int(first) for first, _ in info.get("segments", ())[1:])
    return [
        Signal(
            np.asarray(column, np.float64),
            label or (kind if samples.shape[1] == 1 else f"{kind} {i}"),
            unit or "",
            rate,
            MEASURED,
            gaps,
        )
        for i, (column, (label, unit)) in enumerate(
            zip_longest(samples.T, described[: samples.shape[1]], fillvalue=(None, None))
        )
    ]


def _channels(info: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    """Return label and unit of each channel that the stream describes."""
    try:
        channels = info["desc"][0]["channels"][0]["channel"]
        return [(one.get("label", [None])[0], one.get("unit", [None])[0]) for one in channels]
    except (TypeError, IndexError, KeyError, AttributeError):
        return []


def _events(stream: dict[str, Any], clock: dict[str, Any]) -> list[Event]:
    """Return the markers of a stream at the seconds of stored samples of another."""
    times: NDArray[np.float64] = clock["time_stamps"]
    rate = float(clock["info"].get("effective_srate") or clock["info"]["nominal_srate"][0])
    return [
        Event(max(int(np.searchsorted(times, time, "right")) - 1, 0) / rate, str(row[0]))
        for time, row in zip(stream["time_stamps"], stream["time_series"], strict=True)
        if row and row[0]
    ]
