"""Messages of the commands on standard error: the data, the filters and warnings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dt4ecg import Preprocessor
    from dt4ecg.datasets import SegmentSet


def print_data(data: SegmentSet) -> None:
    """Describe a segment set, its notch, and whether it is simulated."""
    print(data, file=sys.stderr)
    print_mains(data.preprocessor)
    if data.simulated:
        print("These signals are simulated; nothing here was measured on people.", file=sys.stderr)


def print_mains(preprocessor: Preprocessor | None) -> None:
    """State the frequency of the notch."""
    notch = getattr(preprocessor, "notch", None)
    print(f"mains: {'no notch' if notch is None else f'notch at {notch:g} Hz'}", file=sys.stderr)


def print_warning(text: object) -> None:
    """Print one warning line."""
    print(f"dt4ecg: warning: {text}", file=sys.stderr)
