"""The data card of a report: what the segments are, and how the split divides them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.document import Block, Code, Grid, Heading, Text
from dt4ecg._common.text import literal
from dt4ecg._common.wording import counted

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.protocols import Split

MOST_CLASSES = 30  # a task with more classes has one row that summarises them
MOST_SOURCES = 20


def facts(data: SegmentSet) -> dict[str, str]:
    """Return the facts of a segment set by their names, as plain text."""
    people = {name for name in data.meta["subject"].tolist() if name}
    sessions = {
        pair
        for pair in zip(data.meta["subject"].tolist(), data.meta["session"].tolist(), strict=True)
        if pair[1]
    }
    n, leads, length = data.X.shape
    seconds = data.meta["stop"] - data.meta["start"]
    duration = float(seconds[0]) if n and np.isfinite(seconds[0]) else None
    found = {
        "name": data.name or "without a name",
        "origin": "simulated" if data.simulated else "recorded",
        "segments": f"{n}, each of {counted(leads, 'lead')} x {length} samples"
        + (f" ({duration:g} s)" if duration else ""),
        "leads": ", ".join(data.lead_names) or "without names",
        "recordings": str(len(np.unique(data.groups))),
        "people": str(len(people)) if people else "unknown",
        "sessions": str(len(sessions)) if sessions else "unknown",
        "left out": f"{data.dropped_seconds:.0f} s of recorded time in no segment",
    }
    if data.citation:
        found["source"] = data.citation
    return found


def blocks(data: SegmentSet, split: Split) -> list[Block]:
    """Return the section of a report on the data."""
    rows = tuple((literal(name), literal(fact)) for name, fact in facts(data).items())
    found: list[Block] = [Heading("Data"), Grid(("fact", "value"), rows)]
    parts = {"training": split.train, "validation": split.validation, "test": split.test}
    for column, task in enumerate(data.tasks):
        counts = {
            name: np.bincount(data.y[rows, column] + 1, minlength=len(data.classes[task]) + 1)
            for name, rows in parts.items()
        }
        found += [Heading(f"Segments by {literal(task)}", 3), _counts(data.classes[task], counts)]
    if data.sources:
        shown = data.sources[:MOST_SOURCES]
        more = len(data.sources) - len(shown)
        found += [
            Text("Files, as they were read:"),
            Code("\n".join(shown) + (f"\n... and {counted(more, 'more file')}" if more else "")),
        ]
    return found


def _counts(classes: list[str], counts: dict[str, np.ndarray]) -> Grid:
    head = ("label", *counts)
    unknown = ("unknown", *(str(part[0]) for part in counts.values()))
    if len(classes) > MOST_CLASSES:
        rows = [
            (f"{len(classes)} labels, {name}", *(f"{of(part[1:]):g}" for part in counts.values()))
            for name, of in (("fewest", np.min), ("median", np.median), ("most", np.max))
        ]
    else:
        rows = [
            (literal(name), *(str(part[i + 1]) for part in counts.values()))
            for i, name in enumerate(classes)
        ]
    return Grid(head, (*rows, unknown))
