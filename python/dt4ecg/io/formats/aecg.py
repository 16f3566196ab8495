"""Read HL7 annotated ECG files (aECG, XML)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg.io.contents import FILE_HEADER, FileContents, Signal

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6}
_LEAD_PREFIX = "MDC_ECG_LEAD_"


def read(path: Path) -> FileContents:
    """Read all sequences of numbers in the first rhythm series.

    Raises
    ------
    ValueError
        If the file is damaged, has a document type definition, or holds no leads.
    """
    from xml.etree import ElementTree

    content = path.read_bytes()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:  # entities can expand without bound
        raise ValueError("an aECG file has no document type definition; remove it")
    try:
        root = ElementTree.fromstring(content)
        series = [one for one in root.iter() if _tag(one) == "series"]
        sets = [one for one in (series[0] if series else root).iter() if _tag(one) == "sequenceSet"]
        signals = [signal for one in sets for signal in _signals(one)]
    except (ElementTree.ParseError, ValueError, LookupError, TypeError, StopIteration) as error:
        raise ValueError(f"not a sound aECG file ({error})") from error
    if not signals:
        raise ValueError("the XML file holds no ECG lead of HL7 aECG")
    return FileContents(tuple(signals))


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _first(element: Element, *tags: str) -> Element:
    """Return the descendant below a chain of tags."""
    for tag in tags:
        element = next(child for child in element.iter() if _tag(child) == tag)
    return element


def _number(element: Element) -> float:
    value = float(element.attrib["value"])
    if not np.isfinite(value):
        raise ValueError(f"{_tag(element)} is {value}")
    return value


def _signals(sequence_set: Element) -> list[Signal]:
    rate, rows = None, []
    for sequence in (one for one in sequence_set.iter() if _tag(one) == "sequence"):
        for tag in ("code", "value"):
            if sum(_tag(child) == tag for child in sequence) > 1:
                raise ValueError(f"a sequence has more than one {tag}")
        code = next(child for child in sequence if _tag(child) == "code").attrib["code"]
        if code.startswith("TIME_"):
            step = _first(sequence, "increment")
            seconds = _number(step) * _SECONDS[step.attrib.get("unit", "s")]
            if seconds <= 0:
                raise ValueError(f"the time increment is {seconds} s")
            rate = 1 / seconds
        elif any(_tag(child) == "digits" for child in sequence.iter()):
            scale = _first(sequence, "scale")
            digits = np.array((_first(sequence, "digits").text or "").split(), np.float64)
            samples = _number(_first(sequence, "origin")) + _number(scale) * digits
            rows.append((samples, code.removeprefix(_LEAD_PREFIX), scale.attrib.get("unit", "")))
    return [Signal(row, name, unit, rate, FILE_HEADER if rate else "") for row, name, unit in rows]
