"""The meaning of one cell of a text file: a number, a lost sample, a time, or something else."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta, timezone

from dt4ecg._common.missing import is_missing_text

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf(?:inity)?", re.IGNORECASE)
_SWAPPED = str.maketrans(",.", ".,")  # a decimal point among decimal commas is not a number
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?")
_CLOCK = re.compile(r"(?:(?:(\d{1,6}) )?(\d{1,6}):)?(\d{1,6}):(\d{1,2}(?:[.,]\d*)?)")
_TIME = r"(\d{1,2}:\d{2}(?::\d{2})?)(?:[.,](\d+))?"
_DATE_FIRST = re.compile(
    rf"(\d{{4}})[-/](\d{{1,2}})[-/](\d{{1,2}})(?:[T ]{_TIME}( ?Z| ?[+-]\d{{2}}:?\d{{2}})?)?"
)
_TIME_FIRST = re.compile(rf"{_TIME} (\d{{1,2}})[/.](\d{{1,2}})[/.](\d{{4}})")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})[/.](\d{{1,2}})[/.](\d{{4}})(?: {_TIME})?")
_DAY = timedelta(days=1)
_UNIT = re.compile(
    r"(?:[nuµμm]?(?:v|volts?|s|g|siemens)|millivolts?|microvolts?|volts?|sec\w*|msec|min|h|hz|"
    r"bpm|mmhg|adc|adu|a\.?u\.?|counts?|no[ _]?units?|%|°?c|celsius|k|lsb|raw|cal|boolean|"
    r"[a-z]+/s\S*|(?:hh:)?mm:ss.*|hh:mm\S*)",
    re.IGNORECASE,
)


def bare(cell: str) -> str:
    """Return a cell without spaces and quotes around it."""
    cell = cell.strip()
    while len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "\"'":
        cell = cell[1:-1].strip()
    return cell


def is_missing(cell: str) -> bool:
    """Return whether a cell marks a lost sample."""
    return is_missing_text(bare(cell))


def number(cell: str, decimal: str = ".") -> float | None:
    """Return the number in a cell, NaN for a lost sample, or None."""
    cell = bare(cell)
    if decimal == ",":
        cell = cell.translate(_SWAPPED)
    if _NUMBER.fullmatch(cell):
        return float(cell)
    return math.nan if is_missing_text(cell) else None


def seconds(cell: str) -> float | None:
    """Return the time in a cell in seconds, or None if the cell is not a time.

    Times are ``hh:mm:ss.mmm``, ``mm:ss.mmm``, or dates with or without a time. Brackets are
    allowed. Dates count from 1970, and times from midnight or from the start.
    """
    text = bare(cell).strip("[]").strip()
    if match := _CLOCK.fullmatch(text):
        days, hours, minutes, rest = match.groups()
        whole = 86400 * int(days or 0) + 3600 * int(hours or 0) + 60 * int(minutes)
        return whole + float(rest.replace(",", "."))
    moment = date_and_time(text)
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def date_and_time(text: str) -> datetime | None:
    """Return the date and time in a text, with a time zone if the text has one, or None."""
    text = bare(text).strip("[]").strip()
    zone = None
    if match := _DATE_FIRST.fullmatch(text):
        year, month, day, time, fraction, zone = match.groups()
    elif match := _TIME_FIRST.fullmatch(text):
        time, fraction, day, month, year = match.groups()
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year, time, fraction = match.groups()
    else:
        return None
    hour, minute, second = map(int, [*(time or "0:0").split(":"), "0"][:3])
    microsecond = round(float(f"0.{fraction or 0}") * 1e6)
    try:
        moment = datetime(int(year), int(month), int(day), hour, minute, second)
    except ValueError:  # a 13th month
        return None
    return (moment + timedelta(microseconds=microsecond)).replace(tzinfo=_zone(zone))


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    text = text.strip()
    if text == "Z":
        return timezone.utc
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset) if offset < _DAY else None


def is_unit(cell: str) -> bool:
    """Return whether a cell of a header is a unit such as ``mV``."""
    return _UNIT.fullmatch(bare(cell).strip("[]()")) is not None


def describe(cell: str) -> str:
    """Return what a cell that is not a number looks like, and how to correct it."""
    text = bare(cell)
    if _DECIMAL_COMMA.fullmatch(text):
        return "decimal commas; separate the columns by semicolons or write decimal points"
    if seconds(text) is not None:
        return "a date or time; give it a column of its own, or leave it out"
    if re.fullmatch(r"[+-]?[\d.,]+ ?[^\W\d]{1,4}", text):
        return "a number with a unit; write the unit into the header"
    if is_unit(text):
        return "a unit; write units once, into the line above the numbers"
    return "text; write one number per lead on every line, and nan for a lost one"
