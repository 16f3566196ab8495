"""The facts that the lines above the samples state, whatever program wrote them."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dt4ecg.io.lead_names import SURFACE
from dt4ecg.io.rates import RATE_NAMES
from dt4ecg.io.text.cells import bare, date_and_time, is_unit
from dt4ecg.io.text.layout import Layout

COMMENT = re.compile(r"\s*(?:#|%|//)\s*")
_NUMBER = r"(\d+(?:[.,]\d+)?)"
# Hertz in the languages of common recorders: Hertz, hercios, герц, ヘルツ, 赫兹 and 헤르츠.
_HERTZ = r"(?:k?hz|k?hertz\w*|herc\w*|герц\w*|ヘルツ|赫兹|赫茲|헤르츠|sps|samples?\s*/\s*s\w*)"
_RATE = re.compile(r"(?<![\w.\u2013-])(?<!\d,)" rf"{_NUMBER}\s*({_HERTZ})(?!\w)", re.IGNORECASE)
_RATE_NAME = re.compile(
    r"(?:sampl\w*[ _-]*(?:rate|freq\w*)|(?:abtast|mess)(?:rate|frequenz)|muestreo|chantillonnage|"
    rf"campionamento|amostragem|^\W*(?:{'|'.join(RATE_NAMES)})\b)",
    re.IGNORECASE,
)
_NOT_A_RATE = re.compile(r"filter|notch|pass|mains|cut-?off|bandwidth|bpm", re.IGNORECASE)
_HIGHEST_MAINS = 60.0  # Hz
_LEAD = re.compile(rf"(?:[^\W\d]+ )?({SURFACE})", re.IGNORECASE)
_VOLTS = re.compile(r"[nuµμm]?v|(?:milli|micro)?volts?", re.IGNORECASE)
_UNIT_IN_NAME = re.compile(r"(.*?)\s*[\[(]\s*([^\])(\[]+)\s*[\])]\s*")
_UNIT_AT_END = re.compile(r".*_([nuµμm]?[sv])", re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """The facts that a header states.

    Attributes
    ----------
    names, units : tuple of str, default ()
        One for each column; empty if the header has none.
    sampling_rate : float, optional
        In Hz.
    start_time : datetime, optional
    n_lines : int, optional
        Number of lines above the samples, if the header states it.
    notes : tuple of str, default ()
    """

    names: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    sampling_rate: float | None = None
    start_time: datetime | None = None
    n_lines: int | None = None
    notes: tuple[str, ...] = ()


def read_header(lines: Sequence[str], layout: Layout, n_columns: int) -> Header:
    """Read the lines above the samples: pairs of key and value, names, and units.

    Parameters
    ----------
    lines : sequence of str
    layout : Layout
        Of the samples.
    n_columns : int
    """
    texts = [COMMENT.sub("", line, count=1) for line in lines]
    names, units = _names_and_units(texts, layout, n_columns)
    pairs = [pair for line in texts if (pair := _pair(line))]
    if n_columns == 1 and not names:  # the recorder of a watch states them in pairs
        values = [value for _, value in pairs]
        names = tuple(m[1] for value in values if (m := _LEAD.fullmatch(value)))[-1:]
        units = tuple(value for value in values if _VOLTS.fullmatch(value))[-1:]
    # A date without a time of day may be that of the person's birth.
    moments = [date_and_time(value) for _, value in pairs if ":" in value]
    return Header(names, units, _rate(texts), next((moment for moment in moments if moment), None))


def _names_and_units(
    lines: Sequence[str], layout: Layout, n_columns: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names and units in the lines directly above the samples."""
    units: tuple[str, ...] = ()
    for line in reversed(lines):
        alone = n_columns == 1 and layout.delimiter is None  # a name may contain spaces
        cells = [bare(cell) for cell in ([line] if alone else layout.split(line))]
        if len(cells) == n_columns + 1 and not cells[-1]:
            cells.pop()
        if not any(cells) and n_columns > 1:
            continue
        if len(cells) != n_columns or not any(cells):
            break
        if not all(is_unit(cell) for cell in cells if cell):
            found = [_name_and_unit(cell) for cell in cells]
            names = tuple(name for name, _ in found)
            return names, units or tuple(unit for _, unit in found)
        units = units or tuple(cells)
    return (), units


def _name_and_unit(cell: str) -> tuple[str, str]:
    """Return name and unit of ``ecg [uV]`` or ``ecg (uV)``; ``ecg_uV`` is a name with a unit."""
    match = _UNIT_IN_NAME.fullmatch(cell)
    if match and match[1] and is_unit(match[2]):
        return match[1], match[2].strip()
    match = _UNIT_AT_END.fullmatch(cell)
    return cell, match[1] if match else ""


def _pair(line: str) -> tuple[str, str] | None:
    """Return key and value of a line such as ``Unit,µV``, ``Unit: µV`` or ``Unit = µV``."""
    for mark in (",", ";", "\t"):
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=mark), [])]
        except csv.Error:
            return None
        if len(cells) == 2:
            return cells[0], cells[1]
    key, mark, value = line.partition("=" if "=" in line else ":")
    return (key.strip(), bare(value)) if mark else None


def _rate(lines: Sequence[str]) -> float | None:
    """Return the sampling rate in Hz if the lines state exactly one."""
    named = [line for line in lines if _RATE_NAME.search(line)]
    others = [line for line in lines if not _NOT_A_RATE.search(line)]
    for some in (named, others):
        rates = {_hertz(*match) for line in some for match in _RATE.findall(line)}
        if not rates and some is named:
            values = (pair[1] for line in named if (pair := _pair(line)))
            rates = {_hertz(value, "") for value in values if re.fullmatch(_NUMBER, value)}
        if len(rates) == 1:
            rate = rates.pop()
            return rate if some is named or rate > _HIGHEST_MAINS else None
    return None


def _hertz(number: str, unit: str) -> float:
    # "1,000 Hz" has a separator of thousands: no recorder samples once per second.
    whole, _, rest = number.replace(",", ".").partition(".")
    value = float(f"{whole}.{rest or 0}")
    if "," in number and len(rest) == 3 and value < 10:
        value *= 1000
    return value * 1000 if unit.lower().startswith("k") else value
