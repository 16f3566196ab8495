"""Methods of other papers (Table II), rebuilt for 3-second ECG segments.

A comparator is fitted to training segments only. It sees the other segments for the first time when
it predicts, and it predicts each segment separately. The methods are rebuilt from the descriptions
in their papers and are not the authors' code; each docstring lists the differences.
"""

from dt4ecg.paper.comparators.base import Comparator, FitSettings
from dt4ecg.paper.comparators.registry import COMPARATORS

__all__ = ["COMPARATORS", "Comparator", "FitSettings"]


def __dir__() -> list[str]:
    return sorted(__all__)
