"""Output of the commands, in which texts from files cannot control the terminal."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from dt4ecg._common.text import printable, printable_lines

if TYPE_CHECKING:
    from dt4ecg import Preprocessor
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.estimator import RecordingPrediction


def print_result(text: object) -> None:
    """Print one or several lines to standard output."""
    print(printable_lines(text))


def print_message(text: object) -> None:
    """Print one or several lines to standard error."""
    print(printable_lines(text), file=sys.stderr)


def print_data(data: SegmentSet) -> None:
    """Describe a segment set, its notch, and whether it is simulated."""
    for source in data.sources:
        print(printable(source), file=sys.stderr)
    print(printable(data), file=sys.stderr)
    print_mains(data.preprocessor)
    if data.X.shape[1] > 1 and not data.lead_names:
        print("leads: without names, so their order cannot be checked later", file=sys.stderr)
    if data.simulated:
        print("These signals are simulated; nothing here was measured on people.", file=sys.stderr)


def print_mains(preprocessor: Preprocessor | None) -> None:
    """State the frequency of the notch."""
    notch = getattr(preprocessor, "notch", None)
    print(f"mains: {'no notch' if notch is None else f'notch at {notch:g} Hz'}", file=sys.stderr)


def print_shares(found: RecordingPrediction) -> None:
    """State how many segments have each label, the most frequent first, and how many are unusable.

    Labels are counted in the usable segments.
    """
    n, usable = len(found.starts), int(found.usable.sum())
    facts = [f"{usable} of {n} segments usable"]
    labels = found.labels.reshape(n, len(found.tasks))[found.usable]
    for task, names in zip(found.tasks, labels.T, strict=True):
        counts = Counter(map(str, names)).most_common()
        facts += [f"{task} {', '.join(f'{name} {count}' for name, count in counts)}"] * bool(counts)
    print(printable("; ".join(facts)), file=sys.stderr)


def print_warning(text: object) -> None:
    """Print one warning, which may have several lines."""
    print_message(f"dt4ecg: warning: {text}")
