"""Headers of programs that are not lines of names above columns."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dt4ecg.io.rates import MAX_SAMPLING_RATE
from dt4ecg.io.text.cells import bare, date_and_time, number
from dt4ecg.io.text.header import Header

_INTERVAL = re.compile(r"([\d.,]+)\s*(min|s|sec|ms|msec|us|usec|µs)", re.IGNORECASE)
_SECONDS = {"min": 60.0, "s": 1.0, "sec": 1.0, "ms": 1e-3, "msec": 1e-3}
_LABCHART = re.compile(
    r"(Interval|ExcelDateTime|TimeFormat|DateFormat|ChannelTitle|Range|UnitName|TopValue|"
    r"BottomValue)=\t?(.*)"
)
_CHANNELS = re.compile(r"(\d+) channels?", re.IGNORECASE)
_UNIX_TIMES = (1e9, 2.6e9)  # seconds, 2001 to 2052


def is_labchart(line: str) -> bool:
    """Return whether a line belongs to the header of a block of LabChart."""
    return _LABCHART.match(line) is not None


def require_interval(line: str, sampling_rate: float | None) -> None:
    """Check that a line such as ``Interval=\t0.0025 s`` of a later block states the same rate.

    Raises
    ------
    ValueError
        If it states another rate, because the samples of all blocks become one recording.
    """
    match = _LABCHART.match(line)
    if match is None or match[1] != "Interval" or sampling_rate is None:
        return
    rate = _rate_of(match[2])
    if rate is not None and abs(rate - sampling_rate) > 1e-6 * sampling_rate:
        raise ValueError(
            f"a block has {rate:g} Hz, and the first one {sampling_rate:g} Hz; export the blocks "
            "of each sampling rate into a file of their own"
        )


def find_dialect(lines: Sequence[str]) -> Header | None:
    """Return the header of a file of OpenSignals, LabChart, AcqKnowledge or Empatica, or None.

    Parameters
    ----------
    lines : sequence of str
        The first lines of the file.
    """
    for read in (_opensignals, _labchart, _acqknowledge, _empatica):
        header = read(lines)
        if header is not None:
            return header
    return None


def _opensignals(lines: Sequence[str]) -> Header | None:
    """Read the JSON object of OpenSignals, which describes each device by its address."""
    for i, line in enumerate(lines[:10]):
        if not re.match(r"#\s*\{", line):
            continue
        try:
            devices = list(json.loads(line.lstrip("# ")).values())
        except (ValueError, AttributeError, RecursionError):
            return None
        if not devices or not all(isinstance(device, dict) for device in devices):
            return None
        end = next((k for k, one in enumerate(lines) if one.startswith("# EndOfHeader")), i)
        rates = {device.get("sampling rate") for device in devices}
        rate = rates.pop() if len(rates) == 1 else None
        return Header(
            names=tuple(name for device in devices for name in _opensignals_names(device)),
            sampling_rate=_positive(rate),
            start_time=date_and_time(f"{devices[0].get('date')} {devices[0].get('time')}"),
            n_lines=end + 1,
        )
    return None


def _opensignals_names(device: dict[str, Any]) -> list[str]:
    """Return the names of the columns, with the sensor after the name of each analogue one."""
    columns, sensors = device.get("column", []), device.get("sensor", [])
    if not isinstance(columns, list) or not isinstance(sensors, list):
        return []
    digital = [str(column) for column in columns[: len(columns) - len(sensors)]]
    analogue = zip(columns[len(digital) :], sensors, strict=False)
    return digital + [f"{column} {sensor}" for column, sensor in analogue]


def _labchart(lines: Sequence[str]) -> Header | None:
    if not lines or not is_labchart(lines[0]):
        return None
    n_lines = next((i for i, line in enumerate(lines) if not is_labchart(line)), len(lines))
    facts = {m[1]: m[2] for line in lines[:n_lines] if (m := _LABCHART.match(line))}
    names = [bare(name) for name in facts.get("ChannelTitle", "").split("\t")]
    units = facts.get("UnitName", "").split("\t")
    if not any(units):  # "5.0 mV" gives the unit of a channel's range
        units = [cell.strip().split(" ")[-1] for cell in facts.get("Range", "").split("\t")]
    return Header(
        names=("time", *names),
        units=("s", *units[: len(names)], *[""] * (len(names) - len(units))),
        sampling_rate=_rate_of(facts.get("Interval", "")),
        start_time=next(
            filter(None, map(date_and_time, facts.get("ExcelDateTime", "").split("\t"))), None
        ),
        n_lines=n_lines,
    )


def _acqknowledge(lines: Sequence[str]) -> Header | None:
    """Read AcqKnowledge's text: name, interval, number of channels, then title and unit of each."""
    at = next((i for i, line in enumerate(lines[:3]) if line.strip().endswith("/sample")), None)
    if at is None or len(lines) < at + 2 or not (match := _CHANNELS.match(lines[at + 1].strip())):
        return None
    n_channels = int(match[1])
    titles = [line.strip() for line in lines[at + 2 : at + 2 + 2 * n_channels]]
    end = at + 2 + 2 * n_channels
    names, units = titles[::2], titles[1::2]
    if end < len(lines) and "CH" in lines[end].upper():
        # The names of the columns, with the time if there is one, and the numbers of samples.
        first = bare(re.split(r"[\t,;]", lines[end])[0])
        if not first.upper().startswith("CH"):
            names, units = ["time", *names], [first, *units]
        end += 2
    return Header(
        tuple(names), tuple(units), _rate_of(lines[at].strip().removesuffix("/sample")), n_lines=end
    )


def _empatica(lines: Sequence[str]) -> Header | None:
    """Read the first two lines of Empatica E4: the start as Unix time, and the sampling rate.

    The format has no other mark. So each value of the first line must be one time of this century,
    each of the second one rate, and the samples must be far from both.
    """
    rows = [[number(cell) for cell in line.split(",")] for line in lines[:20]]
    if len(rows) < 3 or not all(row and None not in row for row in rows[:3]):
        return None
    starts, rates = set(rows[0]), set(rows[1])
    if len(starts) != 1 or len(rates) != 1 or len(rows[0]) != len(rows[1]):
        return None
    (start,), (rate,) = starts, rates
    if start is None or rate is None or not _UNIX_TIMES[0] <= start <= _UNIX_TIMES[1]:
        return None
    if not 1 <= rate <= MAX_SAMPLING_RATE:
        return None
    if any(value is not None and abs(value) > start / 10 for row in rows[2:] for value in row):
        return None
    return Header(
        sampling_rate=rate,
        start_time=datetime(1970, 1, 1) + timedelta(seconds=start),
        n_lines=2,
        notes=("the first two lines are taken for the start and the sampling rate",),
    )


def _rate_of(interval: str) -> float | None:
    """Return the rate in Hz for the time between samples, such as ``0.0025 s``."""
    match = _INTERVAL.fullmatch(interval.strip())
    if not match:
        return None
    seconds = (number(match[1].replace(",", ".")) or 0.0) * _SECONDS.get(match[2].lower(), 1e-6)
    return 1 / seconds if seconds > 0 else None


def _positive(value: Any) -> float | None:
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if real and 0 < value <= MAX_SAMPLING_RATE else None
